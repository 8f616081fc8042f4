"""`alarmchain audit --snapshot`: its results, and the files that it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from alarmchain.decision.assess import assess
from alarmchain.testing.account import ACCOUNT, REGION
from tests.cli.audit_report import RULES, report, snapshot
from tests.command_line import Run

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases.json"


def test_a_covered_rule(alarmchain: Run, file: Path) -> None:
    """The status is 0, and the report has every link of the chain."""
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json"
    )
    assert (completed.status, completed.err) == (0, "")
    document = report(completed.out)
    (result,) = document["results"]
    assert document["errors"] == []
    assert (result["compliance"], result["verdict"]) == ("COMPLIANT", "covered")
    assert [link["link"] for link in result["chain"]] == [
        "trail",
        "log_group",
        "metric_filter",
        "alarm",
        "topic",
        "subscription",
    ]
    assert {link["status"] for link in result["chain"]} == {"ok"}


def test_every_rule_in_every_region(alarmchain: Run, tmp_path: Path) -> None:
    """Results are ordered by account, rule and region; one that is not COMPLIANT makes status 1."""
    document = snapshot()
    document["Regions"]["eu-west-1"] = {"trails": []}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(document))
    completed = alarmchain("audit", "--snapshot", str(path), "--format", "json")
    assert completed.status == 1
    results = report(completed.out)["results"]
    places = [(each["account"], each["rule"], each["region"]) for each in results]
    assert places == [(ACCOUNT, rule, region) for rule in RULES for region in ("eu-west-1", REGION)]


def test_a_counterexample(alarmchain: Run, file: Path) -> None:
    """A call that escapes has a record that escapes."""
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--rule", "CMKChanges", "--format", "json"
    )
    assert completed.status == 1
    (result,) = report(completed.out)["results"]
    call = result["calls"]["DisableKey"]
    assert call["verdict"] == "not_covered"
    assert call["counterexample"]["eventName"] == "DisableKey"


def test_a_region_that_is_not_in_the_snapshot(alarmchain: Run, file: Path) -> None:
    """A region that the snapshot lacks is unknown, and the annotation says how to collect it."""
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json",
        "--region", "ap-south-1",
    )  # fmt: skip
    assert completed.status == 1
    (result,) = report(completed.out)["results"]
    assert (result["region"], result["verdict"]) == ("ap-south-1", "unknown")
    assert result["annotation"] == (
        "UNKNOWN: ap-south-1 is not in this snapshot."
        " Collect it: alarmchain collect --region ap-south-1"
    )
    (link,) = result["chain"]
    assert (link["link"], link["status"]) == ("trail", "unknown")
    assert {call["verdict"] for call in result["calls"].values()} == {"unknown"}


def test_parameters_change_the_verdict(alarmchain: Run, file: Path) -> None:
    """Each --parameter applies to every rule."""
    arguments = ("audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json")
    completed = alarmchain(*arguments, "--parameter", "AlarmName=none such")
    assert "none such" in report(completed.out)["results"][0]["annotation"]
    assert completed.status == 1
    completed = alarmchain(
        *arguments, "--region", "ap-south-1", "--parameter", "UnprovableVerdict=NOT_APPLICABLE"
    )
    assert report(completed.out)["results"][0]["compliance"] == "NOT_APPLICABLE"


def test_a_rule_that_cannot_be_assessed_is_an_error(
    alarmchain: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status is 2; the others are assessed; the report and standard error have the failure."""

    def failing(control: Any, *rest: Any) -> Any:
        if control.name == "CMKChanges":
            raise RecursionError("too deep")
        return assess(control, *rest)

    monkeypatch.setattr("alarmchain.cli.snapshot_file.assess", failing)
    completed = alarmchain("audit", "--snapshot", str(file), "--format", "json")
    document = report(completed.out)
    assert completed.status == 2
    assert [result["rule"] for result in document["results"]] == RULES[1:]
    (error,) = document["errors"]
    assert (error["rule"], error["region"]) == ("CMKChanges", REGION)
    assert (
        completed.err
        == f"alarmchain: CMKChanges in {REGION} of {error['account']}: {error['error']}\n"
    )
    assert "CMKChanges" in alarmchain("audit", "--snapshot", str(file)).out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read snapshot {file}: No such file or directory"),
        (b"", "{file} is not valid JSON: Expecting value at column 1"),
        (
            b'{\n "Format" 1}',
            "{file} is not valid JSON: Expecting ':' delimiter at line 2, column 11",
        ),
        (b"\xff{}", "{file} is not valid JSON: byte 0 is not UTF-8"),
        (b"[]", "{file} is not a snapshot: the snapshot is []; expected an object"),
        (b'{"Format": "x"}', "{file} is not a snapshot: Format is 'x'; expected"),
        (b'{"Format": "alarmchain-snapshot/1"}', "{file} is not a snapshot: Account is missing;"),
        (b'{"a": 1, "a": 2}', "{file} is not valid JSON: 'a' is set twice in one object"),
        (b'{"a": NaN}', "{file} is not valid JSON: NaN is not a JSON number"),
        (b"[" * 100_000, "{file} is nested too deeply"),
        (
            json.dumps(snapshot(CollectedAt="yesterday")).encode(),
            "{file} is not a snapshot: CollectedAt is 'yesterday'; expected an ISO 8601 time",
        ),
        (
            json.dumps(snapshot(Regions=[])).encode(),
            "{file} is not a snapshot: Regions is []; expected an object",
        ),
        (
            json.dumps(snapshot(Regions={})).encode(),
            "the snapshot holds no region; name one with --region",
        ),
    ],
)
def test_a_file_that_is_not_a_snapshot(
    alarmchain: Run, tmp_path: Path, content: bytes | None, message: str
) -> None:
    """One line names the file, the position and what was expected; there is no report."""
    file = tmp_path / "account.json"
    if content is not None:
        file.write_bytes(content)
    completed = alarmchain("audit", "--snapshot", str(file))
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith("alarmchain: " + message.format(file=file))


@pytest.mark.skipif(not CASES.exists(), reason="the shared data is missing")
def test_the_cases(alarmchain: Run, tmp_path: Path) -> None:
    """Every case has an accepted compliance, and its report the documented form."""
    wrong = {}
    for case in json.loads(CASES.read_text()):
        file = tmp_path / f"{case['id']}.json"
        file.write_text(json.dumps(case["snapshot"]))
        completed = alarmchain(
            "audit", "--snapshot", str(file), "--rule", case["rule"], "--region", case["region"],
            "--format", "json",
        )  # fmt: skip
        (result,) = report(completed.out)["results"]
        assert completed.status == int(result["compliance"] != "COMPLIANT")
        if result["compliance"] not in case["accept"]:
            wrong[case["id"]] = (result["compliance"], result["annotation"])
    assert wrong == {}
