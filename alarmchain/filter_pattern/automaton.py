"""A chain of characters with repeats, run as a set of places on bit sets.

One step costs a handful of operations on integers as wide as the chain, whatever the text: time is
proportional to expression x text and nothing ever backtracks.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chars:
    """A set of characters, or with `negated` all but those."""

    members: frozenset[str]
    negated: bool = False

    def __contains__(self, char: str) -> bool:
        return (char in self.members) != self.negated

    def __or__(self, other: "Chars") -> "Chars":
        if self.negated and other.negated:
            return Chars(self.members & other.members, negated=True)
        if self.negated or other.negated:
            negated, plain = (self, other) if self.negated else (other, self)
            return Chars(negated.members - plain.members, negated=True)
        return Chars(self.members | other.members)


EVERY = Chars(frozenset(), negated=True)


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a chain: a character out of `chars`, `least` to `most` times (None: no end)."""

    chars: Chars
    least: int = 1
    most: int | None = 1

    @property
    def places(self) -> int:
        """How many places the item takes once its repeats are unrolled."""
        return self.least + 1 if self.most is None else self.most


ANYTHING = Item(EVERY, 0, None)
"""Any run of characters."""


class Automaton:
    """Tells whether the whole of a text is a chain of items.

    Bit n of a set of states stands before place n of the unrolled chain; a place takes one
    character out of its set, may be skipped where it is optional, and is kept where it loops.
    """

    __slots__ = ("_blocks", "_ends", "_final", "_loops", "_masks", "_sets", "_start", "_starts")

    def __init__(self, items: Iterable[Item]) -> None:
        self._sets: dict[Chars, int] = {}
        self._masks: dict[str, int] = {}
        self._loops = 0
        optional = 0
        at = 0
        for item in items:
            bits = ((1 << item.places) - 1) << at
            self._sets[item.chars] = self._sets.get(item.chars, 0) | bits
            optional |= bits & ~((1 << (at + item.least)) - 1)
            at += item.places
            if item.most is None:
                self._loops |= 1 << (at - 1)
        self._final = 1 << at
        # Runs of optional places: their first ones, and the places behind their last ones.
        self._starts = optional & ~(optional << 1)
        self._ends = (optional << 1) & ~optional
        self._blocks = optional << 1
        self._start = self._skip(1)

    def _skip(self, states: int) -> int:
        """Adds what is reached by skipping optional places.

        In each run the subtraction borrows up to the lowest state (the end stands guard), so the
        bits that then differ are those above it. Source of the trick: Navarro and Raffinot,
        "Flexible Pattern Matching in Strings", 4.2.
        """
        guarded = states | self._ends
        return states | (self._blocks & (~(guarded - self._starts) ^ guarded))

    def _takes(self, char: str) -> int:
        mask = self._masks.get(char)
        if mask is None:
            mask = 0
            for chars, places in self._sets.items():
                if char in chars:
                    mask |= places
            self._masks[char] = mask
        return mask

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is accepted."""
        states = self._start
        for char in text:
            taken = states & self._takes(char)
            if not taken:
                return False
            states = self._skip((taken & ~self._loops) << 1 | (taken & self._loops))
        return bool(states & self._final)
