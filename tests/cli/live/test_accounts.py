"""`alarmchain audit` over many accounts: what fails in one is told, the others are reported."""

import importlib
import json
from collections import Counter
from collections.abc import Callable
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

MANAGEMENT = "123456789012"
ROLE = "Auditor"
AWAY = "eu-west-1"
RULES = sorted(known_controls())
Run = Callable[..., Any]


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """The management account of an organization, and its credentials in the environment."""
    for name, value in local_aws.environment(HOME).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    local_aws.client("organizations").create_organization(FeatureSet="ALL")
    return local_aws


def member(aws: LocalAws, name: str, *, filled: bool = False) -> str:
    """A member account with the role; filled: with the demo's trail and alarms."""
    status = aws.client("organizations").create_account(
        AccountName=name, Email=f"{name}@example.com"
    )
    account: str = status["CreateAccountStatus"]["AccountId"]
    if filled:
        make_account(
            lambda service, region: aws.client(service, region, account),
            account,
            [HOME],
            known_controls().values(),
        )
    return account


def audited(run: Run, *arguments: str) -> tuple[int, dict[str, Any], list[str]]:
    """The status, the JSON report, and the lines on standard error."""
    ran = run("audit", "--role-name", ROLE, "--format", "json", *arguments)
    return ran.status, json.loads(ran.out), ran.err.splitlines()


def of(document: dict[str, Any], account: str, section: str = "results") -> list[dict[str, Any]]:
    """The results or errors of one account."""
    return [one for one in document[section] if one["account"] == account]


def test_an_organization(aws: LocalAws, alarmchain: Run) -> None:
    """Every active account, each by its own role but the caller's; the trail of an account is read
    once, whatever the number of regions and rules."""
    filled, bare, gone = member(aws, "filled", filled=True), member(aws, "b"), member(aws, "gone")
    aws.client("organizations").close_account(AccountId=gone)
    aws.calls.clear()
    status, document, told = audited(
        alarmchain, "--organization", "--region", HOME, "--region", AWAY
    )
    assert (status, told, document["errors"]) == (1, [], [])
    accounts = {one["account"] for one in document["results"]}
    assert accounts == {MANAGEMENT, filled, bare}
    assert len(document["results"]) == 3 * 2 * len(RULES)
    for result in of(document, filled):
        fault = FAULTS.get(result["rule"], NO_FAULT)
        assert (result["verdict"] == "covered") is (fault.description is None), result
    assert {one["verdict"] for one in of(document, bare)} == {"not_covered"}
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


