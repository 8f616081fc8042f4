"""Metric filters in a CloudFormation template."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from alarmchain.template.intrinsic_functions import Resolver, Unresolved
from alarmchain.template.template_filter import TemplateError, TemplateFilter

_FILTER = "AWS::Logs::MetricFilter"


def cloudformation_filters(template: Mapping[str, Any]) -> Iterator[TemplateFilter]:
    """Yield the template's metric filters, in its order, without those whose condition is false.

    Raises TemplateError for a filter without a filter pattern.
    """
    for name, resource in template["Resources"].items():
        if str(name).startswith("Fn::ForEach") and _FILTER in json.dumps(resource, default=str):
            yield TemplateFilter(str(name), "", None, str(name))
        elif isinstance(resource, dict) and resource.get("Type") == _FILTER:
            yield from _read_filter(str(name), resource, template)


def _read_filter(
    name: str, resource: Mapping[str, Any], template: Mapping[str, Any]
) -> Iterator[TemplateFilter]:
    """Yield the filter, unless its condition is false."""
    properties = resource.get("Properties")
    if not isinstance(properties, dict) or "FilterPattern" not in properties:
        raise TemplateError(f"{name} has no FilterPattern")
    log_group = _log_group(properties.get("LogGroupName"), template)
    resolver, condition = Resolver(template), resource.get("Condition")
    try:
        if condition is not None and not resolver.holds(condition):
            return
    except Unresolved:
        yield TemplateFilter(name, log_group, None, f"Condition {condition}")
        return
    try:
        yield TemplateFilter(name, log_group, resolver.text(properties["FilterPattern"]))
    except Unresolved as error:
        yield TemplateFilter(name, log_group, None, str(error))
    except TypeError as error:
        raise TemplateError(f"FilterPattern of {name} {error}") from None


def _log_group(value: Any, template: Mapping[str, Any]) -> str:
    """Return the log group's name, or the text of its unresolved reference."""
    try:
        return Resolver(template, placeholders=True).text(value)
    except (Unresolved, TypeError):
        return json.dumps(value, sort_keys=True, default=str)
