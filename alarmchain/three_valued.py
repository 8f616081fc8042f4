"""Kleene's three-valued logic: yes, no, and unknown with its reasons."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """One truth value. `level` is 0 for no, 1 for unknown, 2 for yes; `doubts` hold the reasons
    for an unknown.

    It cannot be used as a bool, so that an unknown is never taken for a yes or a no.
    """

    level: int
    doubts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values: use is_yes, is_no or is_unknown")

    @property
    def is_yes(self) -> bool:
        """Return whether it is certainly true."""
        return self.level == 2

    @property
    def is_no(self) -> bool:
        """Return whether it is certainly false."""
        return self.level == 0

    @property
    def is_unknown(self) -> bool:
        """Return whether it may be true or false."""
        return self.level == 1


NO = Truth(0)
YES = Truth(2)


def doubt(reason: str) -> Truth:
    """Return an unknown truth with this reason."""
    return Truth(1, frozenset((reason,)))


def truth(value: bool) -> Truth:
    """Return YES or NO."""
    return YES if value else NO


def negation(operand: Truth) -> Truth:
    """Return the Kleene "not": an unknown stays unknown, with its doubts."""
    return Truth(2 - operand.level, operand.doubts)


def conjunction(operands: Iterable[Truth]) -> Truth:
    """Return the Kleene "and": no if an operand is no, else unknown with all doubts, else yes."""
    return _fold(operands, NO, YES)


def disjunction(operands: Iterable[Truth]) -> Truth:
    """Return the Kleene "or": yes if an operand is yes, else unknown with all doubts, else no."""
    return _fold(operands, YES, NO)


def _fold(operands: Iterable[Truth], decisive: Truth, otherwise: Truth) -> Truth:
    """Return `decisive` at the first operand that equals it, else `otherwise` without any doubt."""
    doubts: frozenset[str] = frozenset()
    for operand in operands:
        if operand.level == decisive.level:
            return decisive
        doubts |= operand.doubts
    return Truth(1, doubts) if doubts else otherwise
