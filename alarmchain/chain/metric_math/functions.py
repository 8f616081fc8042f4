"""Metric math on series of which only bounds are known: operators, and functions of one number."""

from collections.abc import Callable, Sequence
from math import ceil, floor

from alarmchain.chain.metric.interval import (
    EITHER,
    FALSE,
    TRUE,
    Interval,
    add,
    compare,
    divide,
    exactly,
    hull,
    monotone,
    multiply,
    subtract,
)
from alarmchain.chain.metric.time_series import ABSENT, Point, Series, Undecided

Scalar = Interval
Single = Scalar | Series
Value = Scalar | Series | tuple[Series, ...]
"""S, TS and TS[] of the user guide."""

ZERO = exactly(0)
Operation = Callable[..., Interval | None]


def lift(operation: Operation, *operands: Single) -> Single:
    """An operation on numbers, period by period. A series that has no value where another has
    one counts as 0 there."""
    if not any(isinstance(one, Series) for one in operands):
        result = operation(*operands)
        if result is None:
            raise Undecided("its expression divides by zero")
        return result
    return Series(
        event=_at([in_event(one) for one in operands], operation),
        rest=_at([in_rest(one) for one in operands], operation),
    )


def in_event(value: Single) -> Point | Scalar:
    """What an operand is in the event's period."""
    return value.event if isinstance(value, Series) else value


def in_rest(value: Single) -> Point | Scalar:
    """What an operand is in all other periods."""
    return value.rest if isinstance(value, Series) else value


def _at(operands: Sequence[Point | Scalar], operation: Operation) -> Point:
    points = [one for one in operands if isinstance(one, Point)]
    if all(one.value is None for one in points):
        return ABSENT
    alone = len(points) == 1
    result = operation(*(bounds(one, alone) for one in operands))
    return ABSENT if result is None else Point(result, any(one.certain for one in points))


def bounds(operand: Point | Scalar, alone: bool) -> Interval:
    """The operand's number: 0 where it has none, unless no other series would give a point."""
    if isinstance(operand, Interval):
        return operand
    if operand.value is None:
        return ZERO
    return operand.value if operand.certain or alone else hull(operand.value, ZERO)


def quotient(one: Interval, other: Interval) -> Interval | None:
    """one / other; Undecided where it may be a division by zero."""
    try:
        return divide(one, other)
    except ZeroDivisionError:
        raise Undecided("its expression may divide by zero") from None


def comparison(sign: str) -> Operation:
    """The operator as 1 for true and 0 for false."""

    def compared(one: Interval, other: Interval) -> Interval:
        return _flag(compare(sign, one, other))

    return compared


def _flag(value: bool | None) -> Interval:
    return {True: TRUE, False: FALSE, None: EITHER}[value]


def holds(value: Interval) -> bool | None:
    """Whether a number is true: any but 0."""
    return compare("!=", value, ZERO)


def conjunction(one: Interval, other: Interval) -> Interval:
    """AND"""
    both = (holds(one), holds(other))
    return FALSE if False in both else EITHER if None in both else TRUE


def disjunction(one: Interval, other: Interval) -> Interval:
    """OR"""
    both = (holds(one), holds(other))
    return TRUE if True in both else EITHER if None in both else FALSE


OPERATORS: dict[str, Operation] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": quotient,
    **{sign: comparison(sign) for sign in ("==", "!=", "<=", ">=", "<", ">")},
    "AND": conjunction,
    "&&": conjunction,
    "OR": disjunction,
    "||": disjunction,
}


def operate(sign: str, one: Value, other: Value) -> Value:
    """A binary operator; on an array it works on each of its series."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        raise Undecided("its expression combines two arrays")
    if isinstance(one, tuple):
        return tuple(as_series(operate(sign, member, other)) for member in one)
    if isinstance(other, tuple):
        return tuple(as_series(operate(sign, one, member)) for member in other)
    return lift(OPERATORS[sign], one, other)


def each(operation: Operation, value: Value) -> Value:
    """A function of one number, on every series of an array too."""
    if isinstance(value, tuple):
        return tuple(as_series(lift(operation, one)) for one in value)
    return lift(operation, value)


def as_series(value: Value) -> Series:
    """The value, which must be one series."""
    if not isinstance(value, Series):
        raise Undecided("its expression has something else where one series belongs")
    return value


def absolute(value: Interval) -> Interval:
    """ABS"""
    if value.low >= 0:
        return value
    return -value if value.high <= 0 else hull(ZERO, exactly(max(-value.low, value.high)))


def ceiling(value: Interval) -> Interval:
    """CEIL"""
    return monotone(ceil, value)


def flooring(value: Interval) -> Interval:
    """FLOOR"""
    return monotone(floor, value)
