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


class Automata:
    """Chains of items that read the same text side by side, as one set of states.

    The chains are laid one after the other. Bit n of a set of states is the state before position
    n. A position takes one character of its set, may be skipped if it is optional, and is kept if
    it loops. The bit after a chain's last position is its final state.
    """

    __slots__ = ("_blocks", "_ends", "_loops", "_masks", "_sets", "_starts", "finals", "start")

    def __init__(self, chains: Iterable[Iterable[Item]]) -> None:
        self._sets: dict[Chars, int] = {}
        self._masks: dict[str, int] = {}
        self._loops = 0
        self.finals: list[int] = []
        """The final state of each chain, as a bit."""
        optional = start = at = 0
        for items in chains:
            start |= 1 << at
            for item in items:
                bits = ((1 << item.positions) - 1) << at
                self._sets[item.chars] = self._sets.get(item.chars, 0) | bits
                optional |= bits & ~((1 << (at + item.least)) - 1)
                at += item.positions
                if item.most is None:
                    self._loops |= 1 << (at - 1)
            self.finals.append(1 << at)
            at += 1
        # Runs of optional places: their first ones, and the places behind their last ones.
        self._starts = optional & ~(optional << 1)
        self._ends = (optional << 1) & ~optional
        self._blocks = optional << 1
        self.start = self._skip(start)

    @property
    def sets(self) -> Iterable[Chars]:
        """The sets of characters that the places take from."""
        return self._sets.keys()

    def _skip(self, states: int) -> int:
        """Add what is reached by skipping optional places.

        In each run the subtraction borrows up to the lowest state (a guard is set at the end), so
        the bits that then differ are those above it. Source of the trick: Navarro and Raffinot,
        "Flexible Pattern Matching in Strings", 4.2.
        """
        guarded = states | self._ends
        return states | (self._blocks & (~(guarded - self._starts) ^ guarded))

    def takes(self, char: str) -> int:
        """Return the states from which a chain goes on with this character."""
        mask = self._masks.get(char)
        if mask is None:
            mask = 0
            for chars, places in self._sets.items():
                if char in chars:
                    mask |= places
            self._masks[char] = mask
        return mask

    def step(self, states: int, char: str) -> int:
        """Return the states after one more character; 0 where no chain goes on."""
        return self.after(states & self.takes(char))

    def after(self, taken: int) -> int:
        """Return the states behind those from which a character was taken."""
        return self._skip((taken & ~self._loops) << 1 | (taken & self._loops)) if taken else 0

    def read(self, text: str) -> int:
        """Return the states after the whole text."""
        states = self.start
        for char in text:
            states = self.step(states, char)
            if not states:
                break
        return states


class Automaton:
    """Tells whether the whole of a text is a chain of items."""

    __slots__ = ("_chain",)

    def __init__(self, items: Iterable[Item]) -> None:
        self._chain = Automata((items,))

    def matches(self, text: str) -> bool:
        """Return whether the whole of `text` is accepted."""
        return bool(self._chain.read(text) & self._chain.finals[0])
