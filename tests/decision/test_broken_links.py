"""A trap for the whole: no COMPLIANT survives a broken link, unless another chain carries it."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot_json import SnapshotError, from_json
from tests.builders import (
    REGION,
    account,
    denied,
    judged,
    metric_filter,
    policy,
    statement,
    subscription,
)
from tests.cases import all_cases, compliant
from tests.chance import sample

CASES = all_cases()
COVERED = [
    name
    for name, case in CASES.items()
    if case["expected"] == "COMPLIANT" and case["confidence"] == "certain" and name[0] != "L"
]
Json = dict[str, Any]


Break = Callable[[Json], Any]


def _with(**members: Any) -> Break:
    return lambda item: item.update(members)


def _without(*members: str) -> Break:
    return lambda item: [item.pop(member, None) for member in members]


def _inside(member: str, **members: Any) -> Break:
    return lambda item: item[member].update(members) if member in item else item.clear()


def _written(**members: Any) -> Break:
    return lambda item: item["metricTransformations"][0].update(members)


def _elsewhere(member: str) -> Break:
    """The ARN, now of another account."""
    return lambda item: item.update(
        {
            member: ":".join(
                [*item[member].split(":")[:4], "111122223333", item[member].split(":", 5)[5]]
            )
        }
    )


def _subscribed(**members: Any) -> Break:
    return lambda item: [one.update(members) for one in item["Subscriptions"]]


OLD = "2026-11-01T00:00:00Z"
_FIELDS = [{"Field": "eventCategory", "Equals": ["Data"]}]
BREAKS: dict[str, dict[str, Break]] = {
    "trails": {
        "stopped": _inside("Status", IsLogging=False),
        "delivery fails": _inside(
            "Status",
            LatestCloudWatchLogsDeliveryError="Access denied",
            LatestCloudWatchLogsDeliveryTime=OLD,
        ),
        "delivery may fail": _inside("Status", LatestCloudWatchLogsDeliveryError="Access denied"),
        "never delivered": lambda item: item["Status"].pop("LatestCloudWatchLogsDeliveryTime"),
        "status unread": _without("Status"),
        "reads only": _with(EventSelectors=[{"ReadWriteType": "ReadOnly"}]),
        "no management events": _with(EventSelectors=[{"IncludeManagementEvents": False}]),
        "selectors unread": _without("EventSelectors", "AdvancedEventSelectors"),
        "no selectors": _with(EventSelectors=[], AdvancedEventSelectors=[]),
        "data events": _with(
            EventSelectors=[], AdvancedEventSelectors=[{"FieldSelectors": _FIELDS}]
        ),
        "no log group": _without("CloudWatchLogsLogGroupArn"),
        "foreign log group": _elsewhere("CloudWatchLogsLogGroupArn"),
        "foreign": _elsewhere("TrailARN"),
        "another home": _with(HomeRegion="ap-south-1"),
    },
    "log_groups": {
        "infrequent access": _with(logGroupClass="INFREQUENT_ACCESS"),
        "new class": _with(logGroupClass="FROZEN"),
        "another": _with(logGroupName="another"),
    },
    "metric_filters": {
        "another pattern": _with(filterPattern="{ $.eventName = Nothing }"),
        "narrowed": _with(filterPattern='{ ($.userIdentity.type = "Root") && ($.eventName = *) }'),
        "everything": _with(filterPattern=""),
        "unreadable": _with(filterPattern="{ $.eventName = "),
        "another group": _with(logGroupName="another"),
        "transformed": _with(applyOnTransformedLogs=True),
        "other accounts": _with(fieldSelectionCriteria='@aws.account = "111122223333"'),
        "another namespace": _written(metricNamespace="AWS/CloudTrailMetrics"),
        "another metric": _written(metricName="another"),
        "zero": _written(metricValue="0"),
        "a field": _written(metricValue="$.x"),
        "a dimension": _written(dimensions={"Who": "$.userIdentity.arn"}),
        "a unit": _written(unit="Bytes"),
        "a default": _written(defaultValue=7.0),
    },
    "metric_alarms": {
        "threshold": _with(Threshold=1e9),
        "operator": _with(ComparisonOperator="LessThanThreshold", Threshold=0.5),
        "all periods": _with(EvaluationPeriods=5, DatapointsToAlarm=5, TreatMissingData="ignore"),
        "breaching": _with(TreatMissingData="breaching", EvaluationPeriods=1, DatapointsToAlarm=1),
        "stuck": _with(StateValue="ALARM", StateTransitionedTimestamp=OLD),
        "state unread": _without("StateValue"),
        "another unit": _with(Unit="Bytes"),
        "another dimension": _with(Dimensions=[{"Name": "a", "Value": "b"}]),
        "another namespace": _with(Namespace="Another"),
        "another metric": _with(MetricName="Another"),
        "short period": _with(Period=10),
        "warm-up": _with(WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 5}),
    },
    "composite_alarms": {
        "never": _with(AlarmRule="FALSE"),
        "always": _with(AlarmRule="TRUE"),
        "another alarm": _with(AlarmRule="ALARM(nobody)"),
        "unreadable": _with(AlarmRule="ALARM("),
        "suppressed": _with(ActionsSuppressor="A"),
        "stuck": _with(StateValue="ALARM", StateTransitionedTimestamp=OLD),
    },
    "topics": {
        "denied": lambda item: item["Attributes"].update(
            Policy=policy(statement(item["TopicArn"], Effect="Deny", Principal="*"))
        ),
        "nobody allowed": _inside("Attributes", Policy=policy()),
        "another service": _inside(
            "Attributes", Policy=policy(statement("*", Principal={"Service": "s3.amazonaws.com"}))
        ),
        "no policy": lambda item: item["Attributes"].pop("Policy"),
        "FIFO": _inside("Attributes", FifoTopic="true"),
        "managed key": _inside("Attributes", KmsMasterKeyId="alias/aws/sns"),
        "unread key": _inside("Attributes", KmsMasterKeyId="unread"),
        "unread": _without("Attributes"),
        "nobody": _with(Subscriptions=[]),
        "subscriptions unread": _without("Subscriptions"),
        "unconfirmed": _subscribed(SubscriptionArn="PendingConfirmation"),
        "cancelled": _subscribed(SubscriptionArn="Deleted"),
        "filtered": _subscribed(Attributes={"FilterPolicy": '{"team": ["x"]}'}),
        "filter unread": _subscribed(Attributes=None),
        "of another topic": _with(Subscriptions=[subscription("arn:aws:sns:us-east-1:1:x")]),
        "another": _with(TopicArn="arn:aws:sns:us-east-1:123456789012:another"),
    },
    "keys": {
        "disabled": _inside("Metadata", KeyState="Disabled"),
        "to be deleted": _inside("Metadata", KeyState="PendingDeletion"),
        "unread": _without("Metadata"),
        "nobody allowed": _with(Policy=policy()),
        "others allowed": _with(Policy=policy(statement("*", Principal={"AWS": "123456789012"}))),
        "policy unread": _without("Policy"),
        "another": _with(KeyId="5678", Metadata={"KeyId": "5678", "KeyState": "Enabled"}),
    },
    "mute_rules": {
        "scheduled": lambda item: [one.update(Status="SCHEDULED") for one in item["Rules"]],
        "active": lambda item: [one.update(Status="ACTIVE") for one in item["Rules"]],
        "of no known status": lambda item: [one.pop("Status") for one in item["Rules"]],
    },
}
ON_ACTIONS: dict[str, Break] = {
    "actions disabled": _with(ActionsEnabled=False),
    "no actions": _with(AlarmActions=[]),
    "no topic": _with(AlarmActions=["arn:aws:lambda:us-east-1:123456789012:function:f"]),
    "topic of another region": _with(AlarmActions=["arn:aws:sns:eu-central-1:123456789012:alarms"]),
    "foreign": _elsewhere("AlarmArn"),
}
"""Of the alarm that tells."""


def _rooms(document: Json) -> Iterator[tuple[Json, str]]:
    parts = [document, *document.get("Linked", {}).values()]
    for part in parts:
        for region in part["Regions"].values():
            for collection in BREAKS:
                yield region, collection


def _breaks(document: Json, collection: str) -> dict[str, Break]:
    """What breaks an item of the room; of alarms beneath a composite not what they tell."""
    told = "composite_alarms" if '"AlarmRule"' in json.dumps(document) else "metric_alarms"
    return BREAKS[collection] | (ON_ACTIONS if collection == told else {})


SKIPPED = {
    "A15f-child-tells-itself",  # beside a composite
    "A15g-nested",  # what the inner composite tells is no matter
    "S28b-second-topic",  # it needs no key
}


@pytest.mark.parametrize("name", sample(name for name in COVERED if name not in SKIPPED))
def test_every_link_broken(name: str) -> None:
    """Where all trails, all filters, ... are broken in one way, nothing is COMPLIANT."""
    case = CASES[name]
    for collection in BREAKS:
        for how, break_it in _breaks(case["snapshot"], collection).items():
            document = copy.deepcopy(case["snapshot"])
            items = [
                one
                for region, here in _rooms(document)
                if here == collection
                for one in region.get(collection, ())
            ]
            for item in items:
                try:
                    break_it(item)
                except KeyError:
                    item.clear()
            assert not items or not _still(document, case, collection, how), (collection, how)


def _still(document: Json, case: Json, collection: str, how: str) -> bool:
    """Whether it is COMPLIANT where it may not be."""
    text = json.dumps(case["snapshot"])
    tolerated = (
        # Metric math names its metrics, periods and statistics elsewhere.
        (collection, how) in MATH and '"Metrics"' in text,
        # An alarm on the unit that the filter writes, a filter that writes in Bytes to no unit.
        (collection, how) == ("metric_filters", "a unit") and '"Unit"' not in text,
        # A default is no matter where it does not breach.
        (collection, how) == ("metric_filters", "a default")
        and ('"SampleCount"' in text or '"Maximum"' in text),
        # What counts everything writes each call to a metric of its own.
        (collection, how) == ("metric_filters", "everything") and '"$.eventName"' in text,
        # The trail of a delegated administrator has an ARN of the management account.
        (collection, how) == ("trails", "foreign") and '"IsOrganizationTrail": true' in text,
        # A 0 is a sample.
        (collection, how) == ("metric_filters", "zero") and '"SampleCount"' in text,
    )
    return compliant(document, case) and not any(tolerated)


MATH = {
    ("metric_alarms", how)
    for how in (
        "another unit",
        "another dimension",
        "another namespace",
        "another metric",
        "short period",
    )
}


@pytest.mark.parametrize("name", sample(name for name in COVERED if name not in SKIPPED))
def test_one_link_broken(name: str) -> None:
    """Where one of several is broken and the rule stays COMPLIANT, it stays so without it: another
    chain carries the calls."""
    case = CASES[name]
    places = [
        (number, collection, at)
        for number, (region, collection) in enumerate(_rooms(case["snapshot"]))
        for at in range(len(region.get(collection, ())))
        if len(region[collection]) > 1
    ]
    for number, collection, at in places:
        without = copy.deepcopy(case["snapshot"])
        region, _ = list(_rooms(without))[number]
        del region[collection][at]
        if compliant(without, case):
            continue
        for how, break_it in _breaks(case["snapshot"], collection).items():
            document = copy.deepcopy(case["snapshot"])
            region, _ = list(_rooms(document))[number]
            try:
                break_it(region[collection][at])
            except KeyError:
                region[collection][at].clear()
            assert not _still(document, case, collection, how), (collection, at, how)


@pytest.mark.parametrize("name", sample(COVERED))
def test_muted(name: str) -> None:
    """An alarm that tells somebody and is muted at some hours is no chain."""
    document = copy.deepcopy(CASES[name]["snapshot"])
    for part in (document, *document.get("Linked", {}).values()):
        for region in part["Regions"].values():
            alarms = [*region.get("metric_alarms", ()), *region.get("composite_alarms", ())]
            muted = {"AlarmMuteRuleArn": "arn:aws:cloudwatch:x", "Status": "SCHEDULED"}
            region["mute_rules"] = [
                {"AlarmName": one["AlarmName"], "Rules": [muted]} for one in alarms
            ]
    assert not compliant(document, CASES[name])


@pytest.mark.parametrize("name", sample(COVERED))
def test_rooms(name: str) -> None:
    """A room that was not read, is empty, or is partial and lacks its items, is no chain."""
    case = CASES[name]
    for collection in ("trails", "log_groups", "metric_filters", "metric_alarms", "topics"):
        for unread in (True, False):
            document = copy.deepcopy(case["snapshot"])
            for part in (document, *document.get("Linked", {}).values()):
                for region in part["Regions"].values():
                    region[collection] = []
                    if unread:
                        del region[collection]
            assert not compliant(document, case), (collection, unread)


ROOMS_OF = {
    ReadKind.TRAILS: "trails",
    ReadKind.LOG_GROUP: "log_groups",
    ReadKind.METRIC_FILTERS: "metric_filters",
    ReadKind.ALL_ALARMS: "metric_alarms",
    ReadKind.TOPIC: "topics",
}


@pytest.mark.parametrize("kind", ROOMS_OF, ids=lambda kind: kind.name)
@pytest.mark.parametrize("told_empty", [True, False])
def test_denied_rooms(kind: ReadKind, told_empty: bool) -> None:
    """A file that tells of a refusal says UNKNOWN and names the action, even beside a room that
    looks complete."""
    document = account(denied=[denied(kind.value)])
    collections = document["Regions"][REGION]
    collections[ROOMS_OF[kind]] = []
    if not told_empty:
        del collections[ROOMS_OF[kind]]
    found = judged(document)
    assert found.outcome.value == "unknown"
    assert f"denied: {kind.value} " in found.annotation


def test_twice() -> None:
    """One thing told twice is no account: it would count twice."""
    with pytest.raises(
        SnapshotError, match=r"metric_filters holds 'F of CloudTrail/Default' twice"
    ):
        from_json(account(metric_filters=[metric_filter(), metric_filter(metricValue="5")]))
