"""`alarmchain audit`: what it reports, where, and how it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from alarmchain.control import known_controls
from alarmchain.testing.account import ACCOUNT, REGION, good_account
from localaws.server import LocalAws

CHECKOUT = Path(__file__).resolve().parents[2]
CASES = CHECKOUT.parent / "shared" / "data" / "cases.json"
RULES = sorted(known_controls())
COUNTS = f"{len(RULES)} results: 1 covered, {len(RULES) - 1} not covered, 0 unknown"
Run = Callable[..., Any]
EMPTY = "it is empty; expected the path of a file"

OBJECT = {"type": "object", "additionalProperties": False}
TEXT, WORD = {"type": "string"}, {"type": "string", "minLength": 1}
OUTCOME = {"enum": ["covered", "not_covered", "unknown"]}
SCHEMA = OBJECT | {
    "required": ["format", "results", "errors"],
    "properties": {
        "format": {"const": "alarmchain-audit/1"},
        "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
        "errors": {"type": "array", "items": {"$ref": "#/$defs/error"}},
    },
    "$defs": {
        "error": OBJECT
        | {
            "required": ["account", "region", "rule", "error"],
            "properties": dict.fromkeys(("account", "region", "rule", "error"), WORD),
        },
        "result": OBJECT
        | {
            "required": [
                "account", "rule", "region", "compliance", "verdict", "annotation", "calls",
                "breadth", "chain",
            ],
            "properties": {
                **dict.fromkeys(("account", "rule", "region"), WORD),
                "compliance": {"enum": ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]},
                "verdict": OUTCOME,
                "annotation": WORD | {"maxLength": 256},
                "calls": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"$ref": "#/$defs/call"},
                },
                "breadth": {"enum": ["every_record", "everyday_reads", "narrow"]},
                "chain": {"type": "array", "items": {"$ref": "#/$defs/link"}},
            },
        },
        "call": OBJECT
        | {
            "required": ["verdict", "reason", "counterexample"],
            "properties": {
                "verdict": OUTCOME,
                "reason": TEXT,
                "counterexample": {"type": ["object", "null"]},
            },
        },
        "link": OBJECT
        | {
            "required": [
                "link", "account", "region", "resource", "status", "observed", "wanted", "reason",
            ],
            "properties": {
                "link": {
                    "enum": [
                        "trail", "log_group", "metric_filter", "alarm", "topic", "subscription",
                    ]
                },
                **dict.fromkeys(("account", "region", "observed", "wanted", "reason"), TEXT),
                "resource": TEXT,
                "status": {"enum": ["ok", "broken", "unknown"]},
            },
        },
    },
}  # fmt: skip
"""What design promises of the report, to the letter."""


def snapshot(rule: str = "ConfigChanges", **changes: Any) -> dict[str, Any]:
    """The document of an account in which that rule's chain is whole."""
    region = good_account(known_controls()[rule])
    del region["denied"]
    region["composite_alarms"] = []
    moment = "2026-11-20T12:00:00Z"
    region["trails"][0]["Status"]["LatestCloudWatchLogsDeliveryTime"] = moment
    region["metric_alarms"][0]["StateTransitionedTimestamp"] = moment
    document = {
        "Format": "alarmchain-snapshot/1",
        "Account": ACCOUNT,
        "CollectedAt": moment,
        "Regions": {REGION: region},
    }
    return document | changes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the snapshot of a whole chain of ConfigChanges, and of no other rule's."""
    path = tmp_path / "account.json"
    path.write_text(json.dumps(snapshot()))
    return path


def report(out: str) -> dict[str, Any]:
    """The JSON report, which is of the shape that is promised."""
    document: dict[str, Any] = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    return document


def test_a_covered_rule(alarmchain: Run, file: Path) -> None:
    """Status 0; every link of the chain is shown, and nothing is on standard error."""
    ran = alarmchain(
        "audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json"
    )
    assert (ran.status, ran.err) == (0, "")
    document = report(ran.out)
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
    """One result each, by account, rule and region; one that is not compliant makes status 1."""
    document = snapshot()
    document["Regions"]["eu-west-1"] = {"trails": []}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(document))
    ran = alarmchain("audit", "--snapshot", str(path), "--format", "json")
    assert ran.status == 1
    found = [(one["account"], one["rule"], one["region"]) for one in report(ran.out)["results"]]
    assert found == [(ACCOUNT, rule, region) for rule in RULES for region in ("eu-west-1", REGION)]


