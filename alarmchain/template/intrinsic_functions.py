"""The intrinsic functions of a CloudFormation template, as far as the template alone tells.

Source: the reference of intrinsic functions in the CloudFormation user guide.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")
_MOST_NESTED = 50


class Unresolved(Exception):
    """What a value hangs on and the template does not say; the message names it."""


class Resolver:
    """Values of one template. A parameter has its default: so the template stands as written.

    With `placeholders`, what a reference leads to and is not known stands as `${Name}`: enough to
    tell whether two values are the same.
    """

    def __init__(self, template: Mapping[str, Any], *, placeholders: bool = False) -> None:
        self._template = template
        self._placeholders = placeholders
        self._functions: Mapping[str, Callable[[Any, int], Any]] = {
            "Ref": self._ref,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
        }

    def text(self, value: Any) -> str:
        """The value as text. Raises Unresolved, and TypeError where it is none."""
        found = self.value(value)
        if isinstance(found, bool | dict | list) or found is None:
            raise TypeError(f"is {found!r}; expected a text")
        dynamic = _DYNAMIC.search(str(found))
        if dynamic and not self._placeholders:
            raise Unresolved(dynamic.group())
        return str(found)

    def value(self, value: Any, depth: int = 0) -> Any:
        """The value with its functions resolved. Raises Unresolved."""
        if depth > _MOST_NESTED:
            raise Unresolved("what is nested too deeply")
        if isinstance(value, list):
            return [self.value(item, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) != 1:
            return {key: self.value(item, depth + 1) for key, item in value.items()}
        ((name, argument),) = value.items()
        if name in self._functions:
            return self._functions[name](argument, depth + 1)
        if name.startswith("Fn::") or name in ("Condition", "Ref"):
            raise Unresolved(f"{name.removeprefix('Fn::')} {_named(argument)}".strip())
        return {name: self.value(argument, depth + 1)}

    def holds(self, name: Any, depth: int = 0) -> bool:
        """Whether the template's condition of that name holds. Raises Unresolved."""
        conditions = _mapping(self._template.get("Conditions"))
        if not isinstance(name, str) or name not in conditions:
            raise Unresolved(f"Condition {_named(name)}")
        # A placeholder is equal to nothing, but what it stands for may be.
        found = Resolver(self._template) if self._placeholders else self
        return found._truth(conditions[name], depth + 1)

    def _truth(self, condition: Any, depth: int) -> bool:
        if depth > _MOST_NESTED or not isinstance(condition, dict) or len(condition) != 1:
            raise Unresolved("a condition")
        ((name, argument),) = condition.items()
        if name == "Condition":
            return self.holds(argument, depth)
        parts = argument if isinstance(argument, list) else []
        if name == "Fn::Equals" and len(parts) == 2:
            return self._compared(parts[0], depth) == self._compared(parts[1], depth)
        truths = [self._truth(part, depth + 1) for part in parts]
        if name == "Fn::Not" and len(truths) == 1:
            return not truths[0]
        if name in ("Fn::And", "Fn::Or") and truths:
            return all(truths) if name == "Fn::And" else any(truths)
        raise Unresolved(f"{name.removeprefix('Fn::')}")

    def _compared(self, value: Any, depth: int) -> str:
        found = self.value(value, depth)
        if not isinstance(found, str | int) or _DYNAMIC.search(str(found)):
            raise Unresolved("Equals")
        return str(found).lower() if isinstance(found, bool) else str(found)

    def _if(self, argument: Any, depth: int) -> Any:
        if not _is_list(argument, 3):
            raise Unresolved(f"If {_named(argument)}".strip())
        try:
            chosen = argument[1] if self.holds(argument[0], depth) else argument[2]
        except Unresolved:
            raise Unresolved(f"If {_named(argument)}") from None
        return self.value(chosen, depth)

    def _ref(self, name: Any, depth: int) -> Any:
        parameter = _mapping(self._template.get("Parameters")).get(name)
        # The default of an SSM parameter type is the name of the parameter, not its value.
        stored = str(_mapping(parameter).get("Type", "")).startswith("AWS::SSM::Parameter::Value")
        if isinstance(parameter, dict) and "Default" in parameter and not stored:
            return self.value(parameter["Default"], depth)
        resource = _mapping(_mapping(self._template.get("Resources")).get(name))
        named = _mapping(resource.get("Properties")).get("LogGroupName")
        if resource.get("Type") == "AWS::Logs::LogGroup" and named is not None:
            return self.value(named, depth)  # Ref of a log group is its name
        if self._placeholders:
            return f"${{{name}}}"
        raise Unresolved(str(name))

    def _sub(self, argument: Any, depth: int) -> str:
        text, given = argument if _is_list(argument, 2) else (argument, {})
        if not isinstance(text, str) or not isinstance(given, dict):
            raise Unresolved("Sub")

        def replaced(found: re.Match[str]) -> str:
            literal, name = found.group(1), found.group(2).strip()
            if literal:
                return f"${{{found.group(2)}}}"
            value = self.value(given[name], depth) if name in given else self._ref(name, depth)
            return str(value)

        return _PLACEHOLDER.sub(replaced, text)

    def _join(self, argument: Any, depth: int) -> str:
        if not _is_list(argument, 2):
            raise Unresolved("Join")
        delimiter, parts = argument[0], self.value(argument[1], depth)
        if not isinstance(delimiter, str) or not isinstance(parts, list):
            raise Unresolved("Join")
        return delimiter.join(map(str, parts))

    def _split(self, argument: Any, depth: int) -> list[str]:
        if not _is_list(argument, 2) or not argument[0] or not isinstance(argument[0], str):
            raise Unresolved("Split")
        return str(self.value(argument[1], depth)).split(argument[0])

    def _select(self, argument: Any, depth: int) -> Any:
        if not _is_list(argument, 2):
            raise Unresolved("Select")
        place, items = self.value(argument[0], depth), self.value(argument[1], depth)
        if isinstance(items, list) and str(place).isdigit() and int(place) < len(items):
            return items[int(place)]
        raise Unresolved(f"Select {place}")

    def _find_in_map(self, argument: Any, depth: int) -> Any:
        if not _is_list(argument, 3):
            raise Unresolved("FindInMap")
        found: Any = self._template.get("Mappings")
        for key in self.value(argument, depth):
            found = _mapping(found).get(str(key))
        if found is None:
            raise Unresolved(f"FindInMap {_named(argument[0])}")
        return found


def _is_list(value: Any, length: int) -> bool:
    return isinstance(value, list) and len(value) == length


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _named(argument: Any) -> str:
    """What a function is about, in a word."""
    if isinstance(argument, list) and argument:
        argument = argument[0]
    return argument if isinstance(argument, str) else ""
