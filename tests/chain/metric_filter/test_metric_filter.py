"""A metric filter: the log events that it receives, and the data that it writes."""

from typing import Any

import pytest

from alarmchain.chain.metric.metric_signal import Contribution, Metric
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import (
    MetricFilter,
    counts_no_more_than,
    proof,
)
from alarmchain.chain.metric_filter.metric_transformation import (
    metric_of_record,
    metric_transformations,
)
from alarmchain.decision.routine_reads import Breadth, breadth_of_text
from alarmchain.records.record_class import api_call
from tests.builders import ACCOUNT, REGION, metric_filter, names

STOP = api_call("cloudtrail.amazonaws.com", "StopLogging", region=REGION, account=ACCOUNT)
FAR = api_call(
    "cloudtrail.amazonaws.com", "StopLogging", region="eu-west-1", account="111122223333"
)
FAILED = api_call("cloudtrail.amazonaws.com", "StopLogging", failed=None)


def read(pattern: str = "", **changes: Any) -> MetricFilter:
    """Return the metric filter of a snapshot's item."""
    return MetricFilter.read(metric_filter(pattern, **changes))


def written(records: Any = STOP, **changes: Any) -> tuple[Metric, Contribution, str]:
    """Return the metric that the filter writes to, its contribution, and the judgement."""
    (found,) = metric_transformations(read(**changes), records, ACCOUNT, REGION)
    shown = f"{found.judgement.status.value}: {found.judgement.reason}".rstrip(": ")
    return found.metric, found.contribution, shown


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "ok"),
        ({"applyOnTransformedLogs": False}, "ok"),
        (
            {"applyOnTransformedLogs": True},
            "unknown: metric filter 'F' receives transformed logs, not CloudTrail's records",
        ),
        (
            {"applyOnTransformedLogs": "true"},
            "unknown: the applyOnTransformedLogs of metric filter 'F' cannot be read",
        ),
        ({"fieldSelectionCriteria": ""}, "ok"),
        ({"fieldSelectionCriteria": f'@aws.account = "{ACCOUNT}"'}, "ok"),
        (
            {"fieldSelectionCriteria": '@aws.account = "1"'},
            "broken: metric filter 'F' selects only other accounts or regions: "
            '@aws.account = "1"',
        ),
        (
            {"fieldSelectionCriteria": "x"},
            "unknown: the field selection of metric filter 'F' cannot be read",
        ),
        (
            {"fieldSelectionCriteria": ["x"]},
            "unknown: the fieldSelectionCriteria of metric filter 'F' cannot be read",
        ),
        (
            {"emitSystemFieldDimensions": [7]},
            "unknown: the emitSystemFieldDimensions of metric filter 'F' cannot be read",
        ),
        ({"dimensions": ["x"]}, "unknown: the dimensions of metric filter 'F' cannot be read"),
        ({"defaultValue": "0"}, "unknown: the defaultValue of metric filter 'F' cannot be read"),
        ({"metricValue": 1}, "unknown: the metricValue of metric filter 'F' cannot be read"),
        ({"unit": 1}, "unknown: the unit of metric filter 'F' cannot be read"),
    ],
)
def test_judge_filter(changes: dict[str, Any], expected: str) -> None:
    """A filter must receive the trail's records unchanged; a malformed member is unknown."""
    found = judge_filter(read(**changes), STOP, ACCOUNT, REGION)
    assert f"{found.status.value}: {found.reason}".rstrip(": ") == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (f'@aws.account = "{ACCOUNT}"', "unknown"),
        ('@aws.account = "111122223333"', "unknown"),
        (f'@aws.region = "{REGION}"', "unknown"),
        (f'@aws.region IN ["eu-west-1", "{REGION}"]', "ok"),
        ('@aws.region = "eu-west-2"', "broken"),
        (f'@aws.region = "eu-west-1" OR @aws.account = "{ACCOUNT}"', "unknown"),
    ],
)
def test_a_selection_of_records_from_elsewhere(criteria: str, expected: str) -> None:
    """A selection must include the log group's account and region, and those of the record.

    AWS does not document which of the two the system fields hold.
    """
    metric_filter = read(fieldSelectionCriteria=criteria)
    assert judge_filter(metric_filter, FAR, ACCOUNT, REGION).status.value == expected


def test_system_dimensions_of_records_from_elsewhere() -> None:
    """For a record from another region, the value of a system dimension is not known."""
    assert written(FAR, emitSystemFieldDimensions=["@aws.region"])[2].startswith("unknown")
    assert written(STOP, emitSystemFieldDimensions=["@aws.region"])[2] == "ok"


def test_two_transformations() -> None:
    """A filter with two transformations is unknown, because AWS accepts only one."""
    item = metric_filter()
    item["metricTransformations"] *= 2
    found = judge_filter(MetricFilter.read(item), STOP, ACCOUNT, REGION)
    assert found.reason == "the metricTransformations of metric filter 'F' cannot be read"


def test_pattern_that_cannot_be_read() -> None:
    """A filter with an invalid pattern is unknown, and may match anything."""
    found = read("{ $.eventName = ")
    assert judge_filter(found, STOP, ACCOUNT, REGION).reason.startswith(
        "the pattern of metric filter 'F' cannot be read: at "
    )
    assert found.may_match(STOP)
    assert found.matches_unknown
    assert not found.covers(STOP)


