"""Match a sequence of characters with repeats by simulating an automaton on bit sets.

Each character of the text costs a few operations on integers as wide as the automaton. So the time
is proportional to the length of the expression times that of the text; it never backtracks.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chars:
    """The characters in `members`, or all others if `negated` is true."""

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
    """A character of `chars`, repeated `least` to `most` times (None: without limit)."""

    chars: Chars
    least: int = 1
    most: int | None = 1

    @property
    def positions(self) -> int:
        """The number of positions that the item needs when its repeats are unrolled."""
        return self.least + 1 if self.most is None else self.most


ANYTHING = Item(EVERY, 0, None)
"""Any characters, also none."""


class Automaton:
    """Tests whether a whole text is a sequence of items.

    The repeats are unrolled into positions. Bit n of a set of states means "before position n". A
    position accepts one character of its set. Optional positions may be skipped; looping ones may
    repeat.
    """

    __slots__ = ("_blocks", "_ends", "_final", "_loops", "_masks", "_sets", "_start", "_starts")

    def __init__(self, items: Iterable[Item]) -> None:
        self._sets: dict[Chars, int] = {}
        self._masks: dict[str, int] = {}
        self._loops = 0
        optional = 0
        position = 0
        for item in items:
            bits = ((1 << item.positions) - 1) << position
            self._sets[item.chars] = self._sets.get(item.chars, 0) | bits
            optional |= bits & ~((1 << (position + item.least)) - 1)
            position += item.positions
            if item.most is None:
                self._loops |= 1 << (position - 1)
        self._final = 1 << position
        # For each run of optional positions: its first position, and the one after its last.
        self._starts = optional & ~(optional << 1)
        self._ends = (optional << 1) & ~optional
        self._blocks = optional << 1
        self._start = self._skip(1)

    def _skip(self, states: int) -> int:
        """Return the states and those that are reached by skipping optional positions.

        In each run the subtraction borrows up to the lowest state, and never beyond the bit after
        the run. So the bits that change are those above the lowest state. Source: Navarro and
        Raffinot, "Flexible Pattern Matching in Strings", section 4.2.
        """
        guarded = states | self._ends
        return states | (self._blocks & (~(guarded - self._starts) ^ guarded))

    def _accepting(self, char: str) -> int:
        """Return the positions that accept the character."""
        mask = self._masks.get(char)
        if mask is None:
            mask = 0
            for chars, positions in self._sets.items():
                if char in chars:
                    mask |= positions
            self._masks[char] = mask
        return mask

    def matches(self, text: str) -> bool:
        """Return whether the whole text is accepted."""
        states = self._start
        for char in text:
            taken = states & self._accepting(char)
            if not taken:
                return False
            states = self._skip((taken & ~self._loops) << 1 | (taken & self._loops))
        return bool(states & self._final)
