"""The members of a CloudFormation metric filter, as DescribeMetricFilters returns them.

Source: "AWS::Logs::MetricFilter", AWS CloudFormation User Guide.
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.template.intrinsic_functions import Resolver, Unresolved

_NO_VALUE = "AWS::NoValue"
_MEMBERS = {
    "ApplyOnTransformedLogs": "applyOnTransformedLogs",
    "EmitSystemFieldDimensions": "emitSystemFieldDimensions",
    "FieldSelectionCriteria": "fieldSelectionCriteria",
}


def filter_item(
    name: str, properties: Mapping[str, Any], resolver: Resolver, placeholders: Resolver
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the filter's members except its pattern, and why others are not known."""
    item: dict[str, Any] = {}
    doubts = []
    for key, member in _MEMBERS.items():
        try:
            value = resolver.value(properties.get(key))
        except Unresolved as error:
            if str(error) != _NO_VALUE:
                doubts.append(f"{key} of {name} depends on {error}")
            continue
        if str(value).lower() in ("true", "false"):  # CloudFormation accepts it as text.
            value = str(value).lower() == "true"
        if value not in (None, "", []):
            item[member] = value
    try:
        # The metric's name may be unknown: it does not decide which records are counted.
        transformations = placeholders.value(properties.get("MetricTransformations") or [])
        item["metricTransformations"] = [_transformation(each) for each in transformations]
    except Unresolved as error:
        doubts.append(f"MetricTransformations of {name} depends on {error}")
    except (AttributeError, KeyError, TypeError):
        doubts.append(f"MetricTransformations of {name} cannot be read")
    return item, tuple(doubts)


def _transformation(value: Mapping[str, Any]) -> dict[str, Any]:
    transformation = {
        "metricName": str(value.get("MetricName", "")),
        "metricNamespace": str(value.get("MetricNamespace", "")),
        "metricValue": str(value.get("MetricValue", "")),
    }
    dimensions = value.get("Dimensions")
    if dimensions and dimensions != f"${{{_NO_VALUE}}}":
        return {
            **transformation,
            "dimensions": {str(each["Key"]): str(each["Value"]) for each in dimensions},
        }
    return transformation
