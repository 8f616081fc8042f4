"""A whole account is read at one moment: its regions must agree."""

import pytest

from alarmchain.collector.collect_account import collect_account
from alarmchain.collector.errors import CollectError
from alarmchain.snapshot.reads import ReadKind
from tests.collector.stubbed_aws import AT, HERE, TRAIL, StubbedAws

TYPES = ["CompositeAlarm", "MetricAlarm", "LogAlarm"]
MULTI = {"TrailARN": TRAIL, "HomeRegion": "eu-west-1", "IsMultiRegionTrail": True}


def prepare_empty_region(aws: StubbedAws) -> None:
    """Prepare the answers of a region without log groups, filters, alarms and links."""
    aws.answers(ReadKind.LOG_GROUP, {"logGroups": []})
    aws.answers(ReadKind.METRIC_FILTERS, {"metricFilters": []})
    aws.answers(ReadKind.ALL_ALARMS, {}, AlarmTypes=TYPES, MaxRecords=100)
    aws.answers(ReadKind.MUTE_RULES, {}, MaxRecords=100)
    aws.answers(ReadKind.OAM_LINKS, {"Items": []})


def test_a_trail_that_does_not_record_every_region(aws: StubbedAws) -> None:
    """A multi-region trail that a region does not have is an error, and not a trail of both."""
    for trails in ([], [MULTI]):
        aws.answers(ReadKind.TRAILS, {"trailList": trails})
        prepare_empty_region(aws)
    message = f"DescribeTrails in af-south-1 does not return multi-region trail '{TRAIL}', which eu"
    with pytest.raises(CollectError, match=message) as caught:
        collect_account(aws.clients, HERE, ["af-south-1", "eu-west-1"], AT.timestamp())
    assert caught.value.transient


def test_a_trail_whose_home_is_not_known(aws: StubbedAws) -> None:
    """A trail whose ARN and home region disagree leads to no other region."""
    trail = {**MULTI, "HomeRegion": "eu-west-2"}
    aws.answers(ReadKind.TRAILS, {"trailList": [trail]})
    prepare_empty_region(aws)
    snapshot = collect_account(aws.clients, HERE, ["eu-west-1"], AT.timestamp())
    assert snapshot.collection("trails", "eu-west-2") == (trail,)


def test_a_region_that_may_not_be_read(aws: StubbedAws) -> None:
    """A refused read of a region's trails does not say that the region has no trail."""
    aws.refuses(ReadKind.TRAILS, "AccessDenied")
    prepare_empty_region(aws)
    aws.answers(ReadKind.TRAILS, {"trailList": [MULTI]})
    prepare_empty_region(aws)
    aws.answers(ReadKind.TRAIL_STATUS, {"IsLogging": True}, Name=TRAIL)
    aws.answers(ReadKind.TRAIL_SELECTORS, {}, TrailName=TRAIL)
    regions = ["af-south-1", "eu-west-1"]
    snapshot = collect_account(aws.clients, HERE, regions, AT.timestamp())
    assert sorted(snapshot.regions) == regions
