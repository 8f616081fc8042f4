"""Metric filters in a CloudFormation template."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from alarmchain.template.cloudformation_item import filter_item
from alarmchain.template.foreach import FOREACH, expanded
from alarmchain.template.intrinsic_functions import Resolver, Unresolved
from alarmchain.template.template_filter import (
    Identity,
    Template,
    TemplateError,
    TemplateFilter,
    TemplateLogGroup,
)
from alarmchain.template.template_mapping import line_of

_FILTER = "AWS::Logs::MetricFilter"
_TRANSFORM = "Fn::Transform"
_MAY_MAKE_FILTERS = (
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::StackSet",
    "AWS::Serverless::Application",
)
_HARMLESS_TRANSFORMS = (
    "AWS::CodeDeployBlueGreen",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager",
    "AWS::Serverless-",
)
"""AWS's own transforms that neither make nor change a metric filter."""


def read_cloudformation(document: Mapping[str, Any], parameters: Mapping[str, str]) -> Template:
    """Return the template's metric filters.

    Raises TemplateError for a filter without a filter pattern, and for an unknown parameter.
    """
    declared = document.get("Parameters")
    declared = declared if isinstance(declared, dict) else {}
    for name in parameters:
        if name not in declared:
            expected = ", ".join(map(str, declared)) or "none, the template has no parameters"
            raise TemplateError(f"the template has no parameter {name}; expected {expected}")
    return _TemplateReader(document, parameters).read()


class _TemplateReader:
    """Reads one template."""

    def __init__(self, document: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._document = document
        self._resolver = Resolver(document, parameters)
        self._placeholders = Resolver(document, parameters, placeholders=True)
        self._left_out: dict[str, str] = {}
        self._unread: list[str] = []
        self._rewritten = tuple(
            f"{name} may change the template's metric filters" for name in _transforms(document)
        )

    def read(self) -> Template:
        """Return the filters, without those whose condition is false."""
        filters: list[TemplateFilter] = []
        for name, resource in expanded(self._document["Resources"], self._resolver):
            if name.startswith(FOREACH):
                if self._has_filters(resource):
                    self._unread.append(f"{name} cannot be expanded: its collection is not known")
            elif isinstance(resource, dict) and name != _TRANSFORM:
                filters += self._read_resource(name, resource)
        self._unread += [f"{reason}, and add more" for reason in self._rewritten]
        return Template(tuple(filters), self._left_out, tuple(self._unread))

    def _has_filters(self, value: Any) -> bool:
        text = json.dumps(value, default=str)
        return any(kind in text for kind in (_FILTER, *_MAY_MAKE_FILTERS, _TRANSFORM, "::MODULE"))

    def _read_resource(self, name: str, resource: Mapping[str, Any]) -> Iterator[TemplateFilter]:
        kind = str(resource.get("Type", ""))
        if kind != _FILTER and not self._may_make_filters(kind, resource):
            return
        condition, unresolved = resource.get("Condition"), ""
        try:
            if condition is not None and not self._resolver.holds(condition):
                self._left_out[name] = str(condition)
                return
        except Unresolved:
            unresolved = f"Condition {condition}"
        if kind == _FILTER:
            yield self._read_filter(name, resource, unresolved)
        else:
            self._unread.append(f"{name} ({kind or _TRANSFORM}) may make metric filters")

    def _may_make_filters(self, kind: str, resource: Mapping[str, Any]) -> bool:
        is_known = bool(kind) or _TRANSFORM not in resource
        return kind in _MAY_MAKE_FILTERS or kind.endswith("::MODULE") or not is_known

    def _read_filter(
        self, name: str, resource: Mapping[str, Any], unresolved: str
    ) -> TemplateFilter:
        properties, line = resource.get("Properties"), line_of(resource, "Type")
        if _TRANSFORM in resource or _is_generated(properties):
            return _unknown_filter(name, f"{name}'s transform", line)
        try:
            if isinstance(properties, dict) and "Fn::If" in properties:
                properties = self._resolver.branch(properties["Fn::If"])
        except Unresolved as error:
            return _unknown_filter(name, str(error), line)
        if not isinstance(properties, dict) or "FilterPattern" not in properties:
            raise TemplateError(f"{name} has no FilterPattern")
        line = line_of(properties, "FilterPattern") or line
        log_group = self._log_group(name, properties.get("LogGroupName"))
        if unresolved:
            return TemplateFilter(name, log_group, None, unresolved, line=line)
        try:
            pattern = self._resolver.text(properties["FilterPattern"])
        except Unresolved as error:
            return TemplateFilter(name, log_group, None, str(error), line=line)
        except TypeError as error:
            raise TemplateError(f"FilterPattern of {name} {error}") from None
        item, doubts = filter_item(name, properties, self._resolver, self._placeholders)
        return TemplateFilter(name, log_group, pattern, "", item, (*self._rewritten, *doubts), line)

    def _log_group(self, name: str, value: Any) -> TemplateLogGroup:
        """Return the log group: its name, or the text of its unresolved reference."""
        if value is None or _TRANSFORM in json.dumps(value, default=str):
            return _unknown_log_group(name)
        try:
            text = self._placeholders.text(value)
        except (Unresolved, TypeError):
            text = json.dumps(value, sort_keys=True, default=str)
            return TemplateLogGroup(text, Identity.REFERENCE)
        resources = self._document["Resources"]
        resource = resources.get(text.removeprefix("${").removesuffix("}"))
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Logs::LogGroup":
            return TemplateLogGroup(text, Identity.RESOURCE)
        is_known = "${" not in text and "{{resolve:" not in text
        return TemplateLogGroup(text, Identity.NAME if is_known else Identity.REFERENCE)


def _unknown_filter(name: str, unresolved: str, line: int) -> TemplateFilter:
    return TemplateFilter(name, _unknown_log_group(name), None, unresolved, line=line)


def _unknown_log_group(name: str) -> TemplateLogGroup:
    return TemplateLogGroup(f"the log group of {name}", Identity.REFERENCE)


def _is_generated(properties: Any) -> bool:
    """Return whether a macro, an include or a loop makes properties."""
    text = json.dumps(properties, default=str)
    return f'"{_TRANSFORM}"' in text or f'"{FOREACH}' in text


def _transforms(document: Mapping[str, Any]) -> list[str]:
    """Return the macros and includes that may change every resource."""
    declared = document.get("Transform")
    names = []
    for each in declared if isinstance(declared, list) else [declared]:
        name = each.get("Name") if isinstance(each, dict) else each
        if name is not None and not str(name).startswith(_HARMLESS_TRANSFORMS):
            names.append(f"Transform {name}")
    sections = {key: value for key, value in document.items() if key != "Resources"}
    in_sections = f'"{_TRANSFORM}"' in json.dumps(sections, default=str)
    if in_sections or _TRANSFORM in document["Resources"]:
        names.append(_TRANSFORM)
    return names