@pytest.mark.parametrize(
    ("selector", "value", "status"),
    [
        ("$.eventName", "StopLogging", "ok"),
        ("$.eventSource", "cloudtrail.amazonaws.com", "ok"),
        ("$.awsRegion", REGION, "ok"),
        ("$.recipientAccountId", ACCOUNT, "ok"),
        ("$.userIdentity.arn", "$.userIdentity.arn", "unknown"),
        ("$.requestID", "$.requestID", "unknown"),
        ("$.readOnly", "$.readOnly", "unknown"),
        ("$.errorCode", "$.errorCode", "broken"),
        ("$.eventName.x", "$.eventName.x", "broken"),
        ("eventName", "eventName", "unknown"),
        ("$.eventName = 1 || $.x", "$.eventName = 1 || $.x", "unknown"),
        (7, "7", "unknown"),
    ],
)
def test_dimensions(selector: Any, value: str, status: str) -> None:
    """A dimension has the call's value if that is known; a filter on an absent field is broken."""
    metric, _, found = written(dimensions={"D": selector})
    assert metric == Metric("CloudTrailMetrics", "M", (("D", value),))
    assert found.split(":")[0] == status


def test_error_code_of_failed_calls() -> None:
    """The error code of a call that may have failed is unknown; a successful call has none."""
    said = written(FAILED, dimensions={"E": "$.errorCode"})[2]
    assert said.startswith("unknown: ")
    assert "whose value is not known" in said
    assert "the call does not have" in written(dimensions={"E": "$.errorCode"})[2]


def test_system_dimensions() -> None:
    """System dimensions have the log group's account and region; any other one is unknown."""
    both = ["@aws.region", "@aws.account"]
    metric, _, found = written(emitSystemFieldDimensions=both)
    assert metric.dimensions == (("@aws.account", ACCOUNT), ("@aws.region", REGION))
    assert found == "ok"
    assert (
        written(emitSystemFieldDimensions=["@aws.new"])[2]
        == "unknown: metric filter 'F' emits @aws.new, whose value is not known"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((text, float(text)) for text in ("1", "5", "0", "-2", "2.5", "1e3", "+1", "1" * 109)),
        *(
            (text, None)
            for text in ("", "x", "$.x", "1_0", " 1", "nan", "inf", "1e999", "\u0661", "0x1")
        ),
        *((text, None) for text in ("3" * 109, "-" + "3" * 109, "1" * 20 + "e99")),
    ],
)
def test_values(value: str, expected: float | None) -> None:
    """A filter writes a plain number as it is; any other value is not known in advance."""
    _, contribution, found = written(metricValue=value)
    assert contribution.value == expected
    assert found.startswith("ok" if expected is not None else "unknown: metric filter 'F' writes")


def test_default_and_unit() -> None:
    """The contribution has the default value and the unit, which is None by default."""
    assert written(defaultValue=0, unit="Count")[1] == Contribution(1.0, 0.0, "Count")
    assert written()[1] == Contribution(1.0, None, "None")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", Breadth.EVERY_RECORD),
        ("{ $.eventVersion = * }", Breadth.EVERY_RECORD),
        ("{ $.readOnly IS TRUE }", Breadth.ROUTINE_READS),
        (names(), Breadth.NARROW),
        ("{ $.eventName = ", Breadth.NARROW),
    ],
)
def test_breadth(pattern: str, expected: Breadth) -> None:
    """A pattern is broad if it surely counts every record, or routine reads."""
    item = {**metric_filter(), "filterPattern": pattern}
    assert breadth_of_text(MetricFilter.read(item).text) is expected


def test_union_leaves_out_what_cannot_be_read() -> None:
    """A proof over several patterns leaves out the unreadable ones."""
    assert proof((names(), "{ $.x = "), STOP).verdict.value == "covered"


@pytest.mark.parametrize(
    ("changes", "dimensions"),
    [
        ({}, [()]),
        ({"dimensions": {"Name": "$.eventName"}}, [(("Name", "StopLogging"),)]),
        ({"dimensions": {"Name": "$.nothing"}}, []),
        ({"emitSystemFieldDimensions": ["@aws.region"]}, [(("@aws.region", "us-east-1"),)]),
    ],
)
def test_metric_of_a_record(
    changes: dict[str, Any], dimensions: list[tuple[tuple[str, str], ...]]
) -> None:
    """Dimensions have the record's values; without such a field there is no data point."""
    record = {
        "eventName": "StopLogging",
        "awsRegion": "us-east-1",
        "recipientAccountId": "123456789012",
    }
    counting = MetricFilter.read(metric_filter(**changes))
    metrics = metric_of_record(counting, record, "123456789012", "us-east-1")
    assert [metric.dimensions for metric in metrics] == dimensions


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("{ $.eventName = A }", "{ $.eventName = A }", True),
        ("{ $.eventName = A }", "{ ($.eventName = A) || ($.eventName = B) }", True),
        ("{ ($.eventName = A) && ($.x = 1) }", "{ $.eventName = A }", True),
        ("{ ($.eventName = A) || ($.eventName = B) }", "{ $.eventName = A }", False),
        ("{ $.x NOT EXISTS }", "{ $.x NOT EXISTS }", False),
        ("StopLogging", "StopLogging", False),
        ("{ $.eventName = ", "{ $.eventName = ", False),
    ],
)
def test_counts_no_more_than(one: str, other: str, expected: bool) -> None:
    """A filter counts no more than another if no log event matches the first alone."""
    filters = [MetricFilter.read(metric_filter(text)) for text in (one, other)]
    assert counts_no_more_than(*filters) is expected
