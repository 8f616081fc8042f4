"""CloudWatch Logs through the API."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from localaws.server import LocalAws
from tests.localaws.builders import code_of


@pytest.fixture
def logs(local_aws: LocalAws) -> Any:
    """Return a client; there is a log group ``g`` with a stream ``s``."""
    client = local_aws.client("logs")
    client.create_log_group(logGroupName="g")
    client.create_log_stream(logGroupName="g", logStreamName="s")
    return client


def put(client: Any, name: str = "f", **changes: Any) -> None:
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    request: dict[str, Any] = {
        "logGroupName": "g",
        "filterName": name,
        "filterPattern": "{ $.eventName = StopLogging }",
        "metricTransformations": [transformation | changes.pop("transformation", {})],
    }
    client.put_metric_filter(**request | changes)


def test_filter_members_are_stored(logs: Any) -> None:
    """DescribeMetricFilters returns all members; a second put replaces the filter."""
    put(logs)
    extra: dict[str, Any] = {
        "applyOnTransformedLogs": True,
        "fieldSelectionCriteria": '@aws.region = "us-east-1"',
        "emitSystemFieldDimensions": ["@aws.account"],
    }
    put(logs, transformation={"unit": "Count", "dimensions": {"N": "$.eventName"}}, **extra)
    (response,) = logs.describe_metric_filters(logGroupName="g")["metricFilters"]
    assert extra.items() <= response.items()
    assert response["metricTransformations"] == [
        {
            "metricName": "m",
            "metricNamespace": "n",
            "metricValue": "1",
            "unit": "Count",
            "dimensions": {"N": "$.eventName"},
        }
    ]
    assert response["creationTime"] > 1_700_000_000_000


def test_refusals(logs: Any) -> None:
    """Invalid patterns, missing groups, other classes and too many filters are refused."""
    assert code_of(put, logs, filterPattern="{ $.a == 1 }") == "InvalidParameterException"
    assert code_of(put, logs, logGroupName="none") == "ResourceNotFoundException"
    assert code_of(logs.describe_metric_filters, logGroupName="none") == "ResourceNotFoundException"
    assert code_of(logs.describe_metric_filters, metricName="m") == "InvalidParameterException"
    logs.create_log_group(logGroupName="ia", logGroupClass="INFREQUENT_ACCESS")
    assert code_of(put, logs, logGroupName="ia") == "InvalidOperationException"
    for number in range(5):
        put(logs, f"regex-{number}", filterPattern="{ $.a = %b% }")
    assert code_of(put, logs, "regex-6", filterPattern="%b%") == "LimitExceededException"
    for number in range(95):
        put(logs, f"plain-{number}")
    assert code_of(put, logs, "one-more") == "LimitExceededException"
    put(logs, "plain-0", filterPattern="replaced")


def test_filters_are_paged_by_50(logs: Any) -> None:
    """DescribeMetricFilters pages, and selects by prefix (with a group) and by metric."""
    for number in range(60):
        put(logs, f"f{number:02}", transformation={"metricName": f"m{number % 2}"})
    first = logs.describe_metric_filters(logGroupName="g")
    assert len(first["metricFilters"]) == 50
    second = logs.describe_metric_filters(logGroupName="g", nextToken=first["nextToken"])
    assert [f["filterName"] for f in second["metricFilters"]] == [f"f{n}" for n in range(50, 60)]
    assert "nextToken" not in second
    by_prefix = logs.describe_metric_filters(logGroupName="g", filterNamePrefix="f0")
    assert len(by_prefix["metricFilters"]) == 10
    by_metric = logs.describe_metric_filters(metricName="m1", metricNamespace="n")
    assert len(by_metric["metricFilters"]) == 30
    bad = code_of(logs.describe_metric_filters, logGroupName="g", nextToken="nonsense")
    assert bad == "InvalidParameterException"


def test_log_groups_show_class_and_filter_count(logs: Any) -> None:
    """DescribeLogGroups shows the class and the number of filters; deletion removes the filters."""
    logs.create_log_group(logGroupName="ia", logGroupClass="INFREQUENT_ACCESS")
    put(logs)
    groups = {g["logGroupName"]: g for g in logs.describe_log_groups()["logGroups"]}
    assert groups["g"]["logGroupClass"] == "STANDARD"
    assert groups["g"]["metricFilterCount"] == 1
    assert groups["ia"]["logGroupClass"] == "INFREQUENT_ACCESS"
    logs.delete_log_group(logGroupName="g")
    logs.create_log_group(logGroupName="g")
    assert logs.describe_metric_filters(logGroupName="g")["metricFilters"] == []


def test_test_metric_filter(logs: Any) -> None:
    """TestMetricFilter returns the matching messages and the values of their fields."""
    messages = [json.dumps({"eventName": name}) for name in ("StopLogging", "StartLogging")]
    answer = logs.test_metric_filter(
        filterPattern="{ $.eventName = Stop* }", logEventMessages=messages
    )
    assert answer["matches"] == [
        {
            "eventNumber": 1,
            "eventMessage": messages[0],
            "extractedValues": {"$.eventName": "StopLogging"},
        }
    ]
    too_many = {"filterPattern": "", "logEventMessages": ["x"] * 51}
    assert code_of(logs.test_metric_filter, **too_many) == "InvalidParameterException"
    bad = {"filterPattern": "{", "logEventMessages": ["x"]}
    assert code_of(logs.test_metric_filter, **bad) == "InvalidParameterException"


def test_filter_log_events_knows_the_language(logs: Any) -> None:
    """FilterLogEvents uses the same patterns, and refuses an invalid one."""
    now = int(time.time() * 1000)
    messages = [json.dumps({"eventName": name}) for name in ("StopLogging", "StartLogging")]
    events = [{"timestamp": now, "message": message} for message in messages]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)

    def find(pattern: str) -> list[str]:
        response = logs.filter_log_events(logGroupName="g", filterPattern=pattern)
        return [event["message"] for event in response["events"]]

    assert find("{ $.eventName = Stop* }") == messages[:1]
    assert find("") == messages
    assert code_of(find, "{ $.eventName == Stop }") == "InvalidParameterException"


def test_put_log_events_feeds_the_metric(logs: Any, local_aws: LocalAws) -> None:
    """Each match becomes a data point of the metric, in the log group's account and region."""
    put(logs)
    put(
        logs,
        "other",
        filterPattern="nothing",
        transformation={"metricName": "zeros", "defaultValue": 0},
    )
    now = int(time.time() * 1000)
    events = [
        {"timestamp": now, "message": json.dumps({"eventName": name})}
        for name in ("StopLogging", "StartLogging", "StopLogging")
    ]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    cloudwatch = local_aws.client("cloudwatch")

    def statistics(metric: str) -> dict[str, float]:
        (point,) = cloudwatch.get_metric_statistics(
            Namespace="n",
            MetricName=metric,
            StartTime=time.time() - 600,
            EndTime=time.time() + 600,
            Period=3600,
            Statistics=["Sum", "SampleCount"],
        )["Datapoints"]
        return {"Sum": point["Sum"], "SampleCount": point["SampleCount"]}

    assert statistics("m") == {"Sum": 2.0, "SampleCount": 2.0}
    assert statistics("zeros") == {"Sum": 0.0, "SampleCount": 3.0}


def test_concurrent_change(logs: Any, local_aws: LocalAws) -> None:
    """A test can let PutMetricFilter fail as for concurrent changes of a log group."""
    local_aws.fail("logs:PutMetricFilter", "OperationAbortedException")
    assert code_of(put, logs) == "OperationAbortedException"
    put(logs)
