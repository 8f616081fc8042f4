"""`alarmchain audit` with --exceptions and --baseline: every format, and what is refused."""

import csv
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alarmchain.cli import snapshot_file
from alarmchain.decision.assess import assess
from alarmchain.report.formats import FORMATS
from alarmchain.testing.account import ACCOUNT, REGION
from tests.cli.audit_report import report, snapshot
from tests.command_line import Run

CHECKOUT = Path(__file__).parents[2]
EXAMPLE = CHECKOUT / "docs" / "example-account.json"
EXCEPTIONS = CHECKOUT / "examples" / "exceptions.toml"
GUIDE = CHECKOUT / "docs" / "exceptions.md"
WHY = "The new key custodian begins on 1 December and then confirms. Ticket SEC-101."


@pytest.fixture
def baseline(alarmchain: Run, tmp_path: Path) -> Path:
    """Return the JSON report of the example account."""
    path = tmp_path / "baseline.json"
    alarmchain("audit", "--snapshot", str(EXAMPLE), "--format", "json", "--output", str(path))
    return path


def test_the_example_file(alarmchain: Run) -> None:
    """The example's first exception is in use; the second accepts only one call of six."""
    completed = alarmchain(
        "audit", "--snapshot", str(EXAMPLE), "--exceptions", str(EXCEPTIONS), "--format", "json"
    )
    document = report(completed.out)
    assert [each["status"] for each in document["exceptions"]] == ["in_use", "unused"]
    (excepted,) = (each for each in document["results"] if "exception" in each)
    assert (excepted["rule"], excepted["compliance"]) == ("CMKChanges", "NON_COMPLIANT")
    assert excepted["exception"] == {"until": "2026-12-31", "why": WHY, "numbers": [1]}
    assert completed.status == 1
    assert completed.err == (
        "alarmchain: exception 2 (SecurityGroupChanges in all regions of all accounts) is not"
        " enough: SecurityGroupChanges in us-east-1 of 123456789012 has another fault,"
        " AuthorizeSecurityGroupIngress: metric filter 'SecurityGroupConfigChanges' misses some"
        " calls, depending on $.requestParameters.groupId\n"
    )


def test_all_together_in_every_format(alarmchain: Run, baseline: Path, tmp_path: Path) -> None:
    """One run with exceptions and a baseline writes every format, and each shows both."""
    document = json.loads(baseline.read_text())
    for result in document["results"]:
        if result["rule"] in ("CMKChanges", "VPCChanges"):
            result["verdict"] = "covered"
            for call in result["calls"].values():
                call |= {"verdict": "covered", "reason": ""}
    baseline.write_text(json.dumps(document))
    forms = tuple(FORMATS)
    paths = {form: tmp_path / form for form in forms}
    outputs = [
        word for form, path in paths.items() for word in ("--format", form, "--output", str(path))
    ]
    completed = alarmchain(
        "audit", "--snapshot", str(EXAMPLE), "--exceptions", str(EXCEPTIONS), "--baseline",
        str(baseline), *outputs,
    )  # fmt: skip
    assert completed.status == 1
    changes = "2 new, 0 changed, 12 unchanged, 0 fixed"
    summary = f"; 1 excepted; since the baseline of 2026-11-20T12:00:00Z: {changes}; see "
    assert summary in completed.out
    for path in paths.values():
        assert WHY in " ".join(path.read_text().split())

    written = report(paths["json"].read_text())
    counts = {key: written["baseline"][key] for key in ("new", "changed", "unchanged", "fixed")}
    assert counts == {"new": 2, "changed": 0, "unchanged": 12, "fixed": 0}
    states = {each["rule"]: each.get("baseline") for each in written["results"]}
    assert {states[rule] for rule in ("CMKChanges", "VPCChanges")} == {"new"}
    assert states["ConfigChanges"] is None

    with paths["csv"].open(newline="") as file:
        rows = {row["rule"]: row for row in csv.DictReader(file)}
    marks = ("verdict", "excepted_until", "excepted_why", "exception_expired", "baseline")
    assert [rows["CMKChanges"][mark] for mark in marks] == [
        "not_covered", "2026-12-31", WHY, "", "new",
    ]  # fmt: skip
    assert [rows["VPCChanges"][mark] for mark in marks] == ["not_covered", "", "", "", "new"]
    assert [rows["ConfigChanges"][mark] for mark in marks] == ["covered", "", "", "", ""]

    events = {
        event["compliance"]["control"]: event
        for event in map(json.loads, paths["ocsf"].read_text().splitlines())
    }
    event = events["CMKChanges"]
    assert (event["status_id"], event["status"]) == (3, "Suppressed")
    assert event["compliance"]["status_id"] == 3
    assert event["comment"] == f"excepted until 2026-12-31: {WHY}"
    assert event["unmapped"] == {"baseline": "new"}
    assert events["VPCChanges"]["status"] == "New"
    assert "unmapped" not in events["ConfigChanges"]