def test_a_counterexample(alarmchain: Run, file: Path) -> None:
    """What escapes comes with a record of it."""
    ran = alarmchain("audit", "--snapshot", str(file), "--rule", "CMKChanges", "--format", "json")
    assert ran.status == 1
    (result,) = report(ran.out)["results"]
    call = result["calls"]["DisableKey"]
    assert call["verdict"] == "not_covered"
    assert call["counterexample"]["eventName"] == "DisableKey"


def test_a_region_that_is_not_in_the_file(alarmchain: Run, file: Path) -> None:
    """It is assessed as unread: unknown, by what was not read."""
    ran = alarmchain(
        "audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json",
        "--region", "ap-south-1",
    )  # fmt: skip
    assert ran.status == 1
    (result,) = report(ran.out)["results"]
    assert (result["region"], result["verdict"]) == ("ap-south-1", "unknown")
    assert "cloudtrail:DescribeTrails" in result["annotation"]


def test_parameters_change_the_verdict(alarmchain: Run, file: Path) -> None:
    """Each --parameter goes to every rule."""
    arguments = ("audit", "--snapshot", str(file), "--rule", "ConfigChanges", "--format", "json")
    ran = alarmchain(*arguments, "--parameter", "AlarmName=none such")
    assert "none such" in report(ran.out)["results"][0]["annotation"]
    assert ran.status == 1
    unread = (
        *arguments,
        "--region",
        "ap-south-1",
        "--parameter",
        "UnprovableVerdict=NOT_APPLICABLE",
    )
    assert report(alarmchain(*unread).out)["results"][0]["compliance"] == "NOT_APPLICABLE"


def test_the_text_report(alarmchain: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of rules and regions; of each finding what is wrong, where, and what to do."""
    monkeypatch.setenv("COLUMNS", "100")
    ran = alarmchain("audit", "--snapshot", str(file))
    assert (ran.status, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert lines[:2] == [
        "Would a dangerous call reach a person?",
        f"Account {ACCOUNT}, as of 2026-11-20T12:00:00Z",
    ]
    table = [line.split(" | ")[:3] for line in lines[5 : lines.index("", 5)]]
    assert [[cell.strip() for cell in row] for row in table if row[0].strip()] == [
        [rule, REGION, "covered" if rule == "ConfigChanges" else "not covered"] for rule in RULES
    ]
    story = ran.out[ran.out.index(f"CMKChanges in {REGION}: not covered (NON_COMPLIANT)") :]
    for label in ("why:", "where:", "wanted:", "to do:", "calls:"):
        assert f"\n  {label}" in story
    assert f"{COUNTS}." in story
    assert f"ConfigChanges in {REGION}:" not in story
    assert ran.out.endswith("\n")


def test_regions_that_say_alike_are_told_once(alarmchain: Run, tmp_path: Path) -> None:
    """An account of many regions is not told the same many times."""
    document = snapshot()
    document["Regions"] |= {region: {"trails": []} for region in ("eu-west-1", "eu-west-2")}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(document))
    ran = alarmchain("audit", "--snapshot", str(path), "--rule", "CMKChanges")
    assert "CMKChanges in eu-west-1, eu-west-2: not covered" in ran.out
    # Where the log group is at home, its region need not be said.
    assert f"CMKChanges in {REGION}: not covered" in ran.out
    assert ran.out.count("to do:") == 2


def test_names_can_not_steer_the_terminal(alarmchain: Run, tmp_path: Path) -> None:
    """Control characters of an account's names are shown, not sent."""
    document = snapshot()
    region = document["Regions"][REGION]
    region["metric_alarms"][0] |= {"AlarmName": "a\x1b[31mb\u202e[bold]", "Threshold": 5.0}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(document))
    out = alarmchain("audit", "--snapshot", str(path), "--rule", "ConfigChanges").out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert "[bold]" in out


