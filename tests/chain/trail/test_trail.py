"""A trail must record the region and the call, and deliver the records."""

from typing import Any

import pytest

from alarmchain.chain.judgement import Judgement
from alarmchain.chain.trail.event_selectors import judge_selectors
from alarmchain.chain.trail.trail import (
    STALE_AFTER,
    Trail,
    judge_delivery,
    judge_place,
    judge_reach,
)
from alarmchain.records.record_class import RecordClass, api_call
from tests.builders import ACCOUNT, OTHER_ACCOUNT, REGION, advanced, group_arn, status, trail

NOW = 1_795_000_000.0
STOP = api_call("cloudtrail.amazonaws.com", "StopLogging")
DISABLE = api_call("kms.amazonaws.com", "DisableKey")
UNKNOWN_KIND = api_call("cloudtrail.amazonaws.com", "Other", read_only=None)


def answer(judgement: Judgement) -> str:
    """Return the status, and the reason if there is one."""
    return f"{judgement.status.value}: {judgement.reason}".rstrip(": ")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ok"),
        ({"IsMultiRegionTrail": False}, "ok"),
        ({"CloudWatchLogsLogGroupArn": group_arn()[:-2]}, "ok"),
        ({"HomeRegion": None}, "ok"),
        (
            {"CloudWatchLogsLogGroupArn": None},
            "broken: trail 'main' sends nothing to CloudWatch Logs",
        ),
        (
            {"CloudWatchLogsLogGroupArn": ""},
            "broken: trail 'main' sends nothing to CloudWatch Logs",
        ),
        (
            {"HomeRegion": "eu-west-1"},
            "unknown: trail 'main' has an ARN that disagrees with its HomeRegion",
        ),
        (
            {"HomeRegion": "US-EAST-1"},
            "unknown: trail 'main' has an ARN that disagrees with its HomeRegion",
        ),
        (
            {"TrailARN": "main"},
            "unknown: trail 'main' has an ARN that disagrees with its HomeRegion",
        ),
    ],
)
def test_reach(changes: dict[str, Any], expected: str) -> None:
    """A trail must record the region and send its records to a log group."""
    found = judge_reach(Trail.read(trail(**changes)), REGION, multi_region_required=False)
    assert answer(found) == expected


@pytest.mark.parametrize(
    ("multi_region", "region", "required", "expected"),
    [
        (True, "eu-west-1", False, "ok"),
        (True, "eu-west-1", True, "ok"),
        (False, REGION, False, "ok"),
        (False, REGION, True, "broken: trail 'main' is not a multi-region trail"),
        (False, "eu-west-1", False, "broken: trail 'main' records only us-east-1"),
    ],
)
def test_regions(multi_region: bool, region: str, required: bool, expected: str) -> None:
    """A single-region trail records its home region; it may be required to be multi-region."""
    read = Trail.read(trail(IsMultiRegionTrail=multi_region))
    assert answer(judge_reach(read, region, multi_region_required=required)) == expected


ERROR = {"LatestCloudWatchLogsDeliveryError": "Access denied"}
LAST = "LatestCloudWatchLogsDeliveryTime"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({LAST: NOW - 60}, "ok"),
        ({LAST: NOW + 60}, "ok"),
        ({LAST: NOW - STALE_AFTER}, "ok"),
        ({LAST: NOW - 3 * 3600}, "ok: trail 'main' last delivered 3 h ago"),
        ({LAST: None}, "unknown: trail 'main' has never delivered to CloudWatch Logs"),
        (
            {LAST: NOW - STALE_AFTER, **ERROR},
            "unknown: trail 'main' delivers, but its last delivery error was Access denied",
        ),
        (
            {LAST: NOW - STALE_AFTER - 1, **ERROR},
            "broken: trail 'main' fails to deliver to CloudWatch Logs: Access denied",
        ),
        (
            {LAST: None, **ERROR},
            "broken: trail 'main' fails to deliver to CloudWatch Logs: Access denied",
        ),
        ({LAST: NOW, "LatestDeliveryError": "NoSuchBucket"}, "ok"),
        ({LAST: NOW, "IsLogging": False}, "broken: trail 'main' is stopped"),
        (
            {LAST: NOW, "IsLogging": None},
            "unknown: trail 'main' has a status that does not say whether it is logging",
        ),
        (
            {LAST: NOW, "IsLogging": "true"},
            "unknown: trail 'main' has a status that does not say whether it is logging",
        ),
    ],
)
def test_delivery(changes: dict[str, Any], expected: str) -> None:
    """A trail must be logging, and must have delivered; an error makes it unknown or broken."""
    assert answer(judge_delivery(Trail.read(trail()), status(**changes), NOW)) == expected


def basic(**members: Any) -> dict[str, Any]:
    """Return one basic event selector."""
    return {"EventSelectors": [members]}