def test_what_each_collects_says_what_the_organization_would(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Snapshots of the accounts, taken by their own users, come to the verdicts of the audit of
    all: of one that may not read all of itself, of an empty one, and of the caller's own."""
    denied, bare = member(aws, "denied", filled=True), member(aws, "bare")
    aws.deny("sns:GetSubscriptionAttributes", account=denied)
    _, document, _ = audited(alarmchain, "--organization", "--region", HOME)
    for account in (MANAGEMENT, denied, bare):
        for name, value in aws.environment(HOME, account).items():
            monkeypatch.setenv(name, value)
        file = str(tmp_path / f"{account}.json")
        assert alarmchain("collect", "--output", file).status == 0
        ran = alarmchain("audit", "--snapshot", file, "--format", "json")
        assert json.loads(ran.out)["results"] == of(document, account)
    verdicts = {(one["account"], one["rule"]): one["verdict"] for one in document["results"]}
    assert verdicts[denied, "ConfigChanges"] == "unknown"
    assert verdicts[denied, "CMKChanges"] == "not_covered"
    assert verdicts[bare, "ConfigChanges"] == "not_covered"


def test_roles_that_can_not_be_assumed(aws: LocalAws, alarmchain: Run) -> None:
    """Three of the accounts refuse: three errors, three lines, status 2, and all the others."""
    members = [member(aws, f"m{number}") for number in range(5)]
    # sts:AssumeRole is a call of the caller's account: it is the first three times refused.
    aws.fail("sts:AssumeRole", "AccessDenied", 403, 3, message="not authorized")
    status, document, told = audited(alarmchain, "--accounts", ",".join(members), "--region", HOME)
    assert status == 2
    assert len(document["errors"]) == len(told) == 3
    refused = {one["account"] for one in document["errors"]}
    assert {(one["region"], one["rule"]) for one in document["errors"]} == {("", "")}
    assert all("sts:AssumeRole" in one["error"] for one in document["errors"])
    assert {one["account"] for one in document["results"]} == set(members) - refused
    for account, line in zip(sorted(refused), told, strict=True):
        role = f"arn:aws:iam::{account}:role/{ROLE}"
        assert line.startswith(
            f"alarmchain: account {account}: cannot assume {role}: sts:AssumeRole in {HOME} failed:"
        )


@pytest.mark.parametrize("form", ["text", "csv", "html", "ocsf"])
def test_every_report_tells_of_a_lost_account(aws: LocalAws, alarmchain: Run, form: str) -> None:
    """Whatever the format, an account of which nothing could be read is in the report."""
    lost = member(aws, "lost")
    aws.deny("sts:AssumeRole")
    ran = alarmchain(
        "audit", "--role-name", ROLE, "--accounts", f"{lost},{MANAGEMENT}", "--format", form
    )
    assert ran.status == 2
    assert lost in ran.out
    assert "sts:AssumeRole" in ran.out


def test_a_disabled_region_and_a_denied_read(aws: LocalAws, alarmchain: Run) -> None:
    """The region's rules are errors in that account alone; a denied read is a verdict."""
    one, other = member(aws, "one", filled=True), member(aws, "other")
    aws.fail("*:*", "UnrecognizedClientException", 400, None, account=one, region="af-south-1")
    aws.deny("sns:ListSubscriptionsByTopic", account=one)
    status, document, told = audited(
        alarmchain, "--accounts", f"{one},{other}", "--region", HOME, "--region", "af-south-1"
    )
    assert status == 2
    errors = [(each["account"], each["region"], each["rule"]) for each in document["errors"]]
    assert errors == [(one, "af-south-1", rule) for rule in RULES]
    (line,) = told
    assert f"every rule in af-south-1 of {one}: region af-south-1 is not enabled" in line
    assert len(of(document, other)) == 2 * len(RULES)
    (config,) = [each for each in of(document, one) if each["rule"] == "ConfigChanges"]
    assert config["annotation"].startswith("UNKNOWN: ")
    assert "sns:ListSubscriptionsByTopic" in config["annotation"]


def test_regions_that_can_not_be_told(aws: LocalAws, alarmchain: Run) -> None:
    """--all-regions asks each account: one that does not say is one error."""
    one, other = member(aws, "one"), member(aws, "other")
    aws.deny("ec2:DescribeRegions", account=one)
    status, document, _ = audited(alarmchain, "--accounts", f"{one},{other}", "--all-regions")
    assert status == 2
    (error,) = document["errors"]
    assert (error["account"], error["region"]) == (one, "")
    assert "ec2:DescribeRegions" in error["error"]
    assert len(of(document, other)) > 10 * len(RULES)


def test_the_network_dies(aws: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found before is reported; of the rest three regions are tried, and no more."""
    from botocore.exceptions import EndpointConnectionError

    collecting = importlib.import_module("alarmchain.collector.collect")
    regions = ["ap-south-1", "ca-central-1", "eu-west-1", "eu-west-2", "us-east-1", "us-east-2"]
    tried: list[str] = []
    answer = collecting._read

    def read(snapshot: Any, read: Any, client: Any) -> Any:
        if read.region == regions[0]:
            return answer(snapshot, read, client)
        tried.append(read.region)
        error = EndpointConnectionError(endpoint_url="https://example.invalid")
        raise collecting.failure(error, read.kind.value, read.region) or error

    monkeypatch.setattr(collecting, "_read", read)
    options = [part for region in regions for part in ("--region", region)]
    ran = alarmchain("audit", "--format", "json", *options)
    document = json.loads(ran.out)
    assert ran.status == 2
    assert {one["region"] for one in document["results"]} == {regions[0]}
    assert len(document["errors"]) == len(RULES) * (len(regions) - 1)
    # One read for each region, and not one for each rule.
    assert tried == regions[1 : 1 + UNREACHABLE]
    assert len(ran.err.splitlines()) == UNREACHABLE + 1
    (rest,) = [line for line in ran.err.splitlines() if "not tried" in line]
    assert "every rule in us-east-1, us-east-2 of" in rest
    assert "not tried: 3 regions in a row failed, the last: cloudtrail:" in rest


def test_throttling_is_waited_out(aws: LocalAws, alarmchain: Run) -> None:
    """A throttled call is tried again, more slowly, and nobody hears of it."""
    one = member(aws, "one", filled=True)
    aws.fail("logs:DescribeMetricFilters", "ThrottlingException", 400, 1, account=one)
    status, document, told = audited(
        alarmchain, "--accounts", one, "--region", HOME, "--rule", "ConfigChanges"
    )
    assert (status, told) == (0, [])
    assert document["results"][0]["verdict"] == "covered"
    assert Counter(aws.calls.actions(account=one))["logs:DescribeMetricFilters"] >= 3


def test_an_organizations_trail(
    aws: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its chain, in its owner's account, is read once, for every member and by the owner's role;
    here one account after another, so that none is first beside another."""
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
                (one["rule"], one["region"], one["verdict"], one["annotation"])
                for one in document["results"]
            }
        )
    assert counts[0]["logs:DescribeMetricFilters"] > 0
    assert counts[0] == counts[1]
    assert verdicts[0] == verdicts[1]
    assert {one[2] for one in verdicts[0] if one[0] == "ConfigChanges"} == {"covered"}


@pytest.mark.parametrize(
    ("arguments", "said"),
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
    aws: LocalAws, alarmchain: Run, arguments: tuple[str, ...], said: str
) -> None:
    """One line on standard error, no report, status 2."""
    ran = alarmchain("audit", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"alarmchain: {said}\n")


def test_an_organization_that_is_not_told(aws: LocalAws, alarmchain: Run) -> None:
    """Without the list of accounts there is nothing to audit; the action is named."""
    aws.deny("organizations:ListAccounts")
    ran = alarmchain("audit", "--organization", "--role-name", ROLE)
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert "organizations:ListAccounts" in line


def test_a_mistake_of_ours_loses_nothing(
    aws: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception that nobody expects is one error; the other rules are reported."""

    def sometimes(control: Any, *rest: Any) -> Any:
        if control.name == "CMKChanges":
            raise RecursionError("too deep")
        return read_and_assess(control, *rest)

    monkeypatch.setattr("alarmchain.cli.live.audit_account.read_and_assess", sometimes)
    ran = alarmchain("audit", "--format", "json")
    document = json.loads(ran.out)
    assert (ran.status, len(document["results"])) == (2, len(RULES) - 1)
    assert document["errors"][0]["error"] == "cannot be assessed: RecursionError: too deep"
