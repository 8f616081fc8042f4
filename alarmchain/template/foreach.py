"""Expands Fn::ForEach in the resources of a CloudFormation template.

Source: "Fn::ForEach", AWS CloudFormation User Guide.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from alarmchain.template.intrinsic_functions import Resolver, Unresolved
from alarmchain.template.template_mapping import TemplateMapping, line_of

FOREACH = "Fn::ForEach"
_MOST_RESOURCES = 500
"""CloudFormation allows no more in a template."""
_NOT_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]")


def expanded(resources: Mapping[str, Any], resolver: Resolver) -> Iterator[tuple[str, Any]]:
    """Yield each resource with its name; a loop that cannot be expanded under the loop's name."""
    for name, resource in resources.items():
        if not str(name).startswith(FOREACH):
            yield str(name), resource
            continue
        try:
            copies = _copies(resource, resolver)
        except Unresolved:
            yield str(name), resource
            continue
        for copy in copies:
            yield from expanded(copy, resolver)


def _copies(loop: Any, resolver: Resolver) -> list[Mapping[str, Any]]:
    """Return the loop's body for each item of its collection. Raises Unresolved."""
    if not isinstance(loop, list) or len(loop) != 3:
        raise Unresolved(FOREACH)
    identifier, collection, body = loop
    if isinstance(collection, list):
        collection = [part for item in collection for part in _parts(resolver.value(item))]
    items = resolver.value(collection)
    if not isinstance(identifier, str) or not isinstance(items, list) or not isinstance(body, dict):
        raise Unresolved(FOREACH)
    is_text = all(isinstance(item, str | int) and "{{resolve:" not in str(item) for item in items)
    if not is_text or len(items) > _MOST_RESOURCES:
        raise Unresolved(FOREACH)
    return [_replaced(body, identifier, str(item)) for item in dict.fromkeys(items)]


def _parts(item: Any) -> list[Any]:
    return item if isinstance(item, list) else [item]


def _replaced(value: Any, identifier: str, item: str) -> Any:
    """Return the value with the item instead of each reference to the identifier."""
    if isinstance(value, str):
        plain = _NOT_ALPHANUMERIC.sub("", item)
        return value.replace(f"${{{identifier}}}", item).replace(f"&{{{identifier}}}", plain)
    if isinstance(value, list):
        return [_replaced(each, identifier, item) for each in value]
    if not isinstance(value, dict):
        return value
    if value == {"Ref": identifier}:
        return item
    copy = TemplateMapping(value.line if isinstance(value, TemplateMapping) else 0)
    for key, each in value.items():
        name = _replaced(key, identifier, item)
        copy[name] = _replaced(each, identifier, item)
        copy.key_lines[name] = line_of(value, key)
    return copy
