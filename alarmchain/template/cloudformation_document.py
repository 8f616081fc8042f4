"""The text of a CloudFormation template (JSON or YAML) as Python values.

Source: "Template format" and "Intrinsic function reference", AWS CloudFormation User Guide.
"""

import json
import re
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from alarmchain.template.template_filter import TemplateError
from alarmchain.template.template_mapping import TemplateMapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"
_NO_PREFIX = ("Ref", "Condition")
"""The short forms !Ref and !Condition; every other short form is `Fn::` and its name."""

_SURROGATE_PAIR = re.compile(r"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}", re.IGNORECASE)
"""How JSON escapes a character beyond 16 bits; YAML has no such escape."""
_DEEPEST = 100
"""Levels of nesting. libyaml ends the process at some 100,000."""


def parse_document(text: str) -> Any:
    """Return the document with CloudFormation's short forms (!Sub) in their long form (Fn::Sub).

    JSON is read as YAML, of which it is a subset. Raises TemplateError with line and column, also
    for a key that is set twice.
    """
    if text.lstrip().startswith("{"):
        text = _SURROGATE_PAIR.sub(lambda pair: str(json.loads(f'"{pair.group()}"')), text)
    try:
        _check_nesting(text)
        node = yaml.compose(text, Loader=_LOADER)
        return None if node is None else _DocumentBuilder().value(node)
    except yaml.MarkedYAMLError as error:
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise _error(reason, error.problem_mark or error.context_mark) from None
    except yaml.YAMLError as error:
        raise TemplateError(f"not a template: {' '.join(str(error).split())}") from None


def _check_nesting(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _error("it is nested too deeply", event.start_mark)


class _DocumentBuilder:
    """Turns YAML nodes into values."""

    def __init__(self) -> None:
        self._scalars = SafeConstructor()
        self._values: dict[int, Any] = {}
        self._open: set[int] = set()

    def value(self, node: yaml.Node) -> Any:
        """Return the node's value; an alias shares the value of its anchor."""
        key = id(node)
        if key in self._open:
            raise _error("the value contains itself", node.start_mark)
        if key not in self._values:
            self._open.add(key)
            self._values[key] = self._tagged(node)
            self._open.remove(key)
        return self._values[key]

    def _tagged(self, node: yaml.Node) -> Any:
        if not node.tag.startswith("!") or node.tag == "!":
            return self._plain(node)
        name = node.tag.removeprefix("!")
        argument = node.value if isinstance(node, yaml.ScalarNode) else self._plain(node)
        if name == "GetAtt" and isinstance(argument, str):
            argument = argument.split(".", 1)
        line = node.start_mark.line + 1
        function = TemplateMapping(line)
        name = name if name in _NO_PREFIX else f"Fn::{name}"
        function[name] = argument
        function.key_lines[name] = line
        return function

    def _plain(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        if node.tag == _TIMESTAMP:  # CloudFormation reads a date as text: 2010-09-09
            return node.value
        try:
            return self._scalars.construct_object(node)
        except ValueError as error:
            raise _error(str(error), node.start_mark) from None

    def _mapping(self, node: yaml.MappingNode) -> TemplateMapping:
        own = TemplateMapping(node.start_mark.line + 1)
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _error("expected a text as key", key_node.start_mark)
            value, key = self.value(value_node), key_node.value
            if key_node.tag == _MERGE:
                for source in value if isinstance(value, list) else [value]:
                    if not isinstance(source, dict):
                        raise _error("<< needs a mapping", key_node.start_mark)
                    merged = {**source, **merged}
                continue
            if key in own:
                first = own.key_lines[key]
                raise _error(f"key '{key}' is already set in line {first}", key_node.start_mark)
            own[key] = value
            own.key_lines[key] = key_node.start_mark.line + 1
        for key, value in merged.items():
            own.setdefault(key, value)
        return own


def _error(reason: str, mark: Any) -> TemplateError:
    place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return TemplateError(f"not a template: {' '.join(reason.split())}{place}")
