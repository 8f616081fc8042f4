"""`alarmchain audit` of many accounts: a failure in one does not stop the others."""

import importlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from alarmchain.cli.live import audit_accounts
from alarmchain.cli.live.audit_account import UNREACHABLE
from alarmchain.control import known_controls
from alarmchain.decision.read_and_assess import read_and_assess
from alarmchain.snapshot.reads import ReadKind
from demo.account import FAULTS, HOME, LOG_GROUP, NO_FAULT, TRAIL, make_account
from localaws.server import LocalAws
from tests.cli.audit_report import without_times
from tests.cli.local_credentials import use_local_aws
from tests.command_line import Run

MANAGEMENT = "123456789012"
ROLE = "Auditor"
AWAY = "eu-west-1"
RULES = sorted(FAULTS)
"""A sample of the rules, to save time."""
SAMPLE = [part for rule in RULES for part in ("--rule", rule)]


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Return an organization's management account, with its credentials in the environment."""
    use_local_aws(local_aws, monkeypatch)
    local_aws.client("organizations").create_organization(FeatureSet="ALL")
    return local_aws


def member(aws: LocalAws, name: str, *, filled: bool = False) -> str:
    """Return a new member account with the role; `filled`: with the demo's trail and alarms."""
    status = aws.client("organizations").create_account(
        AccountName=name, Email=f"{name}@example.com"
    )
    account: str = status["CreateAccountStatus"]["AccountId"]
    if filled:
        make_account(
            lambda service, region: aws.client(service, region, account),
            account,
            [HOME],
            [known_controls()[rule] for rule in RULES],
        )
    return account


def audited(run: Run, *arguments: str) -> tuple[int, dict[str, Any], list[str]]:
    """Return the status, the JSON report, and the lines on standard error."""
    sample = [] if "--rule" in arguments else SAMPLE
    completed = run("audit", "--role-name", ROLE, "--format", "json", *sample, *arguments)
    return completed.status, json.loads(completed.out), completed.err.splitlines()


def of(document: dict[str, Any], account: str, section: str = "results") -> list[dict[str, Any]]:
    """Return the results or errors of one account."""
    return [each for each in document[section] if each["account"] == account]


