"""A metric filter's validation and the data point it makes of a log event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws.logs import filters

MESSAGE = json.dumps({"eventName": "StopLogging", "size": 7, "text": "12", "who": {"id": "x"}})


def metric_filter(**changes: Any) -> dict[str, Any]:
    """Return a valid filter with changes, also of its transformation's members."""
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    own = {"filterPattern", "fieldSelectionCriteria", "emitSystemFieldDimensions"}
    transformation |= {name: value for name, value in changes.items() if name not in own}
    made = {
        "filterName": "f",
        "filterPattern": "{ $.eventName = StopLogging }",
        "logGroupName": "g",
        "metricTransformations": [transformation],
    }
    return made | {name: value for name, value in changes.items() if name in own}


DATA = [
    ({}, (1.0, {}, "None")),
    ({"unit": "Count"}, (1.0, {}, "Count")),
    ({"filterPattern": "Nothing"}, None),
    ({"filterPattern": "Nothing", "defaultValue": 0}, (0.0, {}, "None")),
    ({"filterPattern": "Nothing", "defaultValue": 2.5}, (2.5, {}, "None")),
    ({"metricValue": "$.size"}, (7.0, {}, "None")),
    ({"metricValue": "$.text"}, (12.0, {}, "None")),
    ({"metricValue": "$.eventName"}, None),
    ({"metricValue": "$.absent"}, None),
    ({"metricValue": "many"}, None),
    ({"dimensions": {"Name": "$.eventName"}}, (1.0, {"Name": "StopLogging"}, "None")),
    ({"dimensions": {"Who": "$.who.id", "S": "$.size"}}, (1.0, {"Who": "x", "S": "7"}, "None")),
    ({"dimensions": {"Who": "$.who"}}, None),
    ({"dimensions": {"Who": "$.absent"}}, None),
    ({"emitSystemFieldDimensions": ["@aws.region"]}, (1.0, {"@aws.region": "eu-west-1"}, "None")),
    ({"fieldSelectionCriteria": '@aws.account = "111122223333"'}, (1.0, {}, "None")),
    ({"fieldSelectionCriteria": '@aws.account != "111122223333"'}, None),
    ({"fieldSelectionCriteria": '@aws.region IN ["us-east-1", "eu-west-1"]'}, (1.0, {}, "None")),
    ({"fieldSelectionCriteria": '@aws.region NOT IN ["eu-west-1"]'}, None),
    (
        {"fieldSelectionCriteria": "@aws.region = a OR @aws.region = eu-west-1 AND @aws.account=1"},
        None,
    ),
    (
        {"fieldSelectionCriteria": "(@aws.region = a OR @aws.region = eu-west-1)"},
        (1.0, {}, "None"),
    ),
]


@pytest.mark.parametrize(("changes", "expected"), DATA)
def test_datum(changes: dict[str, Any], expected: tuple[float, dict[str, str], str] | None) -> None:
    """A log event makes one data point, a default value, or none."""
    made = filters.datum(metric_filter(**changes), MESSAGE, "111122223333", "eu-west-1")
    if expected is None:
        assert made is None
        return
    assert made is not None
    dimensions = {item["Name"]: item["Value"] for item in made["Dimensions"]}
    assert (made["Value"], dimensions, made["Unit"]) == expected


def test_datum_of_a_space_delimited_field() -> None:
    """A value can be taken from a named field of a space-delimited pattern."""
    changed = metric_filter(filterPattern="[level, bytes]", metricValue="$bytes")
    made = filters.datum(changed, "INFO 42", "1", "r")
    assert made is not None
    assert made["Value"] == 42.0


REFUSED = [
    ({"filterPattern": "{ $.a == 1 }"}, "unexpected"),
    ({"metricName": ""}, "metricName is required"),
    ({"metricName": "a:b"}, "may not hold"),
    ({"metricNamespace": "a*"}, "may not hold"),
    ({"metricValue": ""}, "metricValue is required"),
    ({"dimensions": dict.fromkeys("abcd", "$.a")}, "at most 3"),
    ({"dimensions": {"a": "$.a"}, "defaultValue": 0}, "default value"),
    ({"dimensions": {"a": "text"}}, "expected a field"),
    ({"fieldSelectionCriteria": "@aws.region > 1"}, "unexpected"),
    ({"emitSystemFieldDimensions": ["@aws.vpc"]}, "is none of"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED)
def test_refused(changes: dict[str, Any], reason: str) -> None:
    """An invalid filter is a ValueError with the reason."""
    with pytest.raises(ValueError, match=reason):
        filters.validate(metric_filter(**changes))


def test_exactly_one_transformation() -> None:
    """A filter cannot have two transformations."""
    two = metric_filter()
    two["metricTransformations"] *= 2
    with pytest.raises(ValueError, match="exactly one"):
        filters.validate(two)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("{ $.a = %b% }", True), ('{ $.a = "%b%" }', False), ("%b%", True), ("b", False)],
)
def test_uses_regex(pattern: str, expected: bool) -> None:
    """Only percent signs outside quotes start a regular expression."""
    assert filters.uses_regex(metric_filter(filterPattern=pattern)) is expected
