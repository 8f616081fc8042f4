"""Find a template's references, and resolve its values as CloudFormation would. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_IN_TEXT = re.compile(r"\$\{([^!][^}]*)\}")
_EXAMPLES = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
}
"""Example values of pseudo parameters."""
_NO_VALUE = object()


def references(value: Any) -> Iterator[str]:
    """Yield the parameters and resources that `value` refers to, without pseudo parameters."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            names: list[str] = []
            if key == "Ref":
                names = [item]
            elif key == "Fn::Sub":
                names = _IN_TEXT.findall(item if isinstance(item, str) else item[0])
            elif key == "DependsOn":
                names = [item] if isinstance(item, str) else item
            else:
                yield from references(item)
            yield from (name for name in names if not name.startswith("AWS::"))


def conditions(value: Any) -> Iterator[str]:
    """Yield the conditions of every Fn::If in `value`."""
    if isinstance(value, list):
        for item in value:
            yield from conditions(item)
    elif isinstance(value, dict):
        if "Fn::If" in value:
            yield value["Fn::If"][0]
        for item in value.values():
            yield from conditions(item)


def resolved(value: Any, template: Mapping[str, Any]) -> Any:
    """Return `value` with the parameters' defaults, and an example account, region, partition."""
    result = _resolved(value, template)
    return None if result is _NO_VALUE else result


def _resolved(value: Any, template: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        resolved_items = [_resolved(item, template) for item in value]
        return [item for item in resolved_items if item is not _NO_VALUE]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": "AWS::NoValue"}:
            return _NO_VALUE
        case {"Ref": str(name)}:
            return template.get("Parameters", {}).get(name, {}).get("Default", value)
        case {"Fn::If": [str(condition), yes, no]}:
            chosen = yes if _holds(condition, template) else no
            return _resolved(chosen, template)
        case {"Fn::Sub": str(text)}:
            return _IN_TEXT.sub(lambda match: _EXAMPLES.get(match[1], match[0]), text)
    items = {key: _resolved(item, template) for key, item in value.items()}
    return {key: item for key, item in items.items() if item is not _NO_VALUE}


def _holds(condition: str, template: Mapping[str, Any]) -> bool:
    """Return whether the condition is true. The packs' conditions have one form: the default."""
    match template.get("Conditions", {}).get(condition):
        case {"Fn::Equals": [given, default]}:
            return bool(_resolved(given, template) == default)
    return False