def test_a_report_in_a_file(alarmchain: Run, file: Path, tmp_path: Path) -> None:
    """The report goes there whole, one line to standard output; the old file is replaced."""
    target = tmp_path / "report.json"
    target.write_text("old")
    ran = alarmchain("audit", "--snapshot", str(file), "--format", "json", "--output", str(target))
    assert ran.status == 1
    assert ran.out == f"{COUNTS}; see {target}\n"
    assert len(report(target.read_text())["results"]) == len(RULES)
    assert sorted(tmp_path.iterdir()) == [file, target]


def test_a_snapshot_that_breaks_the_assessing_is_an_error(
    alarmchain: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2; the rest is assessed, and the failure is in the report and on standard error."""
    from alarmchain.cli import snapshot_file

    assess = snapshot_file.assess

    def sometimes(control: Any, *rest: Any) -> Any:
        if control.name == "CMKChanges":
            raise RecursionError("too deep")
        return assess(control, *rest)

    monkeypatch.setattr(snapshot_file, "assess", sometimes)
    ran = alarmchain("audit", "--snapshot", str(file), "--format", "json")
    document = report(ran.out)
    assert ran.status == 2
    assert [one["rule"] for one in document["results"]] == RULES[1:]
    (error,) = document["errors"]
    assert (error["rule"], error["region"]) == ("CMKChanges", REGION)
    assert (
        ran.err == f"alarmchain: CMKChanges in {REGION} of {error['account']}: {error['error']}\n"
    )
    assert "CMKChanges" in alarmchain("audit", "--snapshot", str(file)).out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read snapshot {file}: No such file or directory"),
        (b"", "{file} is no JSON: Expecting value at line 1, column 1"),
        (b'{\n "Format" 1}', "{file} is no JSON: Expecting ':' delimiter at line 2, column 11"),
        (b"\xff\xfe", "{file} is no JSON: byte 0 is not UTF-8"),
        (b"[]", "{file} is no snapshot: the snapshot is []; expected an object"),
        (b'{"Format": "x"}', "{file} is no snapshot: Format is 'x'; expected"),
        (b'{"Format": "alarmchain-snapshot/1"}', "{file} is no snapshot: Account is missing;"),
        (b'{"a": 1, "a": 2}', "{file} is no snapshot: 'a' is there twice in one object"),
        (b'{"a": NaN}', "{file} is no snapshot: NaN is no JSON number"),
        (b"[" * 100_000, "{file} is no snapshot: it is nested too deeply"),
        (
            json.dumps(snapshot(CollectedAt="yesterday")).encode(),
            "{file} is no snapshot: CollectedAt is 'yesterday'; expected an ISO 8601 time",
        ),
        (
            json.dumps(snapshot(Regions=[])).encode(),
            "{file} is no snapshot: Regions is []; expected an object",
        ),
        (
            json.dumps(snapshot(Regions={})).encode(),
            "the snapshot holds no region; name one with --region",
        ),
    ],
)
def test_a_file_that_is_no_snapshot(
    alarmchain: Run, tmp_path: Path, content: bytes | None, said: str
) -> None:
    """One line names the file, the place and what was expected; nothing is reported."""
    file = tmp_path / "account.json"
    if content is not None:
        file.write_bytes(content)
    ran = alarmchain("audit", "--snapshot", str(file))
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith("alarmchain: " + said.format(file=file))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rule", "X"), f"rule 'X' is unknown; known: {', '.join(RULES)}"),
        (("--profile", "p"), "--profile has no meaning beside --snapshot"),
        (("--parameter", "X"), "parameter 'X' has no value; expected NAME=VALUE"),
        (
            ("--parameter", "FailedCalls=maybe"),
            "parameter 'FailedCalls' is 'maybe'; allowed: ignored, required",
        ),
        (
            ("--parameter", "CallList=cis", "--parameter", "CallList=cis"),
            "parameter 'CallList' is given twice",
        ),
        (("--region", "here"), "region 'here': expected a name such as us-east-1"),
        (("--output", "."), "cannot write .: it is a folder"),
        (("--output", ""), f"Invalid value for '--output': {EMPTY}"),
        (("--snapshot", ""), f"Invalid value for '--snapshot': {EMPTY}"),
        (("--output", "no/x"), "cannot write no/x: there is no folder no"),
        (
            ("--region", REGION, "--all-regions"),
            "--all-regions and --region exclude each other",
        ),
    ],
)
def test_what_can_not_be_done(
    alarmchain: Run, file: Path, arguments: tuple[str, ...], said: str
) -> None:
    """One line on standard error, no report, status 2."""
    ran = alarmchain("audit", "--snapshot", str(file), *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"alarmchain: {said}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_loses_nothing(alarmchain: Run, file: Path) -> None:
    """What can't be written in the end goes to standard output, with a line that says so."""
    ran = alarmchain("audit", "--snapshot", str(file), "--format", "json", "--output", "/dev/full")
    assert ran.status == 2
    assert len(report(ran.out)["results"]) == 4
    assert ran.err == (
        "alarmchain: cannot write /dev/full: No space left on device;"
        " what should be in it went to standard output\n"
    )


def test_what_no_file_can_be_called_is_told_before_the_work(
    alarmchain: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that takes no files, and a name that is too long; nothing is assessed for them."""
    from alarmchain.cli import snapshot_file

    monkeypatch.delattr(snapshot_file, "assess")
    for path in (file.parent / ("x" * 300), Path("/proc/x")):
        ran = alarmchain("audit", "--snapshot", str(file), "--output", str(path))
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"alarmchain: cannot write {path}: ")


def test_an_unknown_format(alarmchain: Run, file: Path) -> None:
    """The known ones are named."""
    ran = alarmchain("audit", "--snapshot", str(file), "--format", "pdf")
    assert (ran.status, ran.out) == (2, "")
    assert "'pdf' is not one of 'text', 'json'" in ran.err


BARE = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ((), {}, "no region: give --region or --all-regions, or set AWS_DEFAULT_REGION or"),
        (("--region", REGION), {}, "no usable AWS credentials: Unable to locate credentials"),
        (("--profile", "p", "--region", REGION), {}, "The config profile (p) could not be found"),
        (("--region", "mars"), {}, "region 'mars': expected a name such as us-east-1"),
        (("--region", REGION), {"AWS_PROFILE": "q"}, "The config profile (q) could not be found"),
    ],
)
def test_without_an_account(
    alarmchain: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    said: str,
) -> None:
    """No credentials, no region, no such profile: one line each."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in (BARE | environment | {"HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    ran = alarmchain("audit", *arguments)
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith(f"alarmchain: {said}")


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """An account without anything."""
    for name, value in local_aws.environment(REGION).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return local_aws


def test_an_account_without_a_trail(aws: LocalAws, alarmchain: Run) -> None:
    """One read for each region tells all rules; who one is takes one call."""
    ran = alarmchain(
        "audit", "--region", "eu-west-1", "--region", REGION, "--region", REGION, "--format", "json"
    )
    assert (ran.status, ran.err) == (1, "")
    results = report(ran.out)["results"]
    assert [(one["rule"], one["region"]) for one in results] == [
        (rule, region) for rule in RULES for region in ("eu-west-1", REGION)
    ]
    assert {one["verdict"] for one in results} == {"not_covered"}
    assert "no trail records us-east-1" in results[1]["annotation"]
    assert aws.calls.actions() == ["sts:GetCallerIdentity", *["cloudtrail:DescribeTrails"] * 2]


def test_calls_that_botocore_does_not_know_are_noted(aws: LocalAws, alarmchain: Run) -> None:
    """They may exist all the same: a line on standard error, and the audit goes on."""
    calls = "ec2.amazonaws.com:NoSuchCall,kms.amazonaws.com:DisableKey,new.amazonaws.com:Call"
    ran = alarmchain(
        "audit", "--region", REGION, "--rule", "CMKChanges", "--format", "json",
        "--parameter", f"AdditionalCalls={calls}",
    )  # fmt: skip
    assert ran.status == 1
    assert "NoSuchCall" in report(ran.out)["results"][0]["calls"]
    assert ran.err == (
        "alarmchain: note: botocore knows no operation NoSuchCall of ec2.amazonaws.com\n"
    )


def test_a_region_that_fails(aws: LocalAws, alarmchain: Run) -> None:
    """Its rules are errors, with status 2; the other regions are reported."""
    aws.fail(
        "cloudtrail:DescribeTrails", "UnrecognizedClientException", 400, None, region="eu-west-1"
    )
    ran = alarmchain("audit", "--region", "eu-west-1", "--region", REGION, "--format", "json")
    document = report(ran.out)
    assert ran.status == 2
    assert [one["region"] for one in document["results"]] == [REGION] * len(RULES)
    assert [(one["rule"], one["region"]) for one in document["errors"]] == [
        (rule, "eu-west-1") for rule in RULES
    ]
    assert "region eu-west-1 is not enabled for the account" in document["errors"][0]["error"]
    assert len(ran.err.splitlines()) == 1


def test_all_regions(aws: LocalAws, alarmchain: Run) -> None:
    """Those that EC2 says are enabled."""
    import boto3

    enabled = {one["RegionName"] for one in boto3.client("ec2").describe_regions()["Regions"]}
    ran = alarmchain("audit", "--all-regions", "--rule", "CMKChanges", "--format", "json")
    assert {one["region"] for one in report(ran.out)["results"]} == enabled
    assert len(enabled) > 10


def test_credentials_that_expire(aws: LocalAws, alarmchain: Run) -> None:
    """Before the audit there is nothing to report; in the midst of it what was read is."""
    code = "ExpiredTokenException"
    aws.fail("cloudtrail:DescribeTrails", code, 400, None, region="eu-west-1")
    ran = alarmchain("audit", "--region", REGION, "--region", "eu-west-1", "--format", "json")
    assert (ran.status, len(report(ran.out)["results"])) == (2, len(RULES))
    renew = "the AWS credentials have expired; renew them"
    said = f"cloudtrail:DescribeTrails in eu-west-1 failed: {code}: {renew}"
    assert ran.err == f"alarmchain: every rule in eu-west-1 of 123456789012: {said}\n"
    aws.fail("sts:GetCallerIdentity", "ExpiredToken", 403, None)
    ran = alarmchain("audit", "--region", REGION)
    assert (ran.status, ran.out) == (2, "")
    said = f"sts:GetCallerIdentity in {REGION} failed: ExpiredToken: {renew}"
    assert ran.err == f"alarmchain: {said}\n"


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "ec2:DescribeRegions"])
def test_what_must_be_known_first(aws: LocalAws, alarmchain: Run, action: str) -> None:
    """Without the account's id or its regions there is nothing to report; the action is named."""
    aws.deny(action)
    ran = alarmchain("audit", "--all-regions")
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert action in line


