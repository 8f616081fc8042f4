"""How a resource type is created, changed and removed through its service's API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Made:
    """An existing resource: its physical id (the value of Ref) and the values of Fn::GetAtt."""

    physical_id: str
    attributes: dict[str, str] = field(default_factory=dict)


type Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spec:
    """A resource type.

    name_property is the property with the resource's name; without it CloudFormation makes a name.
    ``put(client, name, properties)`` creates the resource and, if the API's call is a put, also
    changes it. ``remove(client, made, properties)`` deletes it. ``update(client, made,
    properties)`` changes it where put cannot. ``replaced(properties)`` says whether new properties
    replace the resource. attributes are the names that Fn::GetAtt knows.
    """

    kind: str
    service: str
    name_property: str
    put: Callable[[Any, str, Properties], Made]
    remove: Callable[[Any, Made, Properties], None]
    update: Callable[[Any, Made, Properties], Made] | None = None
    replaced: Callable[[Properties], bool] = lambda properties: False
    attributes: tuple[str, ...] = ()


def as_request(client: Any, operation: str, properties: Properties) -> dict[str, Any]:
    """Return properties as an operation's parameters: text becomes a number or boolean if needed.

    Raises ValueError for a property that the operation does not know.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    unknown = sorted(set(properties) - set(shape.members))
    if unknown:
        raise ValueError(f"Encountered unsupported property {unknown[0]}")
    return {name: convert(shape.members[name], value) for name, value in properties.items()}


def convert(shape: Any, value: Any) -> Any:
    """Return a template's value in the types of botocore's shape."""
    if shape.type_name == "structure":
        return {
            name: convert(shape.members[name], inner) if name in shape.members else inner
            for name, inner in value.items()
            if inner is not None
        }
    if shape.type_name == "list":
        return [convert(shape.member, item) for item in value if item is not None]
    if shape.type_name == "map":
        return {str(name): convert(shape.value, inner) for name, inner in value.items()}
    if shape.type_name == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name in ("double", "float"):
        return float(value)
    if shape.type_name == "string" and isinstance(value, bool):
        return str(value).lower()
    return str(value) if shape.type_name == "string" else value