READ, WRITE = {"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}
WITHOUT_KMS = {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}


@pytest.mark.parametrize(
    ("item", "call", "expected"),
    [
        (basic(), STOP, "ok"),
        (basic(ReadWriteType="All"), UNKNOWN_KIND, "ok"),
        (basic(**WRITE), STOP, "ok"),
        (basic(**READ), STOP, "broken: trail 'main' records only ReadOnly events"),
        (
            basic(**WRITE),
            UNKNOWN_KIND,
            "unknown: trail 'main' records only WriteOnly events; whether Other is one of "
            "them is not known",
        ),
        (
            basic(ReadWriteType="Some"),
            STOP,
            "unknown: trail 'main' records only Some events; whether StopLogging is one of "
            "them is not known",
        ),
        (
            basic(IncludeManagementEvents=False),
            STOP,
            "broken: trail 'main' records no management events",
        ),
        (
            basic(IncludeManagementEvents="false"),
            STOP,
            "unknown: the event selectors of trail 'main' cannot be read",
        ),
        (basic(**WITHOUT_KMS), STOP, "ok"),
        (basic(**WITHOUT_KMS), DISABLE, "broken: trail 'main' excludes kms.amazonaws.com"),
        (basic(ExcludeManagementEventSources=[""]), DISABLE, "ok"),
        (
            basic(ExcludeManagementEventSources="kms"),
            DISABLE,
            "unknown: the event selectors of trail 'main' cannot be read",
        ),
        ({"EventSelectors": [READ, WRITE]}, STOP, "ok"),
        (
            {"EventSelectors": [READ, READ]},
            STOP,
            "broken: trail 'main' records only ReadOnly events",
        ),
        ({"EventSelectors": []}, STOP, "unknown: trail 'main' reports no event selectors"),
        ({}, STOP, "unknown: trail 'main' reports no event selectors"),
        (
            {"EventSelectors": "All"},
            STOP,
            "unknown: the event selectors of trail 'main' cannot be read",
        ),
        ({"AdvancedEventSelectors": advanced()}, STOP, "ok"),
        ({**basic(), "AdvancedEventSelectors": advanced()}, STOP, "ok"),
        (
            {**basic(**READ), "AdvancedEventSelectors": advanced()},
            STOP,
            "unknown: the basic and advanced event selectors of trail 'main' disagree",
        ),
    ],
)
def test_selectors(item: dict[str, Any], call: RecordClass, expected: str) -> None:
    """A call is recorded if any selector records it; both kinds must agree."""
    assert answer(judge_selectors(Trail.read(trail()), item, call)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ec2", "ok"),
        ("kms", "ok"),
        ("organizations", "ok"),
        ("s3", "ok"),
        ("iam", "unknown"),
        ("sts", "unknown"),
        ("new", "unknown"),
    ],
)
def test_global_services(source: str, expected: str) -> None:
    """Without global service events, a trail may lack the events of services not known as regional.

    Only the leader region records them, so a trail of another region lacks nothing.
    """
    read = Trail.read(trail(IncludeGlobalServiceEvents=False))
    call = api_call(f"{source}.amazonaws.com", "Any")
    assert judge_selectors(read, basic(), call).status.value == expected
    assert judge_selectors(Trail.read(trail()), basic(), call).status.value == "ok"
    elsewhere = api_call(f"{source}.amazonaws.com", "Any", region="eu-west-1")
    away = judge_selectors(read, basic(), elsewhere).status.value
    assert away == "ok"


def test_a_trail_of_one_region_without_global_services() -> None:
    """A single-region trail without global service events surely lacks IAM's events."""
    read = Trail.read(trail(IncludeGlobalServiceEvents=False, IsMultiRegionTrail=False))
    call = api_call("iam.amazonaws.com", "CreatePolicy")
    assert answer(judge_selectors(read, basic(), call)).startswith(
        "broken: trail 'main' leaves out global services, such as iam.amazonaws.com"
    )


@pytest.mark.parametrize(
    ("changes", "account", "expected"),
    [
        ({}, ACCOUNT, "ok"),
        (
            {},
            OTHER_ACCOUNT,
            f"unknown: trail 'main' belongs to account {ACCOUNT}, which was not read",
        ),
        (
            {"CloudWatchLogsLogGroupArn": "x"},
            ACCOUNT,
            "unknown: trail 'main' delivers to x, which is not a log group of its region",
        ),
        (
            {"CloudWatchLogsLogGroupArn": group_arn("a:b")},
            ACCOUNT,
            "unknown: trail 'main' delivers to "
            "arn:aws:logs:us-east-1:123456789012:log-group:a:b:*, which is not a log group of its "
            "region",
        ),
        (
            {"CloudWatchLogsLogGroupArn": group_arn(region="eu-west-1")},
            ACCOUNT,
            "unknown: trail 'main' delivers to "
            "arn:aws:logs:eu-west-1:123456789012:log-group:CloudTrail/..., which is not a log "
            "group of its region",
        ),
        (
            {"CloudWatchLogsLogGroupArn": group_arn(account=OTHER_ACCOUNT)},
            ACCOUNT,
            f"unknown: trail 'main' delivers to account {OTHER_ACCOUNT}, which was not read",
        ),
        (
            {"CloudWatchLogsLogGroupArn": group_arn(account="")},
            ACCOUNT,
            "unknown: trail 'main' delivers to account unknown, which was not read",
        ),
        (
            {"CloudWatchLogsLogGroupArn": group_arn(account=OTHER_ACCOUNT)},
            OTHER_ACCOUNT,
            f"unknown: trail 'main' belongs to account {ACCOUNT}, which was not read",
        ),
        (
            {
                "CloudWatchLogsLogGroupArn": group_arn(account=OTHER_ACCOUNT),
                "IsOrganizationTrail": True,
            },
            OTHER_ACCOUNT,
            "ok",
        ),
        ({"TrailARN": "main"}, ACCOUNT, "unknown: trail 'main' has an ARN that cannot be read"),
    ],
)
def test_place(changes: dict[str, Any], account: str, expected: str) -> None:
    """The chain is judged in the account of the log group, by its ARN and never by its name."""
    assert answer(judge_place(Trail.read(trail(**changes)), account)) == expected