def test_an_organization(aws: LocalAws, alarmchain: Run) -> None:
    """Every active account is read with its role, except the caller's; each trail is read once."""
    filled, bare, gone = member(aws, "filled", filled=True), member(aws, "b"), member(aws, "gone")
    aws.client("organizations").close_account(AccountId=gone)
    aws.calls.clear()
    status, document, errors = audited(
        alarmchain, "--organization", "--region", HOME, "--region", AWAY
    )
    assert (status, errors, document["errors"]) == (1, [], [])
    accounts = {result["account"] for result in document["results"]}
    assert accounts == {MANAGEMENT, filled, bare}
    assert len(document["results"]) == 3 * 2 * len(RULES)
    for result in of(document, filled):
        fault = FAULTS.get(result["rule"], NO_FAULT)
        assert (result["verdict"] == "covered") is (fault.description is None), result
    assert {result["verdict"] for result in of(document, bare)} == {"not_covered"}
    principals = {
        call.account: call.principal for call in aws.calls if call.service == "cloudtrail"
    }
    assert principals == {
        MANAGEMENT: "user",
        filled: f"role/{ROLE}",
        bare: f"role/{ROLE}",
    }
    calls = Counter(aws.calls.actions(account=filled))
    once = ("cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "logs:DescribeLogGroups")
    assert [calls[action] for action in once] == [1, 1, 1]
    assert calls["cloudtrail:DescribeTrails"] == 2


def test_snapshots_have_the_verdicts_of_the_organization(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot of each account, taken with its own credentials, has the same results.

    One account denies a read, one is empty, and one is the caller's own.
    """
    denied, bare = member(aws, "denied", filled=True), member(aws, "bare")
    aws.deny("sns:GetSubscriptionAttributes", account=denied)
    _, document, _ = audited(alarmchain, "--organization", "--region", HOME)
    for account in (MANAGEMENT, denied, bare):
        for name, value in aws.environment(HOME, account).items():
            monkeypatch.setenv(name, value)
        file = str(tmp_path / f"{account}.json")
        assert alarmchain("collect", "--output", file).status == 0
        completed = alarmchain("audit", "--snapshot", file, "--format", "json", *SAMPLE)
        results = without_times(json.loads(completed.out)["results"])
        assert results == without_times(of(document, account))
    verdicts = {(each["account"], each["rule"]): each["verdict"] for each in document["results"]}
    assert verdicts[denied, "ConfigChanges"] == "unknown"
    assert verdicts[denied, "CMKChanges"] == "not_covered"
    assert verdicts[bare, "ConfigChanges"] == "not_covered"


def test_a_member_account(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a member account OrganizationsChanges requires only what members can do, also offline."""
    account = member(aws, "bare")
    aws.calls.clear()
    rule = ("--region", HOME, "--rule", "OrganizationsChanges")
    _, document, _ = audited(alarmchain, "--accounts", f"{account},{MANAGEMENT}", *rule)
    for name in (account, MANAGEMENT):
        actions = aws.calls.actions(account=name)
        assert actions.count(ReadKind.ORGANIZATION.value) == 1
    verdicts = {
        each["account"]: {name: call["verdict"] for name, call in each["calls"].items()}
        for each in document["results"]
    }
    assert set(verdicts[MANAGEMENT].values()) == {"not_covered"}
    assert verdicts[account]["MoveAccount"] == "not_applicable"
    assert verdicts[account]["LeaveOrganization"] == "not_covered"
    (result,) = of(document, account)
    assert f"management account {MANAGEMENT}" in result["annotation"]
    for name, value in aws.environment(HOME, account).items():
        monkeypatch.setenv(name, value)
    file = str(tmp_path / "member.json")
    assert alarmchain("collect", "--output", file).status == 0
    completed = alarmchain("audit", "--snapshot", file, "--format", "json", *rule)
    assert without_times(json.loads(completed.out)["results"]) == without_times([result])


def test_roles_that_cannot_be_assumed(aws: LocalAws, alarmchain: Run) -> None:
    """Three accounts deny the role: three errors, one line, status 2; the others are audited."""
    members = [member(aws, f"m{number}") for number in range(5)]
    # sts:AssumeRole is a call of the caller's account: its first three calls are denied.
    aws.fail("sts:AssumeRole", "AccessDenied", 403, 3, message="not authorized")
    status, document, errors = audited(
        alarmchain, "--accounts", ",".join(members), "--region", HOME
    )
    assert status == 2
    assert len(document["errors"]) == 3
    refused = {error["account"] for error in document["errors"]}
    assert {(error["region"], error["rule"]) for error in document["errors"]} == {("", "")}
    assert all("sts:AssumeRole" in error["error"] for error in document["errors"])
    assert {result["account"] for result in document["results"]} == set(members) - refused
    (line,) = errors
    first, second, third = sorted(refused)
    assert line.startswith(
        f"alarmchain: 3 of 5 accounts ({first}, {second} and {third}): cannot assume"
        f" arn:aws:iam::ACCOUNT:role/{ROLE}: sts:AssumeRole in {HOME} failed:"
    )


def test_a_half_read_organization_has_fixed_nothing(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """Missing accounts are named and not compared; the others are, and the status is 2."""
    lost, changed, left = member(aws, "a"), member(aws, "b", filled=True), member(aws, "c")
    baseline, arguments = tmp_path / "baseline.json", ("--region", HOME, "--organization")
    _, document, _ = audited(alarmchain, *arguments)
    baseline.write_text(json.dumps(document))
    aws.client("organizations").close_account(AccountId=left)
    aws.client("cloudtrail", HOME, changed).stop_logging(Name=TRAIL)
    aws.fail("*:*", "UnrecognizedClientException", 400, None, account=lost, region=HOME)
    status, document, errors = audited(alarmchain, *arguments, "--baseline", str(baseline))
    assert status == 2
    assert {each["baseline"] for each in of(document, changed)} == {"new", "changed"}
    assert {each["baseline"] for each in of(document, MANAGEMENT)} == {"unchanged"}
    comparison = document["baseline"]
    assert comparison["fixed"] == 0
    assert [each["account"] for each in comparison["not_compared"]] == [lost] * len(RULES)
    assert comparison["accounts_not_audited"] == [left]
    names = ", ".join(f"{rule} in {HOME} of {lost}" for rule in RULES[:3])
    assert errors[-2:] == [
        f"alarmchain: {len(RULES)} results of the baseline not compared, without a result now:"
        f" {names} and {len(RULES) - 3} more",
        f"alarmchain: 1 account of the baseline not audited: {left}",
    ]


@pytest.mark.parametrize("form", ["text", "csv", "html", "ocsf"])
def test_every_report_has_a_failed_account(aws: LocalAws, alarmchain: Run, form: str) -> None:
    """Every format has an account that could not be read."""
    lost = member(aws, "lost")
    aws.deny("sts:AssumeRole")
    completed = alarmchain(
        "audit", "--role-name", ROLE, "--accounts", f"{lost},{MANAGEMENT}", "--format", form
    )
    assert completed.status == 2
    assert lost in completed.out
    assert "sts:AssumeRole" in completed.out


def test_a_disabled_region_and_a_denied_read(aws: LocalAws, alarmchain: Run) -> None:
    """The rules of the region are errors in that account; a denied read is a verdict."""
    limited, other = member(aws, "limited", filled=True), member(aws, "other")
    aws.fail("*:*", "UnrecognizedClientException", 400, None, account=limited, region="af-south-1")
    aws.deny("sns:ListSubscriptionsByTopic", account=limited)
    status, document, errors = audited(
        alarmchain, "--accounts", f"{limited},{other}", "--region", HOME, "--region", "af-south-1"
    )
    assert status == 2
    places = [(each["account"], each["region"], each["rule"]) for each in document["errors"]]
    assert places == [(limited, "af-south-1", rule) for rule in RULES]
    (line,) = errors
    assert f"every rule in af-south-1 of account {limited}: region af-south-1 is not" in line
    assert len(of(document, other)) == 2 * len(RULES)
    (config,) = [each for each in of(document, limited) if each["rule"] == "ConfigChanges"]
    assert config["annotation"].startswith("UNKNOWN: ")
    assert "sns:ListSubscriptionsByTopic" in config["annotation"]


def test_regions_that_cannot_be_listed(aws: LocalAws, alarmchain: Run) -> None:
    """--all-regions reads the regions of each account; a denied read is one error."""
    denied, other = member(aws, "denied"), member(aws, "other")
    aws.deny("ec2:DescribeRegions", account=denied)
    status, document, _ = audited(
        alarmchain, "--accounts", f"{denied},{other}", "--all-regions", "--rule", "CMKChanges"
    )
    assert status == 2
    (error,) = document["errors"]
    assert (error["account"], error["region"]) == (denied, "")
    assert "ec2:DescribeRegions" in error["error"]
    assert len(of(document, other)) > 10


def test_the_network_dies(aws: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has the region read before; of the others only three are tried."""
    from botocore.exceptions import EndpointConnectionError

    collecting = importlib.import_module("alarmchain.collector.collect")
    regions = ["ap-south-1", "ca-central-1", "eu-west-1", "eu-west-2", "us-east-1", "us-east-2"]
    tried: list[str] = []
    answer = collecting._read

    def read(snapshot: Any, read: Any, *rest: Any) -> Any:
        if read.region == regions[0]:
            return answer(snapshot, read, *rest)
        tried.append(read.region)
        error = EndpointConnectionError(endpoint_url="https://example.invalid")
        raise collecting.failure(error, read.kind.value, read.region) or error

    monkeypatch.setattr(collecting, "_read", read)
    options = [part for region in regions for part in ("--region", region)]
    completed = alarmchain("audit", "--format", "json", *options)
    document = json.loads(completed.out)
    assert completed.status == 2
    judged = [each for each in document["results"] if each["verdict"] != "not_applicable"]
    assert {result["region"] for result in judged} == {regions[0]}
    assert len(document["errors"]) + len(document["results"]) == len(known_controls()) * len(
        regions
    )
    # One read for each region, not for each rule.
    assert tried == regions[1 : 1 + UNREACHABLE]
    first, rest = completed.err.splitlines()
    assert "every rule in ca-central-1, eu-west-1 and eu-west-2 of" in first
    assert "every rule in us-east-1 and us-east-2 of" in rest
    assert "not tried: 3 regions in a row failed, the last: cloudtrail:" in rest


def test_a_throttled_call_is_retried(aws: LocalAws, alarmchain: Run) -> None:
    """The audit retries the call, and reports no error."""
    throttled = member(aws, "throttled", filled=True)
    aws.fail("logs:DescribeMetricFilters", "ThrottlingException", 400, 1, account=throttled)
    status, document, errors = audited(
        alarmchain, "--accounts", throttled, "--region", HOME, "--rule", "ConfigChanges"
    )
    assert (status, errors) == (0, [])
    assert document["results"][0]["verdict"] == "covered"
    assert Counter(aws.calls.actions(account=throttled))["logs:DescribeMetricFilters"] >= 3


def test_an_organizations_trail(
    aws: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chain in the owner's account is read once for all members, with the owner's role.

    The accounts are audited in sequence, so that no two of them read it at the same time.
    """
    from alarmchain.collector import readers

    owner = member(aws, "owner", filled=True)
    others = [member(aws, f"m{number}") for number in range(4)]
    seen_from_members = {
        "Name": TRAIL,
        "TrailARN": f"arn:aws:cloudtrail:{HOME}:{owner}:trail/{TRAIL}",
        "HomeRegion": HOME,
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOME}:{owner}:log-group:{LOG_GROUP}:*",
    }
    own = readers.READERS[ReadKind.TRAILS]

    def trails(request: readers.ReadRequest) -> Any:
        if not request.read.account:
            yield readers.CollectedItems(HOME, "trails", (seen_from_members,))
        else:
            for collected in own(request):
                shown = tuple({**item, "IsOrganizationTrail": True} for item in collected.items)
                yield readers.CollectedItems(collected.region, collected.collection, shown)

    monkeypatch.setitem(readers.READERS, ReadKind.TRAILS, trails)
    monkeypatch.setattr(audit_accounts, "AT_ONCE", 1)
    role = f"OrganizationTrailRoleArn=arn:aws:iam::{owner}:role/follow"
    arguments = ("--parameter", role, "--region", HOME, "--region", AWAY)
    counts, verdicts = [], []
    for accounts in (others[:1], others):
        aws.calls.clear()
        _, document, _ = audited(alarmchain, "--accounts", ",".join(accounts), *arguments)
        counts.append(Counter(aws.calls.actions(account=owner)))
        verdicts.append(
            {
                (each["rule"], each["region"], each["verdict"], each["annotation"])
                for each in document["results"]
            }
        )
    assert counts[0]["logs:DescribeMetricFilters"] > 0
    assert counts[0] == counts[1]
    assert verdicts[0] == verdicts[1]
    assert {verdict for rule, _, verdict, _ in verdicts[0] if rule == "ConfigChanges"} == {
        "covered"
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--role-name", "r"), "--role-name needs --accounts or --organization"),
        (("--organization",), "--organization needs --role-name, the role to assume there"),
        (("--accounts", "1"), "--accounts needs --role-name, the role to assume there"),
        (
            ("--role-name", "r", "--accounts", "1", "--organization"),
            "--accounts and --organization exclude each other",
        ),
        (("--role-name", "r", "--accounts", "12,"), "account '12': expected 12 digits"),
        (
            ("--snapshot", "docs/example-account.json", "--organization"),
            "--organization cannot be used with --snapshot",
        ),
        (
            ("--snapshot", "docs/example-account.json", "--role-name", "r"),
            "--role-name cannot be used with --snapshot",
        ),
    ],
)
def test_options_that_need_others(
    aws: LocalAws, alarmchain: Run, arguments: tuple[str, ...], message: str
) -> None:
    """Standard error has one line, there is no report, and the status is 2."""
    completed = alarmchain("audit", *arguments)
    assert (completed.status, completed.out, completed.err) == (2, "", f"alarmchain: {message}\n")


def test_an_organization_that_cannot_be_listed(aws: LocalAws, alarmchain: Run) -> None:
    """Without the list of accounts the audit ends, and the message names the action."""
    aws.deny("organizations:ListAccounts")
    completed = alarmchain("audit", "--organization", "--role-name", ROLE)
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert "organizations:ListAccounts" in line


def test_an_unexpected_exception_is_one_error(
    aws: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an unexpected exception in one rule, the report has the other rules."""

    def failing(control: Any, *rest: Any) -> Any:
        if control.name == "CMKChanges":
            raise RecursionError("too deep")
        return read_and_assess(control, *rest)

    monkeypatch.setattr("alarmchain.cli.live.audit_account.read_and_assess", failing)
    completed = alarmchain("audit", "--format", "json", *SAMPLE)
    document = json.loads(completed.out)
    assert (completed.status, len(document["results"])) == (2, len(RULES) - 1)
    assert document["errors"][0]["error"] == "the assessment failed: RecursionError: too deep"
