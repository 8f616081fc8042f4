"""Resolves the intrinsic functions of a CloudFormation template, using the template alone.

Source: "Intrinsic function reference", AWS CloudFormation User Guide.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")
_MOST_NESTED = 50


class Unresolved(Exception):
    """A value depends on something outside the template; the message names it."""


class Resolver:
    """Resolves values of one template. A parameter has its value in `parameters`, or its default.

    With `placeholders`, an unknown reference resolves to `${Name}`, which is enough to compare two
    values.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        *,
        placeholders: bool = False,
    ) -> None:
        self._template = template
        self._parameters = parameters
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
        """Return the resolved value as text. Raises Unresolved, or TypeError for another type."""
        resolved = self.value(value)
        if isinstance(resolved, bool | dict | list) or resolved is None:
            raise TypeError(f"is {resolved!r}; expected a text")
        dynamic = _DYNAMIC.search(str(resolved))
        if dynamic and not self._placeholders:
            raise Unresolved(dynamic.group())
        return str(resolved)

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return the value with its functions resolved. Raises Unresolved."""
        if depth > _MOST_NESTED:
            raise Unresolved("a value that is nested too deeply")
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
            raise Unresolved(f"{name.removeprefix('Fn::')} {_argument_name(argument)}".strip())
        return {name: self.value(argument, depth + 1)}

    def holds(self, name: Any, depth: int = 0) -> bool:
        """Return whether the template's condition `name` is true. Raises Unresolved."""
        conditions = _mapping(self._template.get("Conditions"))
        if not isinstance(name, str) or name not in conditions:
            raise Unresolved(f"Condition {_argument_name(name)}")
        # A placeholder equals no value, but the value that it replaces may.
        resolver = Resolver(self._template, self._parameters) if self._placeholders else self
        return resolver._truth(conditions[name], depth + 1)

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
        resolved = self.value(value, depth)
        if not isinstance(resolved, str | int) or _DYNAMIC.search(str(resolved)):
            raise Unresolved("Equals")
        return str(resolved).lower() if isinstance(resolved, bool) else str(resolved)

    def _if(self, argument: Any, depth: int) -> Any:
        return self.value(self.branch(argument, depth), depth)

    def branch(self, argument: Any, depth: int = 0) -> Any:
        """Return the branch that an Fn::If takes, without resolving it. Raises Unresolved."""
        if not _is_list(argument, 3):
            raise Unresolved(f"If {_argument_name(argument)}".strip())
        try:
            return argument[1] if self.holds(argument[0], depth) else argument[2]
        except Unresolved:
            raise Unresolved(f"If {_argument_name(argument)}") from None

    def _ref(self, name: Any, depth: int) -> Any:
        parameter = _mapping(self._template.get("Parameters")).get(name)
        # The default of an SSM parameter type is the name of the parameter, not its value.
        kind = str(_mapping(parameter).get("Type", ""))
        in_ssm = kind.startswith("AWS::SSM::Parameter::Value")
        default = _mapping(parameter).get("Default")
        value = self._parameters.get(name, default) if isinstance(name, str) else default
        if value is not None and not in_ssm:
            is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
            return [item.strip() for item in str(value).split(",")] if is_list else value
        resource = _mapping(_mapping(self._template.get("Resources")).get(name))
        log_group_name = _mapping(resource.get("Properties")).get("LogGroupName")
        if resource.get("Type") == "AWS::Logs::LogGroup" and log_group_name is not None:
            return self.value(log_group_name, depth)  # Ref of a log group is its name
        if self._placeholders:
            return f"${{{name}}}"
        raise Unresolved(str(name))

    def _sub(self, argument: Any, depth: int) -> str:
        text, variables = argument if _is_list(argument, 2) else (argument, {})
        if not isinstance(text, str) or not isinstance(variables, dict):
            raise Unresolved("Sub")

        def replacement(match: re.Match[str]) -> str:
            literal, name = match.group(1), match.group(2).strip()
            if literal:
                return f"${{{match.group(2)}}}"
            if name in variables:
                return _scalar(self.value(variables[name], depth), "Sub")
            return _scalar(self._ref(name, depth), "Sub")

        return _PLACEHOLDER.sub(replacement, text)

    def _join(self, argument: Any, depth: int) -> str:
        if not _is_list(argument, 2):
            raise Unresolved("Join")
        delimiter, parts = argument[0], self.value(argument[1], depth)
        if not isinstance(delimiter, str) or not isinstance(parts, list):
            raise Unresolved("Join")
        return delimiter.join(_scalar(part, "Join") for part in parts)

    def _split(self, argument: Any, depth: int) -> list[str]:
        if not _is_list(argument, 2) or not argument[0] or not isinstance(argument[0], str):
            raise Unresolved("Split")
        text = str(self.value(argument[1], depth))
        if _PLACEHOLDER.search(text) or _DYNAMIC.search(text):
            raise Unresolved("Split")
        return text.split(argument[0])

    def _select(self, argument: Any, depth: int) -> Any:
        if not _is_list(argument, 2):
            raise Unresolved("Select")
        index, items = self.value(argument[0], depth), self.value(argument[1], depth)
        if isinstance(items, list) and str(index).isdigit() and int(index) < len(items):
            return items[int(index)]
        raise Unresolved(f"Select {index}")

    def _find_in_map(self, argument: Any, depth: int) -> Any:
        if not _is_list(argument, 3):
            raise Unresolved("FindInMap")
        entry: Any = self._template.get("Mappings")
        for key in self.value(argument, depth):
            entry = _mapping(entry).get(str(key))
        if entry is None:
            raise Unresolved(f"FindInMap {_argument_name(argument[0])}")
        return entry


def _scalar(value: Any, function: str) -> str:
    if isinstance(value, list | dict):
        raise Unresolved(function)
    return str(value)


def _is_list(value: Any, length: int) -> bool:
    return isinstance(value, list) and len(value) == length


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _argument_name(argument: Any) -> str:
    """Return the name in a function's argument, "" without one."""
    if isinstance(argument, list) and argument:
        argument = argument[0]
    return argument if isinstance(argument, str) else ""
