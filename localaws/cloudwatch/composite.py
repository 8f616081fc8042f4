"""Alarm rules of composite alarms (CloudWatch API, PutCompositeAlarm).

``ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(arn))``, TRUE, FALSE,
``AT_LEAST(2, ALARM, (a, b, c))``, ``AT_LEAST(50%, NOT OK, (a, b))``. NOT binds tightest, then
AND, then OR. A name without quotes ends at white space, a comma or a parenthesis.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

from lark import Lark, Token
from lark.exceptions import UnexpectedInput
from lark.visitors import Transformer, v_args

from localaws.cloudwatch.evaluation import State

MAX_CHILDREN = 100

GRAMMAR = r"""
start: either
?either: both | either _OR both -> any_of
?both: denied | both _AND denied -> all_of
?denied: primary | NOT denied -> negate
?primary: "(" either ")" | TRUE -> constant | FALSE -> constant
        | STATE "(" name ")" -> state
        | _AT_LEAST "(" COUNT "," condition "," "(" name ("," name)* ")" ")" -> at_least
condition: NOT? STATE
name: QUOTED | BARE
TRUE.3: /TRUE\b/i
FALSE.3: /FALSE\b/i
_OR.3: /OR\b/i
_AND.3: /AND\b/i
NOT.3: /NOT\b/i
_AT_LEAST.3: /AT_LEAST\b/i
STATE.3: /(ALARM|OK|INSUFFICIENT_DATA)\b/i
COUNT.3: /"?[0-9]{1,3}%?"?/
QUOTED: /"[^"]+"/
BARE: /[^\s"(),]+/
%ignore /\s+/
"""


class RuleError(ValueError):
    """The text is not an alarm rule; the message says where the error is."""


type Lookup = Callable[[str], State | None]
type Step = Callable[[list[bool], Lookup], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: a flat program, so that deep nesting cannot exhaust Python's stack."""

    program: tuple[Step, ...]
    children: frozenset[str]

    def holds(self, state_of: Lookup) -> bool:
        """Return whether the rule is true; ``state_of(name)`` is None for a missing alarm."""
        stack: list[bool] = []
        for step in self.program:
            step(stack, state_of)
        return stack[0]


def alarm_name(name_or_arn: str) -> str:
    """Return the name in an alarm's name or ARN."""
    if name_or_arn.startswith("arn:"):
        return name_or_arn.split(":alarm:", 1)[-1]
    return name_or_arn


def compile_rule(text: str) -> Rule:
    """Compile an AlarmRule. Raises RuleError."""
    try:
        program, children = cast(_Part, _parser().parse(text))
    except UnexpectedInput as error:
        place = cast(int, error.pos_in_stream)
        rest = text[place : place + 12]
        raise RuleError(f"AlarmRule must not contain invalid syntax near {rest!r}") from None
    if len(children) > MAX_CHILDREN:
        raise RuleError(f"AlarmRule names {len(children)} alarms: at most {MAX_CHILDREN}")
    return Rule(program, children)


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Builder())


type _Part = tuple[tuple[Step, ...], frozenset[str]]


def _or(stack: list[bool], _: Lookup) -> None:
    stack[-2:] = [stack[-2] or stack[-1]]


def _and(stack: list[bool], _: Lookup) -> None:
    stack[-2:] = [stack[-2] and stack[-1]]


def _not(stack: list[bool], _: Lookup) -> None:
    stack[-1] = not stack[-1]


@v_args(inline=True)
class _Builder(Transformer[Token, _Part]):
    def start(self, part: _Part) -> _Part:
        return part

    def any_of(self, left: _Part, right: _Part) -> _Part:
        return (*left[0], *right[0], _or), left[1] | right[1]

    def all_of(self, left: _Part, right: _Part) -> _Part:
        return (*left[0], *right[0], _and), left[1] | right[1]

    def negate(self, _word: Token, part: _Part) -> _Part:
        return (*part[0], _not), part[1]

    def constant(self, token: Token) -> _Part:
        value = token.type == "TRUE"
        return (lambda stack, _: stack.append(value),), frozenset()

    def name(self, token: Token) -> str:
        return alarm_name(str(token).strip('"'))

    def condition(self, *tokens: Token) -> tuple[str, bool]:
        return str(tokens[-1]).upper(), len(tokens) == 1

    def state(self, state: Token, name: str) -> _Part:
        expected = str(state).upper()
        return (lambda stack, state_of: stack.append(state_of(name) == expected),), frozenset(
            {name}
        )

    def at_least(self, count: Token, condition: tuple[str, bool], *names: str) -> _Part:
        digits = str(count).strip('"')
        state, expected = condition
        needed = math.ceil(int(digits[:-1]) / 100 * len(names)) if "%" in digits else int(digits)

        def step(stack: list[bool], state_of: Lookup) -> None:
            met = sum((state_of(name) == state) is expected for name in names)
            stack.append(met >= needed)

        return (step,), frozenset(names)
