"""A template's references, and its values as CloudFormation would fill them in. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_IN_TEXT = re.compile(r"\$\{([^!][^}]*)\}")
_STANDING_IN = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
}
"""Pseudo parameters, by example."""
_NOTHING = object()


def references(value: Any) -> Iterator[str]:
    """Every parameter or resource that `value` refers to; pseudo parameters are left out."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            named: list[str] = []
            if key == "Ref":
                named = [item]
            elif key == "Fn::Sub":
                named = _IN_TEXT.findall(item if isinstance(item, str) else item[0])
            elif key == "DependsOn":
                named = [item] if isinstance(item, str) else item
            else:
                yield from references(item)
            yield from (name for name in named if not name.startswith("AWS::"))


def conditions(value: Any) -> Iterator[str]:
    """Every condition that Fn::If in `value` asks."""
    if isinstance(value, list):
        for item in value:
            yield from conditions(item)
    elif isinstance(value, dict):
        if "Fn::If" in value:
            yield value["Fn::If"][0]
        for item in value.values():
            yield from conditions(item)


def resolved(value: Any, template: Mapping[str, Any]) -> Any:
    """`value` with the parameters' defaults, and an example's account, region and partition."""
    found = _resolved(value, template)
    return None if found is _NOTHING else found


def _resolved(value: Any, template: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        listed = [_resolved(item, template) for item in value]
        return [item for item in listed if item is not _NOTHING]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": "AWS::NoValue"}:
            return _NOTHING
        case {"Ref": str(name)}:
            return template.get("Parameters", {}).get(name, {}).get("Default", value)
        case {"Fn::If": [str(condition), yes, no]}:
            chosen = yes if _holds(condition, template) else no
            return _resolved(chosen, template)
        case {"Fn::Sub": str(text)}:
            return _IN_TEXT.sub(lambda found: _STANDING_IN.get(found[1], found[0]), text)
    items = {key: _resolved(item, template) for key, item in value.items()}
    return {key: item for key, item in items.items() if item is not _NOTHING}


def _holds(condition: str, template: Mapping[str, Any]) -> bool:
    """Of the one form that a pack's conditions have here: a parameter is not its default."""
    match template.get("Conditions", {}).get(condition):
        case {"Fn::Not": [{"Fn::Equals": [given, default]}]}:
            return bool(_resolved(given, template) != default)
    return True
