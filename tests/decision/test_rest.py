"""Whether an alarm rests is decided by what its metric receives all day long, from all filters."""

from typing import Any

import pytest

from tests.builders import (
    REGION,
    account,
    alarm,
    collections,
    composite,
    expression,
    group_arn,
    judged,
    log_group,
    math_alarm,
    metric_filter,
    names,
    nothing,
    stat,
    trail,
)

EVERYTHING = "{ $.eventName = * }"
READS = "{ $.readOnly IS TRUE }"


def _and(pattern: str, **changes: Any) -> list[dict[str, Any]]:
    """Return the filter of the calls, and another filter on the same metric."""
    return [metric_filter(), metric_filter(pattern, name="G", **changes)]


def _with(*patterns: str, **changes: Any) -> list[dict[str, Any]]:
    further = [
        metric_filter(pattern, name=f"G{number}", **changes)
        for number, pattern in enumerate(patterns)
    ]
    return [metric_filter(), *further]


def _alarms(**changes: Any) -> dict[str, Any]:
    return {"metric_alarms": [alarm(**changes)]}


NEVER_RESTS = {
    "a catch-all": {"metric_filters": _and(EVERYTHING)},
    "the filter of the calls is a catch-all": {"metric_filters": [metric_filter(EVERYTHING)]},
    "zeros, SampleCount": {
        "metric_filters": _and(EVERYTHING, metricValue="0"),
        **_alarms(Statistic="SampleCount"),
    },
    "of this region": {"metric_filters": _and(f'{{ $.awsRegion = "{REGION}" }}')},
    "of this region's prefix": {"metric_filters": _and('{ $.awsRegion = "us-*" }')},
    "of this account": {"metric_filters": _and('{ $.recipientAccountId = "123456789012" }')},
    "of callers of this account": {
        "metric_filters": _and('{ $.userIdentity.accountId = "123456789012" }')
    },
    "all roles": {"metric_filters": _and('{ $.userIdentity.type = "AssumedRole" }')},
    "everybody but root": {"metric_filters": _and('{ $.userIdentity.type != "Root" }')},
    "everybody but services": {"metric_filters": _and("{ $.userIdentity.invokedBy NOT EXISTS }")},
    "all services": {"metric_filters": _and('{ $.userIdentity.invokedBy = "*.amazonaws.com" }')},
    "without MFA": {
        "metric_filters": _and(
            '{ $.userIdentity.sessionContext.attributes.mfaAuthenticated != "true" }'
        )
    },
    "all reads": {"metric_filters": _and(READS)},
    "all calls that do not fail": {"metric_filters": _and("{ $.errorCode NOT EXISTS }")},
    "three filters that see all reads": {
        "metric_filters": _with(
            '{ $.eventName = "Describe*" }',
            '{ $.eventName = "Get*" || $.eventName = Decrypt }',
            '{ $.eventName = "List*" }',
        )
    },
    "two filters that divide the services": {
        "metric_filters": _with(
            '{ $.eventSource = "ec2.amazonaws.com" }', '{ $.eventSource != "ec2.amazonaws.com" }'
        )
    },
    "a term in every record": {"metric_filters": _and("eventVersion")},
    "a value in every record": {"metric_filters": _and("AwsApiCall")},
    "the account as a term": {"metric_filters": _and("123456789012")},
    "a regular expression in every record": {"metric_filters": _and("%eventName%")},
    "the empty pattern": {
        "metric_filters": [metric_filter(), {**_and("x")[1], "filterPattern": ""}]
    },
    "in metric math": {
        "metric_filters": _and(EVERYTHING),
        "metric_alarms": [math_alarm(stat(), expression("m1 * 2"))],
    },
    "below a composite": {
        "metric_filters": _and(EVERYTHING),
        "metric_alarms": [alarm(AlarmActions=[])],
        "composite_alarms": [composite()],
    },
    "another alarm of the composite": {
        "metric_filters": [metric_filter(), metric_filter(EVERYTHING, name="G", metric="N")],
        "metric_alarms": [alarm(AlarmActions=[]), alarm("B", metric="N", AlarmActions=[])],
        "composite_alarms": [composite('ALARM("A") OR ALARM("B")')],
    },
    "another alarm of the composite, by its threshold": {
        "metric_filters": [metric_filter(defaultValue=0)],
        "metric_alarms": [alarm(AlarmActions=[]), alarm("B", Threshold=0.0, AlarmActions=[])],
        "composite_alarms": [composite('ALARM("A") OR ALARM("B")')],
    },
    "another alarm of the composite, by missing data": {
        "metric_filters": [metric_filter()],
        "metric_alarms": [
            alarm(AlarmActions=[]),
            alarm("B", TreatMissingData="breaching", AlarmActions=[]),
        ],
        "composite_alarms": [composite('ALARM("A") OR ALARM("B")')],
    },
    "another composite of the composite": {
        "metric_filters": [metric_filter(), metric_filter(EVERYTHING, name="G", metric="N")],
        "metric_alarms": [alarm(AlarmActions=[]), alarm("B", metric="N", AlarmActions=[])],
        "composite_alarms": [
            composite('ALARM("A") OR ALARM("D")'),
            composite('ALARM("B")', name="D", AlarmActions=[]),
        ],
    },
    "the composite waits for another alarm's OK": {
        "metric_filters": [metric_filter(), metric_filter(EVERYTHING, name="G", metric="N")],
        "metric_alarms": [alarm(AlarmActions=[]), alarm("B", metric="N", AlarmActions=[])],
        "composite_alarms": [composite('ALARM("A") AND NOT ALARM("B")')],
    },
    "LessThan, with zeros": {
        "metric_filters": _and(EVERYTHING, metricValue="0"),
        **_alarms(ComparisonOperator="LessThanThreshold"),
    },
    "Average, a catch-all that writes more": {
        "metric_filters": _and(EVERYTHING, metricValue="5"),
        **_alarms(Statistic="Average"),
    },
}
MAY_NOT_REST = {
    "all users": {"metric_filters": _and('{ $.userIdentity.type = "IAMUser" }')},
    "all of the console": {"metric_filters": _and('{ $.sessionCredentialFromConsole = "true" }')},
    "all writes": {"metric_filters": _and("{ $.readOnly IS FALSE }")},
    "all that is created, changed or deleted": {
        "metric_filters": _and(
            '{ $.eventName = "Create*" || $.eventName = "Put*" || $.eventName = "Update*" }'
        )
    },
    "all of another region": {"metric_filters": _and('{ $.awsRegion = "eu-central-1" }')},
    "all regions but this": {"metric_filters": _and(f'{{ $.awsRegion != "{REGION}" }}')},
    "all of another account": {"metric_filters": _and('{ $.recipientAccountId = "210987654321" }')},
    "many reads": {"metric_filters": _and('{ $.eventName = "Describe*" }')},
    "a regular expression over the layout": {"metric_filters": _and("%eventName.{1,9}[A-Z]%")},
    "a pattern that is not known": {"metric_filters": _and("[a, b]")},
    "transformed logs": {"metric_filters": _and(EVERYTHING, applyOnTransformedLogs=True)},
    "zeros, Average": {
        "metric_filters": _and(READS, metricValue="0"),
        **_alarms(Statistic="Average"),
    },
    "a threshold above what one record writes": {
        "metric_filters": [metric_filter(metricValue="10"), *_and(EVERYTHING)[1:]],
        **_alarms(Threshold=10.0),
    },
    "a value from a field": {"metric_filters": _and(EVERYTHING, metricValue="$.x")},
    "negative values": {"metric_filters": _and(READS, metricValue="-1")},
    "an application's log group": {
        "log_groups": [log_group(), log_group("app")],
        "metric_filters": _and("ERROR", group="app"),
    },
    "an old log group, a negative value": {
        "log_groups": [log_group(), log_group("old")],
        "metric_filters": _and(names(), group="old", metricValue="-1"),
    },
    "an old log group, a catch-all": {
        "log_groups": [log_group(), log_group("old")],
        "metric_filters": _and(EVERYTHING, group="old"),
    },
    "an old log group, whatever has no session": {
        "log_groups": [log_group(), log_group("old")],
        "metric_filters": _and("{ $.userIdentity.sessionContext NOT EXISTS }", group="old"),
    },
    "in metric math, on another metric": {
        "metric_filters": [metric_filter(), metric_filter(EVERYTHING, name="G", metric="N")],
        "metric_alarms": [math_alarm(stat(), stat("m2", "N"), expression("m1 + m2"))],
    },
    "another alarm of the composite": {
        "metric_filters": [
            metric_filter(),
            metric_filter('{ $.userIdentity.type = "IAMUser" }', name="G", metric="N"),
        ],
        "metric_alarms": [alarm(AlarmActions=[]), alarm("B", metric="N", AlarmActions=[])],
        "composite_alarms": [composite('ALARM("A") OR ALARM("B")')],
    },
}
RESTS = {
    "zeros, Sum": {"metric_filters": _and(EVERYTHING, metricValue="0")},
    "zeros, Maximum": {
        "metric_filters": _and(EVERYTHING, metricValue="0"),
        **_alarms(Statistic="Maximum"),
    },
    "Maximum with weights": {
        "metric_filters": [metric_filter(metricValue="10"), *_and(EVERYTHING)[1:]],
        **_alarms(Statistic="Maximum", Threshold=10.0),
    },
    "one filter for each call's dimension": {
        "metric_filters": [metric_filter(EVERYTHING, dimensions={"Name": "$.eventName"})],
        "metric_alarms": [
            alarm(name, Dimensions=[{"Name": "Name", "Value": name}])
            for name in (
                "CreateTrail",
                "UpdateTrail",
                "DeleteTrail",
                "StartLogging",
                "StopLogging",
            )
        ],
    },
    "a catch-all without the dimension": {
        "metric_filters": [
            metric_filter(dimensions={"Region": "$.awsRegion"}),
            metric_filter(EVERYTHING, name="G"),
        ],
        "metric_alarms": [alarm(Dimensions=[{"Name": "Region", "Value": REGION}])],
    },
    "a catch-all on another metric": {
        "metric_filters": [metric_filter(), metric_filter(EVERYTHING, name="G", metric="N")]
    },
    "root's calls": {
        "metric_filters": _and(
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS'
            ' && $.eventType != "AwsServiceEvent" }'
        )
    },
    "denied calls": {
        "metric_filters": _and(
            '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
        )
    },
    "the service of the calls": {
        "metric_filters": [metric_filter("{ $.eventSource = cloudtrail.amazonaws.com }")]
    },
    "a role of its own": {
        "metric_filters": _and(
            '{ $.userIdentity.sessionContext.sessionIssuer.userName = "break-glass" }'
        )
    },
    "a field selection that keeps all out": {
        "metric_filters": _and(EVERYTHING, fieldSelectionCriteria='@aws.region = "eu-west-9"')
    },
    "an application's log group, zeros": {
        "log_groups": [log_group(), log_group("app")],
        "metric_filters": _and("ERROR", group="app", metricValue="0"),
    },
    "an old log group": {
        "log_groups": [log_group(), log_group("old")],
        "metric_filters": _and(names(), group="old"),
    },
    "an old log group, fewer calls": {
        "log_groups": [log_group(), log_group("old")],
        "metric_filters": _and("{ $.eventName = StopLogging }", group="old"),
    },
    "another alarm of the composite that rests": {
        "metric_filters": [metric_filter(), metric_filter("{ $.x = y }", name="G", metric="N")],
        "metric_alarms": [alarm(AlarmActions=[]), alarm("B", metric="N", AlarmActions=[])],
        "composite_alarms": [composite('ALARM("A") OR ALARM("B")')],
    },
}
TABLE = [
    pytest.param(changes, outcome, id=f"{outcome}: {name}")
    for outcome, cases in (
        ("not_covered", NEVER_RESTS),
        ("unknown", MAY_NOT_REST),
        ("covered", RESTS),
    )
    for name, changes in cases.items()
]


