"""Metric filters in a Terraform plan or state, as `terraform show -json` prints it.

Source: "JSON Output Format", Terraform documentation.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from alarmchain.template.template_filter import TemplateError, TemplateFilter

_FILTER = "aws_cloudwatch_log_metric_filter"
EXPECTED = "expected the output of terraform show -json"


def terraform_filters(document: Mapping[str, Any]) -> Iterator[TemplateFilter]:
    """Yield the metric filters of the root module and of its child modules.

    Raises TemplateError for a document of another form.
    """
    values = document.get("planned_values", document.get("values"))
    root = values.get("root_module", {}) if isinstance(values, dict) else None
    if not isinstance(root, dict):
        raise TemplateError(EXPECTED)
    references = dict(_references(document.get("configuration", {}).get("root_module", {})))
    for resource in _resources(root):
        if resource.get("type") != _FILTER or resource.get("mode") == "data":
            continue
        address, arguments = str(resource.get("address")), resource.get("values", {})
        pattern, log_group = arguments.get("pattern"), arguments.get("log_group_name")
        referenced = references.get(_without_indexes(address), {})
        if log_group is None:
            log_group = " ".join(referenced.get("log_group_name", ()))
        if pattern is None:
            names = referenced.get("pattern", ())
            source = names[0] if names else "its pattern"
            yield TemplateFilter(address, log_group, None, f"{source}, known after apply")
        elif isinstance(pattern, str):
            yield TemplateFilter(address, log_group, pattern)
        else:
            raise TemplateError(f"pattern of {address} is {pattern!r}; expected a text")


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _references(
    module: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """Yield each metric filter's address, without indexes, and what its arguments refer to."""
    for resource in module.get("resources", ()):
        if resource.get("type") == _FILTER:
            expressions = resource.get("expressions", {})
            yield (
                f"{prefix}{resource.get('address')}",
                {
                    name: tuple(expression.get("references", ()))
                    for name, expression in expressions.items()
                    if isinstance(expression, dict)
                },
            )
    for name, call in module.get("module_calls", {}).items():
        yield from _references(call.get("module", {}), f"{prefix}module.{name}.")


def _without_indexes(address: str) -> str:
    """Return the address without `[0]` and `["name"]`."""
    text, depth = "", 0
    for char in address:
        depth += char == "["
        text += char if not depth else ""
        depth -= char == "]"
    return text
