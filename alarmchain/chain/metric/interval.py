"""Interval arithmetic: numbers of which only bounds are known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf, isnan

from alarmchain.chain.api_item import figure


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`; an open end itself is excluded.

    An end is open for the Average, for instance: zeros lower it, but never to 0.
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low, self.high_open, self.low_open)

    def __str__(self) -> str:
        """Return the interval in words, for a message after "is" or "to"."""
        low, high = figure(self.low), figure(self.high)
        if self.low == self.high:
            return low
        if (self.low, self.high) == (-inf, inf):
            return "any value"
        if self.low == -inf:
            return f"less than {high}" if self.high_open else f"{high} or less"
        if self.high == inf:
            return f"more than {low}" if self.low_open else f"{low} or more"
        if not self.low_open and not self.high_open:
            return f"between {low} and {high}"
        above = f"more than {low}" if self.low_open else f"at least {low}"
        return f"{above} and " + (f"less than {high}" if self.high_open else f"at most {high}")

    @property
    def exact(self) -> float | None:
        """The number, if there is only one."""
        return self.low if self.low == self.high else None


ANY = Interval(-inf, inf)
FALSE, TRUE, EITHER = Interval(0, 0), Interval(1, 1), Interval(0, 1)


def exactly(value: float) -> Interval:
    """Return the interval of one number."""
    return Interval(value, value)


def span(values: Iterable[float]) -> Interval:
    """Return the closed interval around the values; ANY if a float cannot hold them."""
    known = tuple(values)
    if any(isnan(value) for value in known) or min(known) == inf or max(known) == -inf:
        return ANY
    return Interval(min(known), max(known))


def hull(*intervals: Interval) -> Interval:
    """Return the closed interval around all of them."""
    return span(end for interval in intervals for end in (interval.low, interval.high))


def add(left: Interval, right: Interval) -> Interval:
    """Return left + right."""
    return span((left.low + right.low, left.high + right.high))


def subtract(left: Interval, right: Interval) -> Interval:
    """Return left - right."""
    return add(left, -right)


def multiply(left: Interval, right: Interval) -> Interval:
    """Return left * right. An infinite end stands for some finite number, so 0 times it is 0."""
    ends = ((a, b) for a in (left.low, left.high) for b in (right.low, right.high))
    return span(0.0 if 0 in (a, b) else a * b for a, b in ends)


def divide(left: Interval, right: Interval) -> Interval | None:
    """Return left / right, None if that is a division by zero.

    Raises ZeroDivisionError if it may be one.
    """
    if right.low <= 0 <= right.high:
        if right.exact == 0:
            return None
        raise ZeroDivisionError
    return multiply(left, hull(exactly(1 / right.low), exactly(1 / right.high)))


def monotone(function: Callable[[float], float], operand: Interval) -> Interval:
    """Return the result of a function that never decreases: its values at the ends."""
    return span(end if abs(end) == inf else function(end) for end in (operand.low, operand.high))


def maximum(intervals: Iterable[Interval]) -> Interval:
    """Return the maximum of one number from each interval."""
    known = tuple(intervals)
    return Interval(max(each.low for each in known), max(each.high for each in known))


def less(left: Interval, right: Interval) -> bool | None:
    """Return whether left < right: True for all their numbers, False for none, None for some."""
    if left.high < right.low or (left.high == right.low and (left.high_open or right.low_open)):
        return True
    return False if left.low >= right.high else None


def compare(sign: str, left: Interval, right: Interval) -> bool | None:
    """Return whether `left sign right`: True for all their numbers, False for none, None for some.

    `sign`: one of < <= > >= == !=
    """
    if sign == "<":
        return less(left, right)
    if sign == ">":
        return less(right, left)
    if sign in ("<=", ">="):
        return _not(less(right, left) if sign == "<=" else less(left, right))
    equal = _equal(left, right)
    return equal if sign == "==" else _not(equal)


def _equal(left: Interval, right: Interval) -> bool | None:
    if less(left, right) or less(right, left):
        return False
    return True if left.exact is not None and left.exact == right.exact else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
