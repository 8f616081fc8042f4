"""The references in a template, and the order of its resources. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SUBSTITUTION = re.compile(r"\$\{(?!!)\s*([^}]+?)\s*\}")


def references(value: Any) -> Iterator[str]:
    """Yield every name in a Ref, Fn::GetAtt or Fn::Sub within a template's value."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "Ref" and isinstance(inner, str):
            yield inner
        elif key == "Fn::GetAtt":
            yield inner.split(".")[0] if isinstance(inner, str) else inner[0]
        elif key == "Fn::Sub":
            yield from _substitutions(inner)
        else:
            yield from references(inner)


def _substitutions(inner: Any) -> Iterator[str]:
    text, own = (inner, {}) if isinstance(inner, str) else (inner[0], inner[1])
    for name in _SUBSTITUTION.findall(text):
        first = name.split(".")[0]
        if first not in own:
            yield first
    yield from references(list(own.values()))


def dependencies(resource: Mapping[str, Any]) -> set[str]:
    """Return the resources that this resource needs: its references, and DependsOn."""
    named = resource.get("DependsOn", [])
    explicit = {named} if isinstance(named, str) else set(named)
    return explicit | set(references(resource.get("Properties", {})))


def in_order(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the logical ids, each after the ids that it depends on.

    Raises ValueError with the resources of a circular dependency.
    """
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(", ".join(path[path.index(name) :]))
        if name not in done:
            for needed in sorted(dependencies(resources[name]) & resources.keys()):
                visit(needed, (*path, name))
            done[name] = None

    for name in resources:
        visit(name, ())
    return list(done)
