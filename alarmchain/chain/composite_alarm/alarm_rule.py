"""The rule of a composite alarm as a tree, and its truth when states are known in part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, negation, truth

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")

StateOf = Callable[[str, str], Truth]
"""Of an alarm (name or ARN) and a state: whether it is in that state."""


@dataclass(frozen=True, slots=True)
class InState:
    """ALARM(x), OK(x) or INSUFFICIENT_DATA(x)"""

    state: str
    alarm: str


@dataclass(frozen=True, slots=True)
class Always:
    """TRUE or FALSE"""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """NOT x"""

    rule: "Rule"


@dataclass(frozen=True, slots=True)
class Both:
    """x AND y AND ..."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """x OR y OR ..."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """AT_LEAST(amount, state, (x, y, ...)): `percent` of them or so many; `negated`: NOT state."""

    amount: int
    percent: bool
    negated: bool
    state: str
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InTurn:
    """x AND y OR z ..., read from left to right: `steps` are (AND or OR, operand)."""

    first: "Rule"
    steps: tuple[tuple[str, "Rule"], ...]


Rule = InState | Always | Not | Both | Either | AtLeast | InTurn


def alarms(rule: Rule) -> Iterator[str]:
    """The alarms to which the rule refers, by name or ARN as written."""
    match rule:
        case InState():
            yield rule.alarm
        case AtLeast():
            yield from rule.alarms
        case Not():
            yield from alarms(rule.rule)
        case Both() | Either():
            for part in rule.rules:
                yield from alarms(part)
        case InTurn():
            for part in (rule.first, *(operand for _, operand in rule.steps)):
                yield from alarms(part)


def holds(rule: Rule, state_of: StateOf) -> Truth:
    """Whether the rule is true."""
    match rule:
        case InState():
            return state_of(rule.alarm, rule.state)
        case Always():
            return truth(rule.value)
        case Not():
            return negation(holds(rule.rule, state_of))
        case Both():
            return conjunction(holds(part, state_of) for part in rule.rules)
        case Either():
            return disjunction(holds(part, state_of) for part in rule.rules)
        case AtLeast():
            return _at_least(rule, state_of)
        case InTurn():
            return _in_turn(rule, state_of)


def _in_turn(rule: InTurn, state_of: StateOf) -> Truth:
    found = holds(rule.first, state_of)
    for operator, operand in rule.steps:
        both = (found, holds(operand, state_of))
        found = conjunction(both) if operator == "AND" else disjunction(both)
    return found


def _at_least(rule: AtLeast, state_of: StateOf) -> Truth:
    found = [state_of(alarm, rule.state) for alarm in rule.alarms]
    if rule.negated:
        found = [negation(one) for one in found]
    surely = sum(one.is_yes for one in found)
    maybe = sum(one.level > 0 for one in found)
    if _enough(rule, surely):
        return YES
    if not _enough(rule, maybe):
        return NO
    return Truth(1, frozenset(word for one in found for word in one.doubts))


def _enough(rule: AtLeast, count: int) -> bool:
    if rule.percent:
        return count * 100 >= rule.amount * len(rule.alarms)
    return count >= rule.amount
