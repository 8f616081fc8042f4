"""The rule of a composite alarm as a tree, and its truth where states are known only in part.

Source: CloudWatch API reference, PutCompositeAlarm (AlarmRule).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, negation, truth

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")

StateOf = Callable[[str, str], Truth]
"""Returns whether an alarm (name or ARN) is in a state."""


@dataclass(frozen=True, slots=True)
class InState:
    """ALARM(x), OK(x) or INSUFFICIENT_DATA(x)"""

    state: str
    alarm: str


@dataclass(frozen=True, slots=True)
class Constant:
    """TRUE or FALSE"""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """NOT x"""

    rule: "Rule"


@dataclass(frozen=True, slots=True)
class And:
    """x AND y AND ..."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """x OR y OR ..."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """AT_LEAST(amount, state, (x, y, ...)).

    `percent`: the amount is a percentage of the alarms, not a count. `negated`: NOT state.
    """

    amount: int
    percent: bool
    negated: bool
    state: str
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftToRight:
    """x AND y OR z ..., evaluated from left to right: `steps` are (AND or OR, operand)."""

    first: "Rule"
    steps: tuple[tuple[str, "Rule"], ...]


Rule = InState | Constant | Not | And | Or | AtLeast | LeftToRight


def alarms(rule: Rule) -> Iterator[str]:
    """Yield the alarms to which the rule refers, by name or ARN as written."""
    match rule:
        case InState():
            yield rule.alarm
        case AtLeast():
            yield from rule.alarms
        case Not():
            yield from alarms(rule.rule)
        case And() | Or():
            for part in rule.rules:
                yield from alarms(part)
        case LeftToRight():
            for part in (rule.first, *(operand for _, operand in rule.steps)):
                yield from alarms(part)


def holds(rule: Rule, state_of: StateOf) -> Truth:
    """Return whether the rule is true."""
    match rule:
        case InState():
            return state_of(rule.alarm, rule.state)
        case Constant():
            return truth(rule.value)
        case Not():
            return negation(holds(rule.rule, state_of))
        case And():
            return conjunction(holds(part, state_of) for part in rule.rules)
        case Or():
            return disjunction(holds(part, state_of) for part in rule.rules)
        case AtLeast():
            return _at_least(rule, state_of)
        case LeftToRight():
            return _left_to_right(rule, state_of)


def _left_to_right(rule: LeftToRight, state_of: StateOf) -> Truth:
    value = holds(rule.first, state_of)
    for operator, operand in rule.steps:
        both = (value, holds(operand, state_of))
        value = conjunction(both) if operator == "AND" else disjunction(both)
    return value


def _at_least(rule: AtLeast, state_of: StateOf) -> Truth:
    values = [state_of(alarm, rule.state) for alarm in rule.alarms]
    if rule.negated:
        values = [negation(value) for value in values]
    surely = sum(value.is_yes for value in values)
    possibly = sum(not value.is_no for value in values)
    if _is_enough(rule, surely):
        return YES
    if not _is_enough(rule, possibly):
        return NO
    return Truth(1, frozenset(doubt for value in values for doubt in value.doubts))


def _is_enough(rule: AtLeast, count: int) -> bool:
    if rule.percent:
        return count * 100 >= rule.amount * len(rule.alarms)
    return count >= rule.amount
