"""Metric filters in a Terraform plan or state, as `terraform show -json` prints it.

Source: "JSON Output Format", Terraform documentation; aws_cloudwatch_log_metric_filter,
documentation of the AWS provider.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from alarmchain.template.template_filter import Template, TemplateError, TemplateFilter
from alarmchain.template.terraform_configuration import (
    Scope,
    configured_scopes,
    references,
    without_indexes,
)
from alarmchain.template.terraform_log_group import LogGroupReader

_FILTER = "aws_cloudwatch_log_metric_filter"
EXPECTED = "expected the output of terraform show -json"
_MAY_MAKE_FILTERS = (
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_set",
    "aws_cloudformation_stack_instances",
    "aws_cloudformation_stack_set_instance",
    "aws_cloudcontrolapi_resource",
    "aws_serverlessapplicationrepository_cloudformation_stack",
    "awscc_cloudformation_stack",
    "awscc_cloudformation_stack_set",
    "awscc_logs_metric_filter",
)
_MEMBERS = {
    "apply_on_transformed_logs": "applyOnTransformedLogs",
    "emit_system_field_dimensions": "emitSystemFieldDimensions",
    "field_selection_criteria": "fieldSelectionCriteria",
}
_TRANSFORMATION_MEMBERS = {
    "name": "metricName",
    "namespace": "metricNamespace",
    "value": "metricValue",
    "dimensions": "dimensions",
}


def read_terraform(document: Mapping[str, Any]) -> Template:
    """Return the metric filters of the root module and of its child modules.

    Raises TemplateError for a document of another form.
    """
    values = document.get("planned_values", document.get("values"))
    root = values.get("root_module", {}) if isinstance(values, dict) else None
    if not isinstance(root, dict):
        raise TemplateError(EXPECTED)
    try:
        return _read(document, root)
    except (AttributeError, TypeError, RecursionError):
        raise TemplateError(EXPECTED) from None


def _read(document: Mapping[str, Any], root: Mapping[str, Any]) -> Template:
    configuration = document.get("configuration", {})
    scopes = configured_scopes(configuration.get("root_module", {}))
    resources = list(_resources(root))
    log_groups = LogGroupReader(configuration, resources)
    filters, unread = [], []
    for resource in resources:
        if resource.get("mode") == "data":
            continue
        address = str(resource.get("address"))
        if resource.get("type") in _MAY_MAKE_FILTERS:
            unread.append(f"{address} may make metric filters, which are not read")
        elif resource.get("type") == _FILTER:
            scope, configured = scopes.get(without_indexes(address), (Scope(), {}))
            filters.append(
                _read_filter(address, resource.get("values", {}), scope, configured, log_groups)
            )
    for deferred in document.get("deferred_changes", ()):
        change = deferred.get("resource_change", {})
        if change.get("type") in (_FILTER, *_MAY_MAKE_FILTERS):
            unread.append(f"the plan defers {change.get('address')}")
    if document.get("errored"):
        unread.append("the plan ended with an error, so it may lack metric filters")
    return Template(tuple(filters), unread=tuple(dict.fromkeys(unread)))


def _read_filter(
    address: str,
    values: Mapping[str, Any],
    scope: Scope,
    configured: Mapping[str, Any],
    log_groups: LogGroupReader,
) -> TemplateFilter:
    expressions = configured.get("expressions", {})
    log_group = log_groups.log_group(address, values, scope, configured)
    item, doubts = _item(address, values, expressions)
    pattern = values.get("pattern")
    if pattern is None:
        names = references(expressions.get("pattern"))
        source = names[0] if names else "its pattern"
        return TemplateFilter(address, log_group, None, f"{source}, known after apply")
    if not isinstance(pattern, str):
        raise TemplateError(f"pattern of {address} is {pattern!r}; expected a text")
    return TemplateFilter(address, log_group, pattern, "", item, doubts)


def _item(
    address: str, values: Mapping[str, Any], expressions: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the filter's other members as the API names them, and which are not known."""
    item: dict[str, Any] = {}
    doubts = []
    for argument, member in _MEMBERS.items():
        if values.get(argument) not in (None, "", []):
            item[member] = values[argument]
        elif values.get(argument) is None and _is_set(expressions.get(argument)):
            doubts.append(f"{argument} of {address} is known after apply")
    transformations = values.get("metric_transformation") or []
    item["metricTransformations"] = [
        {
            member: each[argument]
            for argument, member in _TRANSFORMATION_MEMBERS.items()
            if each.get(argument)
        }
        for each in transformations
    ]
    for each in expressions.get("metric_transformation") or []:
        for argument in ("value", "dimensions"):
            is_known = transformations and transformations[0].get(argument) is not None
            if not is_known and _is_set(each.get(argument)):
                doubts.append(f"{argument} of {address} is known after apply")
    return item, tuple(doubts)


def _is_set(expression: Any) -> bool:
    """Return whether an argument has a value other than null."""
    if not isinstance(expression, dict):
        return bool(expression)
    return bool(expression.get("references")) or expression.get("constant_value") is not None


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)
