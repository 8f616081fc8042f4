"""Metric math on series of which only bounds are known: operators, and functions of one number.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics".
"""

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
"""The user guide's types S, TS and TS[]."""

ZERO = exactly(0)
Operation = Callable[..., Interval | None]


def lift(operation: Operation, *operands: Single) -> Single:
    """Apply an operation on numbers period by period.

    A series without a value counts as 0 in a period where another series has a value.
    """
    if not any(isinstance(operand, Series) for operand in operands):
        result = operation(*operands)
        if result is None:
            raise Undecided("its expression divides by zero")
        return result
    return Series(
        event=_at([in_event(operand) for operand in operands], operation),
        rest=_at([in_rest(operand) for operand in operands], operation),
    )


def in_event(value: Single) -> Point | Scalar:
    """Return the operand's point in the event's period."""
    return value.event if isinstance(value, Series) else value


def in_rest(value: Single) -> Point | Scalar:
    """Return the operand's point in all other periods."""
    return value.rest if isinstance(value, Series) else value


def _at(operands: Sequence[Point | Scalar], operation: Operation) -> Point:
    points = [operand for operand in operands if isinstance(operand, Point)]
    if all(point.value is None for point in points):
        return ABSENT
    alone = len(points) == 1
    result = operation(*(bounds(operand, alone) for operand in operands))
    return ABSENT if result is None else Point(result, any(point.certain for point in points))


def bounds(operand: Point | Scalar, alone: bool) -> Interval:
    """Return the operand's number; 0 where it has none, unless it is the only series (`alone`)."""
    if isinstance(operand, Interval):
        return operand
    if operand.value is None:
        return ZERO
    return operand.value if operand.certain or alone else hull(operand.value, ZERO)


def quotient(left: Interval, right: Interval) -> Interval | None:
    """Return left / right; raises Undecided if it may be a division by zero."""
    try:
        return divide(left, right)
    except ZeroDivisionError:
        raise Undecided("its expression may divide by zero") from None


def comparison(sign: str) -> Operation:
    """Return the comparison operator as an operation with the result 1 or 0."""

    def compared(left: Interval, right: Interval) -> Interval:
        return _flag(compare(sign, left, right))

    return compared


def _flag(value: bool | None) -> Interval:
    return {True: TRUE, False: FALSE, None: EITHER}[value]


def holds(value: Interval) -> bool | None:
    """Return whether a number is true: any but 0."""
    return compare("!=", value, ZERO)


def conjunction(left: Interval, right: Interval) -> Interval:
    """Return left AND right."""
    both = (holds(left), holds(right))
    return FALSE if False in both else EITHER if None in both else TRUE


def disjunction(left: Interval, right: Interval) -> Interval:
    """Return left OR right."""
    both = (holds(left), holds(right))
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


def operate(sign: str, left: Value, right: Value) -> Value:
    """Apply a binary operator; on an array it applies to each of its series."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        raise Undecided("its expression combines two arrays")
    if isinstance(left, tuple):
        return tuple(as_series(operate(sign, series, right)) for series in left)
    if isinstance(right, tuple):
        return tuple(as_series(operate(sign, left, series)) for series in right)
    return lift(OPERATORS[sign], left, right)


def each(operation: Operation, value: Value) -> Value:
    """Apply a function of one number; on an array it applies to each of its series."""
    if isinstance(value, tuple):
        return tuple(as_series(lift(operation, series)) for series in value)
    return lift(operation, value)


def as_series(value: Value) -> Series:
    """Return the value; raises Undecided if it is not one series."""
    if not isinstance(value, Series):
        raise Undecided("its expression needs a time series where it has another value")
    return value


def absolute(value: Interval) -> Interval:
    """Return ABS of the value."""
    if value.low >= 0:
        return value
    return -value if value.high <= 0 else hull(ZERO, exactly(max(-value.low, value.high)))


def ceiling(value: Interval) -> Interval:
    """Return CEIL of the value."""
    return monotone(ceil, value)


def flooring(value: Interval) -> Interval:
    """Return FLOOR of the value."""
    return monotone(floor, value)
