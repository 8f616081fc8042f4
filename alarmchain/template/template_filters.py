"""Metric filters in a template of CloudFormation, or of Terraform (`terraform show -json`)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from alarmchain.template.intrinsic_functions import Resolver, Unresolved

FILTER = "AWS::Logs::MetricFilter"
_TERRAFORM_FILTER = "aws_cloudwatch_log_metric_filter"


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """A metric filter as `name` calls it in the template.

    `log_group`: its log group, or what stands for it. `pattern`: its filter pattern; None where
    the template does not say it, and then `unresolved` names what it hangs on.
    """

    name: str
    log_group: str
    pattern: str | None
    unresolved: str = ""


def read(path: Path) -> tuple[TemplateFilter, ...]:
    """The metric filters in the file, in its order. Raises click.ClickException, one line each."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise click.ClickException(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: byte {error.start} is not UTF-8") from None
    document = _terraform(text) or _cloudformation(path, text)
    find = _of_terraform if "Resources" not in document else _of_cloudformation
    try:
        return tuple(find(document))
    except (TypeError, RecursionError) as error:
        raise click.ClickException(f"{path}: {error}") from None


def _terraform(text: str) -> Mapping[str, Any] | None:
    """The document, if it is Terraform's: its plan or state, which are JSON."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = isinstance(document, dict) and ("planned_values" in document or "values" in document)
    return document if known and "Resources" not in document else None


def _cloudformation(path: Path, text: str) -> Mapping[str, Any]:
    try:
        from cfnlint.decode import decode_str  # slow to import, and needed here alone
    except ImportError:
        raise click.ClickException(
            "--template needs cfn-lint, which comes with alarmchain: pip install cfn-lint"
        ) from None
    document, faults = decode_str(text)
    for fault in faults:
        place = f"line {fault.linenumber}, column {fault.columnnumber}"
        reason = " ".join(str(fault.message).split())
        raise click.ClickException(f"{path}: not a template: {reason} ({place})")
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise click.ClickException(
            f"{path}: expected a CloudFormation template with Resources, "
            "or the output of terraform show -json"
        )
    return document


def _of_cloudformation(template: Mapping[str, Any]) -> Iterator[TemplateFilter]:
    for name, resource in template["Resources"].items():
        if str(name).startswith("Fn::ForEach") and FILTER in json.dumps(resource, default=str):
            yield TemplateFilter(str(name), "", None, str(name))
        elif isinstance(resource, dict) and resource.get("Type") == FILTER:
            yield from _resource(str(name), resource, template)


def _resource(
    name: str, resource: Mapping[str, Any], template: Mapping[str, Any]
) -> Iterator[TemplateFilter]:
    """The filter; none where its condition does not hold."""
    properties = resource.get("Properties")
    if not isinstance(properties, dict) or "FilterPattern" not in properties:
        raise TypeError(f"{name} has no FilterPattern")
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
        raise TypeError(f"FilterPattern of {name} {error}") from None


def _log_group(value: Any, template: Mapping[str, Any]) -> str:
    """The log group's name, or what stands for it."""
    try:
        return Resolver(template, placeholders=True).text(value)
    except (Unresolved, TypeError):
        return json.dumps(value, sort_keys=True, default=str)


def _of_terraform(document: Mapping[str, Any]) -> Iterator[TemplateFilter]:
    values = document.get("planned_values", document.get("values"))
    root = values.get("root_module", {}) if isinstance(values, dict) else None
    if not isinstance(root, dict):
        raise TypeError("expected the output of terraform show -json")
    references = dict(_references(document.get("configuration", {}).get("root_module", {})))
    for resource in _resources(root):
        if resource.get("type") != _TERRAFORM_FILTER or resource.get("mode") == "data":
            continue
        address, given = str(resource.get("address")), resource.get("values", {})
        pattern, log_group = given.get("pattern"), given.get("log_group_name")
        hangs_on = references.get(_plain(address), {})
        if log_group is None:
            log_group = " ".join(hangs_on.get("log_group_name", ()))
        if pattern is None:
            known = hangs_on.get("pattern", ())
            why = known[0] if known else "its pattern"
            yield TemplateFilter(address, log_group, None, f"{why}, known after apply")
        elif isinstance(pattern, str):
            yield TemplateFilter(address, log_group, pattern)
        else:
            raise TypeError(f"pattern of {address} is {pattern!r}; expected a text")


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _references(
    module: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """What each metric filter's arguments refer to, by its address without indexes."""
    for resource in module.get("resources", ()):
        if resource.get("type") == _TERRAFORM_FILTER:
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


def _plain(address: str) -> str:
    """The address without `[0]` and `["name"]`."""
    plain, depth = "", 0
    for char in address:
        depth += char == "["
        plain += char if not depth else ""
        depth -= char == "]"
    return plain
