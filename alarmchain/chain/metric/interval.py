"""Numbers of which only bounds are known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf, isnan


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`; an open end is itself excluded (as for Average, which
    zeros pull below the event's value but never to 0)."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low, self.high_open, self.low_open)

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:.10g}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{left}{self.low:.10g}, {self.high:.10g}{right}"

    @property
    def exact(self) -> float | None:
        """The number, where there is only one."""
        return self.low if self.low == self.high else None


ANY = Interval(-inf, inf)
FALSE, TRUE, EITHER = Interval(0, 0), Interval(1, 1), Interval(0, 1)


def exactly(value: float) -> Interval:
    """One number."""
    return Interval(value, value)


def span(values: Iterable[float]) -> Interval:
    """The closed interval around the values; anything, where they went beyond what floats hold."""
    known = tuple(values)
    if any(isnan(value) for value in known) or min(known) == inf or max(known) == -inf:
        return ANY
    return Interval(min(known), max(known))


def hull(*intervals: Interval) -> Interval:
    """The closed interval around all of them."""
    return span(end for one in intervals for end in (one.low, one.high))


def add(one: Interval, other: Interval) -> Interval:
    """one + other"""
    return span((one.low + other.low, one.high + other.high))


def subtract(one: Interval, other: Interval) -> Interval:
    """one - other"""
    return add(one, -other)


def multiply(one: Interval, other: Interval) -> Interval:
    """one * other, where 0 times anything is 0: the unbounded ends stand for some number."""
    ends = ((a, b) for a in (one.low, one.high) for b in (other.low, other.high))
    return span(0.0 if 0 in (a, b) else a * b for a, b in ends)


def divide(one: Interval, other: Interval) -> Interval | None:
    """one / other; None where that is a division by zero, ZeroDivisionError where it may be."""
    if other.low <= 0 <= other.high:
        if other.exact == 0:
            return None
        raise ZeroDivisionError
    return multiply(one, hull(exactly(1 / other.low), exactly(1 / other.high)))


def monotone(function: Callable[[float], float], one: Interval) -> Interval:
    """A function that never falls, applied to the ends."""
    return span(end if abs(end) == inf else function(end) for end in (one.low, one.high))


def maximum(intervals: Iterable[Interval]) -> Interval:
    """The greatest of one number out of each."""
    known = tuple(intervals)
    return Interval(max(one.low for one in known), max(one.high for one in known))


def less(one: Interval, other: Interval) -> bool | None:
    """one < other: True for all their numbers, False for none, None for some."""
    if one.high < other.low or (one.high == other.low and (one.high_open or other.low_open)):
        return True
    return False if one.low >= other.high else None


def compare(sign: str, one: Interval, other: Interval) -> bool | None:
    """`one sign other` for `<`, `<=`, `>`, `>=`, `==`, `!=`: True for all, False for none, None."""
    if sign == "<":
        return less(one, other)
    if sign == ">":
        return less(other, one)
    if sign in ("<=", ">="):
        return _not(less(other, one) if sign == "<=" else less(one, other))
    equal = _equal(one, other)
    return equal if sign == "==" else _not(equal)


def _equal(one: Interval, other: Interval) -> bool | None:
    if less(one, other) or less(other, one):
        return False
    return True if one.exact is not None and one.exact == other.exact else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