def test_a_snapshot_needs_no_aws_libraries(file: Path) -> None:
    """`audit --snapshot` imports neither boto3 nor rdklib, whatever the format."""
    script = (
        "import sys\n"
        "from alarmchain.cli.main import main\n"
        "for form in ('text', 'json'):\n"
        "    try:\n"
        f"        main(['audit', '--snapshot', {str(file)!r}, '--format', form])\n"
        "    except SystemExit:\n"
        "        pass\n"
        "print(sorted({'boto3', 'botocore', 'rdklib'} & set(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert ran.stderr == "[]\n"
    assert ran.stdout


@pytest.mark.skipif(not CASES.exists(), reason="the shared data is not beside the checkout")
def test_the_cases(alarmchain: Run, tmp_path: Path) -> None:
    """Every case comes out as it may, by way of the command line, in the promised shape."""
    wrong = {}
    for case in json.loads(CASES.read_text()):
        file = tmp_path / f"{case['id']}.json"
        file.write_text(json.dumps(case["snapshot"]))
        ran = alarmchain(
            "audit", "--snapshot", str(file), "--rule", case["rule"], "--region", case["region"],
            "--format", "json",
        )  # fmt: skip
        (result,) = report(ran.out)["results"]
        assert ran.status == int(result["compliance"] != "COMPLIANT")
        if result["compliance"] not in case["accept"]:
            wrong[case["id"]] = (result["compliance"], result["annotation"])
    assert wrong == {}