def test_an_expired_exception_is_named(alarmchain: Run, tmp_path: Path, baseline: Path) -> None:
    """The fault of an expired exception counts again; each format says that it expired."""
    exceptions = tmp_path / "exceptions.toml"
    first = EXCEPTIONS.read_text().split("\n\n")[1]
    exceptions.write_text(first.replace("2026-12-31", "2026-11-19"))
    arguments = ("audit", "--snapshot", str(EXAMPLE), "--rule", "CMKChanges", "--exceptions",
        str(exceptions), "--baseline", str(baseline), "--format")  # fmt: skip
    line = (
        "alarmchain: exception 1 (CMKChanges in us-east-1 of 123456789012) expired on 2026-11-19:"
        " what it accepted counts again"
    )
    completed = alarmchain(*arguments, "json")
    assert completed.status == 1
    assert completed.err.splitlines()[0] == line
    (result,) = report(completed.out)["results"]
    assert "exception" not in result
    assert result["expired_exception"]["until"] == "2026-11-19"
    (row,) = csv.DictReader(alarmchain(*arguments, "csv").out.splitlines())
    assert (row["excepted_until"], row["exception_expired"]) == ("", "2026-11-19")
    (event,) = map(json.loads, alarmchain(*arguments, "ocsf").out.splitlines())
    assert event["status"] == "New"
    assert event["comment"] == f"the exception expired on 2026-11-19: {WHY}"


def test_nothing_new_is_status_0(alarmchain: Run, baseline: Path) -> None:
    """An audit of an unchanged account has status 0, and no new result."""
    completed = alarmchain(
        "audit", "--snapshot", str(EXAMPLE), "--baseline", str(baseline), "--output", "/dev/null"
    )
    assert (completed.status, completed.err) == (0, "")
    assert (
        "since the baseline of 2026-11-20T12:00:00Z: 0 new, 0 changed, 14 unchanged, 0 fixed"
        in completed.out
    )


def test_a_report_may_replace_its_baseline(alarmchain: Run, baseline: Path) -> None:
    """The baseline is read before the report is written."""
    arguments = ("--format", "json", "--output", str(baseline))
    for _ in range(2):
        completed = alarmchain(
            "audit", "--snapshot", str(EXAMPLE), "--baseline", str(baseline), *arguments
        )
        assert completed.status == 0


def test_a_baseline_of_another_account(alarmchain: Run, baseline: Path, file: Path) -> None:
    """A baseline of another account is noticed after the audit: the report has no comparison."""
    baseline.write_text(baseline.read_text().replace(ACCOUNT, "999999999999"))
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--baseline", str(baseline), "--format", "json"
    )
    assert completed.status == 2
    assert completed.err == (
        f"alarmchain: {baseline} cannot be the baseline: it is of account 999999999999, but account"
        f" {ACCOUNT} was audited; nothing was compared\n"
    )
    document = report(completed.out)
    assert "baseline" not in document
    assert len(document["results"]) == 15


REFUSED: dict[str, tuple[Callable[[Any], object] | bytes, tuple[str, ...], str]] = {
    "no JSON": (b"{", (), "baseline {} is not valid JSON: Expecting property name enclosed in"),
    "the same key twice": (
        b'{"format": 1, "format": 2}',
        (),
        "baseline {} is not valid JSON: 'format' is set twice in one object",
    ),
    "not UTF-8": (b'"\xff"', (), "baseline {} is not valid JSON: byte 1 is not UTF-8"),
    "a snapshot": (
        EXAMPLE.read_bytes(),
        (),
        "{} cannot be the baseline: format is missing; expected 'alarmchain-audit/1'",
    ),
    "an unknown verdict": (
        lambda document: document["results"][0].update(verdict="good\x1b"),
        (),
        "{} cannot be the baseline: results[0].verdict is 'good\\x1b'; expected one of covered,",
    ),
    "other parameters": (
        lambda document: document["parameters"].update(CallList="extended"),
        ("--parameter", "FailedCalls=required"),
        "{} cannot be the baseline: it was made with CallList=extended, this audit with"
        " FailedCalls=required; use the same, or write a new baseline",
    ),
    "parameters now": (
        lambda document: None,
        ("--parameter", "CallList=extended"),
        "{} cannot be the baseline: it was made with no parameter, this audit with"
        " CallList=extended; use the same, or write a new baseline",
    ),
    "a parameter that does not exist": (
        lambda document: document["parameters"].update(Call="x"),
        (),
        "{} cannot be the baseline: its parameters are not valid: parameter 'Call' is",
    ),
}


