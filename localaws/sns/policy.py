"""Evaluation of a resource policy for a request of an AWS service to a topic or key.

A statement applies if its principal, action, resource and all conditions match. A Deny that
applies wins over any Allow; without an Allow the request is refused. As in IAM, a condition on a
key that the request lacks is false (true for negated operators and ``...IfExists``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request: principal, action and resource; context maps condition keys (lower case)."""

    service: str
    account: str
    action: str
    resource: str
    context: Mapping[str, str]


def allows(policy: Mapping[str, Any], request: Request) -> bool:
    """Return whether the policy allows the request."""
    effects = {
        statement.get("Effect")
        for statement in _list(policy.get("Statement"))
        if _applies(statement, request)
    }
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        _either(statement, "Principal", lambda p: _is_principal(p, request))
        and _either(statement, "Action", lambda a: _any_like(a, request.action.lower(), fold=True))
        and _either(statement, "Resource", lambda r: _any_like(r, request.resource))
        and all(
            _holds(operator, key, expected, request.context)
            for operator, block in (statement.get("Condition") or {}).items()
            for key, expected in block.items()
        )
    )


def _either(statement: Mapping[str, Any], element: str, test: Callable[[Any], bool]) -> bool:
    """Return whether the element (or its Not... form) matches; without either, everything does."""
    if element in statement:
        return test(statement[element])
    negated = f"Not{element}"
    return not test(statement[negated]) if negated in statement else True


def _is_principal(principal: Any, request: Request) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    services = _list(principal.get("Service"))
    accounts = _list(principal.get("AWS"))
    return request.service in services or "*" in services or "*" in accounts


def _any_like(patterns: Any, text: str, fold: bool = False) -> bool:
    return any(like(p.lower() if fold else p, text) for p in _list(patterns))


@lru_cache(maxsize=1024)
def like(pattern: str, text: str) -> bool:
    """Return whether IAM's wildcards match: ``*`` any characters, ``?`` one. Takes linear time."""
    at = start = 0
    star, mark = -1, 0
    while start < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, start
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[start]):
            at, start = at + 1, start + 1
        elif star >= 0:
            mark += 1
            at, start = star + 1, mark
        else:
            return False
    return set(pattern[at:]) <= {"*"}


def _equals(expected: str, value: str) -> bool:
    return expected == value


def _equals_folded(expected: str, value: str) -> bool:
    return expected.lower() == value.lower()


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_folded,
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": _equals_folded,
}


def _holds(operator: str, key: str, expected: Any, context: Mapping[str, str]) -> bool:
    base = operator.split(":")[-1]
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    value = context.get(key.lower())
    if base == "Null":
        return (value is None) == (str(_list(expected)[0]).lower() == "true")
    negated = "Not" in base
    if value is None:
        return if_exists or negated or operator.startswith("ForAllValues:")
    test = _TESTS.get(base.replace("Not", ""))
    if test is None:
        return False
    return any(test(_text(each), value) for each in _list(expected)) is not negated


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]