@pytest.mark.parametrize(("changes", "outcome"), TABLE)
def test_rest(changes: dict[str, Any], outcome: str) -> None:
    """The outcome depends on what routine records write, for each kind of alarm."""
    found = judged(account(**changes))
    assert found.outcome.value == outcome, found.annotation


@pytest.mark.parametrize("pattern", ['{ $.awsRegion = "eu-west-1" }', '"eu-west-1"'])
def test_catch_all_of_a_single_region_trail(pattern: str) -> None:
    """In a single-region trail's log group, a filter on that region counts every record."""
    here = trail(region="eu-west-1", IsMultiRegionTrail=False)
    regions = {
        "us-east-1": nothing(),
        "eu-west-1": collections(
            "eu-west-1", trails=[here], metric_filters=[metric_filter(pattern)]
        ),
    }
    found = judged(account(regions), region="eu-west-1")
    assert found.outcome.value == "not_covered"
    assert "stays in ALARM" in found.annotation


def test_two_fed_log_groups_count_together() -> None:
    """Filters of two log groups on one metric count routine records together."""
    second = trail("second", CloudWatchLogsLogGroupArn=group_arn("second"))
    changes: dict[str, Any] = {
        "trails": [trail(), second],
        "log_groups": [log_group(), log_group("second")],
        "metric_filters": [
            metric_filter(),
            metric_filter('{ $.eventName = "Describe*" || $.eventName = "Get*" }', name="G"),
            metric_filter(
                '{ $.eventName != "Describe*" && $.eventName != "Get*" }', name="H", group="second"
            ),
        ],
    }
    found = judged(account(**changes))
    assert found.outcome.value == "not_covered"
    assert "metric filters 'G', 'H' also count routine calls" in found.annotation
