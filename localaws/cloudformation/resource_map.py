"""The resources of a stack: created, changed and removed in the order of their dependencies."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any

from localaws.cloudformation.checks import problem
from localaws.cloudformation.references import in_order
from localaws.cloudformation.required_actions import check_actions
from localaws.locks import service_lock


class ResourceFailedError(Exception):
    """A resource could not be created, changed or removed; with the reason."""

    def __init__(self, logical_id: str, kind: str, verb: str, reason: str) -> None:
        super().__init__(f"{logical_id} ({kind}): {reason}")
        self.logical_id = logical_id
        self.kind = kind
        self.status = f"{verb}_FAILED"
        self.reason = reason


def install() -> None:
    """Patch moto's ResourceMap and the function that creates a resource."""
    from moto.cloudformation import parsing

    if hasattr(parsing, "localaws_make"):
        return
    parsing.localaws_make = parsing.parse_and_create_resource  # type: ignore[attr-defined]
    load = parsing.ResourceMap.load

    def checked_load(self: Any) -> None:
        # The stack of a change set has an empty template until the change set is executed.
        if self._template:
            _check(self, self.input_parameters)
        load(self)

    parsing.clean_json = _without_no_value(parsing.clean_json)
    parsing.parse_and_create_resource = _make
    parsing.ResourceMap.load = checked_load  # type: ignore[method-assign]
    parsing.ResourceMap.update = _update  # type: ignore[method-assign]
    parsing.ResourceMap.delete = _delete  # type: ignore[method-assign]


def _check(resources: Any, parameters: dict[str, Any]) -> None:
    from moto.cloudformation.exceptions import ValidationError
    from moto.cloudformation.parsing import NULL_MODELS, get_model_map

    fault = problem(resources._template, parameters, {*get_model_map(), *NULL_MODELS})
    if fault:
        raise ValidationError(message=fault)


def _without_no_value(clean_json: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Drop the None that moto leaves for ``AWS::NoValue`` in lists (in mappings it drops it)."""

    @wraps(clean_json)
    def clean(resource_json: Any, resources_map: Any) -> Any:
        cleaned = clean_json(resource_json, resources_map)
        if isinstance(resource_json, list):
            return [item for item in cleaned if item is not None]
        return cleaned

    return clean


def _lock_for(kind: str) -> AbstractContextManager[Any]:
    """Return the service's lock for moto's own resources, which bypass the gateway and its lock."""
    if kind.startswith("Custom::") or not _is_motos(kind):
        return nullcontext()
    return service_lock(kind.split("::")[1].lower())


def _is_motos(kind: str) -> bool:
    from moto.cloudformation.parsing import resource_class_from_type

    return not hasattr(resource_class_from_type(kind), "spec")


def _resolved(resources: Any, logical_id: str) -> Any:
    from moto.cloudformation.parsing import clean_json

    body = copy.deepcopy(resources._resource_json_map[logical_id])
    return clean_json(body.get("Properties", {}), resources)


def _make(
    logical_id: str, resource_json: Any, resources_map: Any, account_id: str, region_name: str
) -> Any:
    """Replace ``parse_and_create_resource``: the error names the resource that fails."""
    from moto.cloudformation import parsing

    kind = resource_json["Type"]
    try:
        enabled = _is_enabled(resources_map, resource_json)
        properties = _resolved(resources_map, logical_id) if enabled else None
        check_actions(account_id, kind, "CREATE", properties or {})
        with _lock_for(kind):
            made = parsing.localaws_make(  # type: ignore[attr-defined]
                logical_id, copy.deepcopy(resource_json), resources_map, account_id, region_name
            )
    except ResourceFailedError:
        raise
    except Exception as error:
        raise ResourceFailedError(logical_id, kind, "CREATE", _reason(error)) from error
    if made is not None:
        _remembered(resources_map)[logical_id] = properties
    return made


def _is_enabled(resources: Any, body: Any) -> bool:
    condition = body.get("Condition")
    return not condition or bool(resources.lazy_condition_map[condition])


def _remembered(resources: Any) -> dict[str, Any]:
    """Return the resolved properties of each existing resource."""
    memory: dict[str, Any] = resources.__dict__.setdefault("localaws_properties", {})
    return memory


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _update(self: Any, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
    """Change the resources to a new template, by the difference of their resolved properties.

    moto compares templates, so it misses a change that comes through Fn::Sub, a condition or the
    new value of another resource.
    """
    old_bodies = dict(self._resource_json_map)
    self._template = template
    self._resource_json_map = template["Resources"]
    if parameters is not None:
        self.input_parameters = parameters
    _check(self, self.input_parameters)
    self.load_mapping()
    self.load_parameters()
    self.load_conditions()
    current = []
    for name in in_order(self._resource_json_map):
        body = self._resource_json_map[name]
        if not _is_enabled(self, body):
            continue
        current.append(name)
        existing = self._parsed_resources.get(name)
        if existing is None:
            _ = self[name]
        elif _resolved(self, name) != _remembered(self).get(name):
            _change(self, name, body)
    for name in reversed(in_order(old_bodies)):
        if name not in current and name in self._parsed_resources:
            _remove(self, name, old_bodies[name])


def _change(resources: Any, name: str, body: dict[str, Any]) -> None:
    from moto.cloudformation import parsing

    properties = _resolved(resources, name)
    try:
        check_actions(resources._account_id, body["Type"], "UPDATE", properties)
        with _lock_for(body["Type"]):
            changed = parsing.parse_and_update_resource(
                name,
                copy.deepcopy(body),
                resources,
                account_id=resources._account_id,
                region_name=resources._region_name,
            )
    except Exception as error:
        raise ResourceFailedError(name, body["Type"], "UPDATE", _reason(error)) from error
    if changed is not None:
        resources._parsed_resources[name] = changed
    _remembered(resources)[name] = properties


def _delete(self: Any) -> None:
    """Remove every resource; a resource that depends on another is removed first."""
    for name in reversed(in_order(self._resource_json_map)):
        body = self._resource_json_map[name]
        if name in self._parsed_resources and body.get("DeletionPolicy") != "Retain":
            _remove(self, name, body)


def _remove(resources: Any, name: str, body: dict[str, Any]) -> None:
    try:
        properties = body.get("Properties", {})
        check_actions(resources._account_id, body["Type"], "DELETE", properties)
        with _lock_for(body["Type"]):
            resources._delete_resource(resources._parsed_resources[name], body)
    except Exception as error:
        raise ResourceFailedError(name, body["Type"], "DELETE", _reason(error)) from error
    del resources._parsed_resources[name]
    _remembered(resources).pop(name, None)