@pytest.mark.parametrize(("change", "arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_baselines(
    alarmchain: Run,
    baseline: Path,
    change: Callable[[Any], object] | bytes,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """Standard error has one line with the file, nothing is audited, and the status is 2."""
    if isinstance(change, bytes):
        baseline.write_bytes(change)
    else:
        document = json.loads(baseline.read_text())
        change(document)
        baseline.write_text(json.dumps(document))
    completed = alarmchain(
        "audit", "--snapshot", str(EXAMPLE), "--baseline", str(baseline), *arguments
    )
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith(f"alarmchain: {message.format(baseline)}")


def test_parameters_that_mean_the_same(alarmchain: Run, baseline: Path) -> None:
    """A default value that is given is the same as no value."""
    completed = alarmchain(
        "audit", "--snapshot", str(EXAMPLE), "--baseline", str(baseline), "--parameter",
        "CallList=cis", "--output", "/dev/null",
    )  # fmt: skip
    assert (completed.status, completed.err) == (0, "")


def test_files_that_do_not_exist(alarmchain: Run, file: Path, tmp_path: Path) -> None:
    """A file of exceptions or a baseline that does not exist is refused before the audit."""
    for option, word in (("--exceptions", "exceptions"), ("--baseline", "baseline")):
        completed = alarmchain("audit", "--snapshot", str(file), option, str(tmp_path / "none"))
        assert (completed.status, completed.out) == (2, "")
        message = f"cannot read {word} {tmp_path / 'none'}: No such file or directory"
        assert completed.err == f"alarmchain: {message}\n"


def test_a_half_read_account_is_not_fixed(
    alarmchain: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result that failed now is not compared: the status is 2, and a line names it."""
    path = tmp_path / "baseline.json"
    arguments = ("audit", "--snapshot", str(file), "--format", "json")
    alarmchain(*arguments, "--output", str(path))

    def fail(control: Any, *more: Any) -> Any:
        if control.name == "CMKChanges":
            raise ValueError("no")
        return assess(control, *more)

    monkeypatch.setattr(snapshot_file, "assess", fail)
    completed = alarmchain(*arguments, "--baseline", str(path))
    assert completed.status == 2
    document = report(completed.out)
    key = {"account": ACCOUNT, "rule": "CMKChanges", "region": REGION}
    assert document["baseline"]["not_compared"] == [key]
    assert (document["baseline"]["fixed"], len(document["errors"])) == (0, 1)
    assert completed.err.splitlines()[-1] == (
        "alarmchain: 1 result of the baseline not compared, without a result now:"
        f" CMKChanges in {REGION} of {ACCOUNT}"
    )


def test_a_fixed_fault(alarmchain: Run, file: Path, tmp_path: Path) -> None:
    """The chain of the baseline was broken; now it is complete."""
    document = snapshot()
    document["Regions"][REGION]["metric_alarms"][0]["Threshold"] = 5.0
    before, path = tmp_path / "before.json", tmp_path / "baseline.json"
    before.write_text(json.dumps(document))
    arguments = ("--rule", "ConfigChanges", "--format", "json")
    alarmchain("audit", "--snapshot", str(before), *arguments, "--output", str(path))
    fixed = alarmchain("audit", "--snapshot", str(file), *arguments, "--baseline", str(path))
    assert [each["baseline"] for each in report(fixed.out)["results"]] == ["fixed"]
    assert fixed.status == 0
    for form, words in (("text", "a person by email (fixed)"), ("html", "<small>fixed</small>")):
        shown = alarmchain(
            *("audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", form),
            *("--baseline", str(path)),
        )
        assert words in shown.out
    alarmchain("audit", "--snapshot", str(file), *arguments, "--output", str(path))
    new = alarmchain("audit", "--snapshot", str(before), *arguments, "--baseline", str(path))
    assert [each["baseline"] for each in report(new.out)["results"]] == ["new"]
    assert new.status == 1


def test_a_fault_that_only_gets_older_is_unchanged(alarmchain: Run, tmp_path: Path) -> None:
    """A reason that differs only in the hours in ALARM is unchanged the next day."""
    document = snapshot()
    alarm = document["Regions"][REGION]["metric_alarms"][0]
    alarm |= {"StateValue": "ALARM", "StateTransitionedTimestamp": "2026-11-10T12:00:00Z"}
    file, path = tmp_path / "account.json", tmp_path / "baseline.json"
    arguments = ("audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json")
    file.write_text(json.dumps(document))
    alarmchain(*arguments, "--output", str(path))
    file.write_text(json.dumps(document | {"CollectedAt": "2026-11-21T12:00:00Z"}))
    completed = alarmchain(*arguments, "--baseline", str(path))
    (result,) = report(completed.out)["results"]
    (before,) = report(path.read_text())["results"]
    assert result["annotation"] != before["annotation"]
    assert (result["baseline"], completed.status) == ("unchanged", 0)


def commands() -> list[list[str]]:
    """Return the arguments of each command in docs/exceptions.md."""
    scripts = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    lines = [line for script in scripts for line in script.replace("\\\n", " ").splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("alarmchain ")]


def test_the_guides_commands_run(
    alarmchain: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The guide's commands run in their order; their files go to a temporary folder."""
    for name in ("docs", "examples"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    monkeypatch.chdir(tmp_path)
    statuses = [alarmchain(*arguments).status for arguments in commands()]
    assert statuses == [1, 1, 0]
