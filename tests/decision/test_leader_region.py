"""Global services: which trails record their calls, and in which regions a rule requires them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from alarmchain.control import Call, Control, MatchingRecords
from alarmchain.decision.assess import assess
from alarmchain.parameters import Parameters
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import from_json
from tests.builders import (
    ACCOUNT,
    CONTROLS,
    REGION,
    alarm,
    collections,
    judged,
    metric_filter,
    nothing,
    topic,
    trail,
)
from tests.builders import account as document

Json = dict[str, Any]
PARTITIONS = {
    "aws": ("us-east-1", "eu-west-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-eusc": ("eusc-de-east-1", "eusc-de-east-2"),
}
"""The leader region of each partition, and another region: for China that of Organizations."""
LEADER, OTHER = "leader", "other"
OTHER_REGION = "eu-west-1"
KINDS = ("IAM", "Organizations", "any service", "sign-in", "regional")
"""The rules by kind: which service's records they require."""


def kind_of(control: Control) -> str:
    """Return the rule's kind by its calls, or by the patterns of its classes of records."""
    sources = {call.event_source for call in control.calls["cis"]}
    if sources & {"iam.amazonaws.com", "organizations.amazonaws.com"}:
        return "IAM" if "iam.amazonaws.com" in sources else "Organizations"
    if sources:
        return "regional"
    patterns = [records.pattern for records in control.records["cis"]]
    return "sign-in" if all("signin.amazonaws.com" in each for each in patterns) else "any service"


RULES = {kind: [rule for rule in CONTROLS if kind_of(CONTROLS[rule]) == kind] for kind in KINDS}
SINGLE: Json = {"IsMultiRegionTrail": False}
WITHOUT: Json = SINGLE | {"IncludeGlobalServiceEvents": False}
ALL_COVERED = dict.fromkeys(KINDS, "covered")
ELSEWHERE = {"IAM": "not_applicable", "Organizations": "not_applicable"}
COVERED_ELSEWHERE = ALL_COVERED | ELSEWHERE
NOTHING_ELSEWHERE = dict.fromkeys(KINDS, "not_covered") | ELSEWHERE
WITHOUT_GLOBAL_EVENTS = ALL_COVERED | {
    "IAM": "not_covered",
    "any service": "not_covered",
    # AWS does not document whether the sign-in is one of the services that are left out.
    "sign-in": "unknown",
}
ACCOUNTS: dict[str, tuple[list[tuple[str, Json]], Json, Json]] = {
    "a multi-region trail": ([(LEADER, {})], ALL_COVERED, COVERED_ELSEWHERE),
    "a multi-region trail of another region": ([(OTHER, {})], ALL_COVERED, COVERED_ELSEWHERE),
    "a trail of the leader region": ([(LEADER, SINGLE)], ALL_COVERED, NOTHING_ELSEWHERE),
    "a trail of the leader region without global services": (
        [(LEADER, WITHOUT)],
        WITHOUT_GLOBAL_EVENTS,
        NOTHING_ELSEWHERE,
    ),
    "a trail of another region": (
        [(OTHER, SINGLE)],
        dict.fromkeys(KINDS, "not_covered"),
        COVERED_ELSEWHERE,
    ),
    "a trail of another region without global services": (
        [(OTHER, WITHOUT)],
        dict.fromkeys(KINDS, "not_covered"),
        COVERED_ELSEWHERE,
    ),
    "two trails of the leader region, one without global services": (
        [(LEADER, WITHOUT), (LEADER, SINGLE)],
        ALL_COVERED,
        NOTHING_ELSEWHERE,
    ),
    "a trail of each region": (
        [(LEADER, SINGLE), (OTHER, WITHOUT)],
        ALL_COVERED,
        COVERED_ELSEWHERE,
    ),
    "a trail of each region, none with global services": (
        [(LEADER, WITHOUT), (OTHER, SINGLE)],
        WITHOUT_GLOBAL_EVENTS,
        COVERED_ELSEWHERE,
    ),
}
"""By account: its trails with their home regions, and the verdicts in the two regions."""


def account(trails: list[tuple[str, Json]], partition: str) -> Snapshot:
    """Return the account with these trails, and with every rule's alarm in their home regions."""
    names = dict(zip((LEADER, OTHER), PARTITIONS[partition], strict=True))
    regions = {region: nothing() for region in names.values()}
    for number, (home, changes) in enumerate(trails):
        region = names[home]
        item = trail(f"trail-{number}", region=region, **changes)
        for where in names.values() if item["IsMultiRegionTrail"] else (region,):
            regions[where]["trails"].append(item)
        regions[region] |= {
            **collections(region=region),
            "trails": regions[region]["trails"],
            "metric_filters": [
                metric_filter(published(rule), name=rule, metric=rule) for rule in CONTROLS
            ],
            "metric_alarms": [alarm(rule, metric=rule, region=region) for rule in CONTROLS],
            "topics": [topic(region=region)],
        }
    text = json.dumps(document(regions)).replace("arn:aws:", f"arn:{partition}:")
    return from_json(json.loads(text))


def published(rule: str) -> str:
    """Return the benchmark's filter pattern of the rule."""
    control = CONTROLS[rule]
    records = control.records["cis"]
    return control.cis_pattern or records[0].published or records[0].pattern


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("name", ACCOUNTS)
def test_global_services(name: str, partition: str) -> None:
    """Each kind of rule has its outcome in the leader region and in another region."""
    trails, leader, other = ACCOUNTS[name]
    if partition == "aws-cn":
        leader = leader | {"Organizations": "not_applicable"}
        other = other | {"Organizations": other["regional"]}
    given = account(trails, partition)
    for region, verdicts in zip(PARTITIONS[partition], (leader, other), strict=True):
        for kind, rules in RULES.items():
            for rule in rules[: 2 if partition == "aws" else 1]:  # others of the kind are the same
                found = judged(given, rule, region)
                assert found.outcome.value == verdicts[kind], (region, rule, found.annotation)


