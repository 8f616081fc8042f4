"""A metric filter: its validation, and its data point for a log event. Pure.

Filters are dictionaries in the API's own shape (DescribeMetricFilters items). Our choices where
AWS's documentation says nothing: an event that lacks the field of a dimension gives no data point;
``applyOnTransformedLogs`` is stored without effect, because no log group here has a transformer.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from localaws.logs.json_pattern import JsonPattern, as_text, read, selector
from localaws.logs.matcher import Matcher, PatternError
from localaws.logs.matcher import compile as compile_pattern
from localaws.logs.selection import compile_criteria
from localaws.logs.values import NUMBER

MAX_DIMENSIONS = 3
SYSTEM_FIELDS = ("@aws.account", "@aws.region")

_compiled = lru_cache(maxsize=4096)(compile_pattern)
_criteria = lru_cache(maxsize=256)(compile_criteria)


def validate(metric_filter: Mapping[str, Any]) -> None:
    """Raise ValueError with the reason for a filter that PutMetricFilter refuses."""
    _compiled(metric_filter["filterPattern"])
    transformations = metric_filter["metricTransformations"]
    if len(transformations) != 1:
        raise ValueError(f"{len(transformations)} metricTransformations: exactly one is allowed")
    _validate_transformation(transformations[0])
    if metric_filter.get("fieldSelectionCriteria"):
        _criteria(metric_filter["fieldSelectionCriteria"])
    for field in metric_filter.get("emitSystemFieldDimensions") or []:
        if field not in SYSTEM_FIELDS:
            raise ValueError(f"emitSystemFieldDimensions: {field!r} is none of {SYSTEM_FIELDS}")


def _validate_transformation(transformation: Mapping[str, Any]) -> None:
    for member in ("metricName", "metricNamespace", "metricValue"):
        if not transformation.get(member):
            raise ValueError(f"metricTransformations: {member} is required")
    for member in ("metricName", "metricNamespace"):
        if set(":*$") & set(transformation[member]):
            raise ValueError(f"{member} is {transformation[member]!r}: it may not hold : * or $")
    dimensions = transformation.get("dimensions") or {}
    if len(dimensions) > MAX_DIMENSIONS:
        raise ValueError(f"{len(dimensions)} dimensions: at most {MAX_DIMENSIONS}")
    if dimensions and transformation.get("defaultValue") is not None:
        raise ValueError("a default value can't be set for a metric with dimensions")
    for name, value in dimensions.items():
        if not value.startswith("$"):
            raise ValueError(f"dimension {name!r} is {value!r}: expected a field ($...)")


def uses_regex(metric_filter: Mapping[str, Any]) -> bool:
    """Return whether the pattern has a regular expression (at most 5 such filters in a group)."""
    pattern = metric_filter["filterPattern"]
    outside_quotes = '"'.join(pattern.split('"')[::2])
    return "%" in outside_quotes


def matches(metric_filter: Mapping[str, Any], message: str) -> bool:
    """Return whether the filter's pattern matches the log event."""
    return _compiled(metric_filter["filterPattern"]).matches(message)


def datum(
    metric_filter: Mapping[str, Any], message: str, account: str, region: str
) -> dict[str, Any] | None:
    """Return the data point for a log event, as an item of PutMetricData's ``MetricData``.

    Return None if the filter does not select the event's account or region, if its pattern does
    not match and it has no default value, or if the event lacks the value or a dimension.
    """
    system = dict(zip(SYSTEM_FIELDS, (account, region), strict=True))
    criteria = metric_filter.get("fieldSelectionCriteria")
    if criteria and not _criteria(criteria).admits(system):
        return None
    transformation = metric_filter["metricTransformations"][0]
    matcher = _compiled(metric_filter["filterPattern"])
    if matcher.matches(message):
        value = _number(_resolve(transformation["metricValue"], matcher, message))
    else:
        value = transformation.get("defaultValue")
    dimensions: dict[str, str | None] = {
        name: _resolve(field, matcher, message)
        for name, field in (transformation.get("dimensions") or {}).items()
    }
    if value is None or None in dimensions.values():
        return None
    emitted = metric_filter.get("emitSystemFieldDimensions") or []
    dimensions |= {name: system[name] for name in emitted}
    return {
        "MetricName": transformation["metricName"],
        "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
        "Value": float(value),
        "Unit": transformation.get("unit") or "None",
    }


def _resolve(value: str, matcher: Matcher, message: str) -> str | None:
    """Return a literal unchanged, and ``$.field`` or ``$field`` as the event's text (or None)."""
    if not value.startswith("$"):
        return value
    if not value.startswith(("$.", "$[")):
        return matcher.extracted(message).get(value) if not _is_json(matcher) else None
    try:
        values = selector(value).find(read(message))
    except (PatternError, ValueError):
        return None
    return as_text(values[0]) if values and not isinstance(values[0], dict | list) else None


def _is_json(matcher: Matcher) -> bool:
    return isinstance(matcher, JsonPattern)


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and NUMBER.fullmatch(text) else None
