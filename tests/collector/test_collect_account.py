"""The regions that are read of a whole account."""

from alarmchain.collector.collect_account import collect_account
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


def test_a_trail_whose_home_is_not_known(aws: StubbedAws) -> None:
    """A trail whose ARN and home region disagree leads to no other region."""
    trail = {**MULTI, "HomeRegion": "eu-west-2"}
    aws.answers(ReadKind.TRAILS, {"trailList": [trail]})
    prepare_empty_region(aws)
    snapshot = collect_account(aws.clients, HERE, ["eu-west-1"], AT.timestamp())
    assert snapshot.collection("trails", "eu-west-2") == (trail,)
