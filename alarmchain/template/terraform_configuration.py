"""The configuration in a Terraform plan: what the arguments of a resource refer to.

Source: "JSON Output Format", Configuration Representation, Terraform documentation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_STEP = re.compile(r'([A-Za-z0-9_-]+)(\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\])?\.?')


@dataclass(frozen=True, slots=True)
class Scope:
    """A module in the configuration.

    `names`: of the modules from the root to it. `module`: its configuration. `call`: its call in
    `parent`; empty for the root module.
    """

    names: tuple[str, ...] = ()
    module: Mapping[str, Any] = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)
    parent: "Scope | None" = None


Configured = Mapping[str, tuple[Scope, Mapping[str, Any]]]


def configured_scopes(root: Mapping[str, Any]) -> Configured:
    """Return each resource's module and configuration, by its address without indexes."""
    found: dict[str, tuple[Scope, Mapping[str, Any]]] = {}

    def add(module: Mapping[str, Any], scope: Scope) -> None:
        prefix = "".join(f"module.{name}." for name in scope.names)
        for resource in module.get("resources", ()):
            found[f"{prefix}{resource.get('address')}"] = (scope, resource)
        for name, call in module.get("module_calls", {}).items():
            child = call.get("module", {})
            add(child, Scope((*scope.names, name), child, call, scope))

    add(root, Scope((), root))
    return found


def references(expression: Any) -> tuple[str, ...]:
    """Return what an expression refers to, without the parts of a longer reference.

    Terraform lists `a.b.name` and also `a.b`.
    """
    names = expression.get("references", ()) if isinstance(expression, dict) else ()
    return tuple(
        name
        for name in dict.fromkeys(names)
        if not any(other.startswith((f"{name}.", f"{name}[")) for other in names)
    )


def without_indexes(address: str) -> str:
    """Return the address without `[0]` and `["name"]`."""
    return ".".join(name for name, _ in _STEP.findall(address))


def module_indexes(address: str, depth: int) -> tuple[str, ...]:
    """Return the index of each of the first `depth` modules in the address, "" for none."""
    steps: list[tuple[str, str]] = _STEP.findall(address)
    return tuple(index for _, index in steps[1 : 2 * depth : 2])


def instance(address: str) -> str:
    """Return the index at the end of the address, such as `["name"]`; "" for none."""
    steps: list[tuple[str, str]] = _STEP.findall(address)
    return steps[-1][1] if steps else ""