@pytest.mark.parametrize("rule", ["ConfigChanges", "RootAccountUsage"])
def test_an_added_call_of_a_global_service(rule: str) -> None:
    """A regional rule requires an added IAM call only in the leader region, which records it."""
    given = account([(LEADER, SINGLE), (OTHER, SINGLE)], "aws")
    for region, verdict in ((REGION, "not_covered"), ("eu-west-1", "not_applicable")):
        found = judged(given, rule, region, AdditionalCalls=OWN)
        assert found.calls["CreateUser"].outcome.value == verdict
        assert (NOTE in found.annotation) == (verdict == "not_applicable")
        assert {
            call.outcome.value for name, call in found.calls.items() if name != "CreateUser"
        } == {"covered"}


def test_a_regional_call_of_a_rule_for_the_leader_region() -> None:
    """Every region records EC2's calls, so a rule for the leader region requires them in each."""
    calls = {"cis": tuple(map(Call.parse, (OWN, CALL))), "extended": ()}
    control = replace(CONTROLS["IAMPolicyChanges"], calls=calls)
    found = assess(
        control, from_json(document({OTHER_REGION: nothing()})), OTHER_REGION, Parameters()
    )
    assert found.outcome.value == "not_covered"
    outcomes = {name: call.outcome.value for name, call in found.calls.items()}
    assert outcomes == {"RunInstances": "not_covered", "CreateUser": "not_applicable"}


def test_the_leader_region_of_organizations_in_china() -> None:
    """The annotation names the region; a rule that also has IAM's calls is for both regions."""
    found = judged(document({}), "OrganizationsChanges", "cn-north-1")
    assert found.elsewhere == "cn-northwest-1"
    assert found.annotation.startswith("Not applicable: cn-northwest-1 records these events")
    given = account([(LEADER, {})], "aws-cn")
    calls = (
        CONTROLS["IAMPolicyChanges"].calls["cis"] + CONTROLS["OrganizationsChanges"].calls["cis"]
    )
    both = replace(CONTROLS["IAMPolicyChanges"], calls={"cis": calls, "extended": ()})
    for region, other in (PARTITIONS["aws-cn"], PARTITIONS["aws-cn"][::-1]):
        found = assess(both, given, region, Parameters())
        assert found.outcome.value == "covered"
        assert f"{other} records the rule's other calls for all regions" in found.annotation


def test_a_class_of_records_in_china() -> None:
    """Without a call of Organizations, China's other leader region decides."""
    for pattern, expected in (
        ("{ $.eventSource = iam.amazonaws.com }", "not_applicable"),
        ("{ $.userIdentity.type = Root }", "unknown"),
    ):
        records = {"cis": (MatchingRecords("records", pattern),), "extended": ()}
        control = replace(CONTROLS["RootAccountUsage"], records=records, region="leader")
        found = assess(control, Snapshot(ACCOUNT, 0.0), "cn-northwest-1", Parameters())
        assert found.outcome.value == expected


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("IAMPolicyChanges", "leaves out global services, such as iam.amazonaws.com"),
        ("RootAccountUsage", "leaves out global services, such as iam.amazonaws.com"),
        ("UnauthorizedAPICalls", "leaves out global services, such as iam.amazonaws.com"),
        ("ConsoleSignInFailures", "whether the service is global is not known"),
    ],
)
def test_the_trail_is_blamed(rule: str, reason: str) -> None:
    """The reason names the trail, and the remedy says what to set."""
    found = judged(account([(LEADER, WITHOUT)], "aws"), rule)
    assert "trail 'trail-0' leaves out global services" in found.annotation
    assert reason in found.annotation
    assert found.remedy == "include global service events in trail 'trail-0'"
    assert [link.link for link in found.chain if link.judgement.status.value != "ok"] == ["trail"]


CALL = "ec2.amazonaws.com:RunInstances"
OWN = "iam.amazonaws.com:CreateUser"
NOTE = "us-east-1 records the rule's other calls for all regions"


@pytest.mark.parametrize(
    ("added", "pattern", "verdict"),
    [
        (CALL, "{ $.eventName = RunInstances }", "covered"),
        (CALL, "{ $.eventName = StopInstances }", "not_covered"),
        (OWN, "{ $.eventName = StopInstances }", "not_applicable"),
        (f"{OWN},{CALL}", "{ $.eventName = RunInstances }", "covered"),
    ],
)
def test_an_added_call_of_a_regional_service(added: str, pattern: str, verdict: str) -> None:
    """Each region records an EC2 call, so the rule requires only that call in each region."""
    region = "eu-west-1"
    filters = [metric_filter(pattern)]
    given = document({region: collections(region=region, metric_filters=filters)})
    found = judged(given, "IAMPolicyChanges", region, AdditionalCalls=added)
    assert found.outcome.value == verdict, found.annotation
    outcomes = {name: call.outcome.value for name, call in found.calls.items()}
    here = {CALL.partition(":")[2]: outcomes.pop("RunInstances")} if CALL in added else {}
    assert set(here.values()) <= {verdict}
    assert set(outcomes.values()) == {"not_applicable"}
    assert (NOTE in found.annotation) == bool(here)
