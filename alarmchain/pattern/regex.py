"""The regular expressions of filter patterns: `%...%`.

The dialect has no groups, so an expression is a choice of plain sequences and a sequence is a
chain of characters with repeats. It is run as a small non-deterministic automaton on bit sets, in
time proportional to expression x text; nothing of it ever reaches a backtracking engine.
Source of the dialect: CloudWatch Logs user guide, "Supported regular expressions syntax".
"""

import string
from dataclasses import dataclass, field
from functools import lru_cache

_LETTERS_DIGITS = frozenset(string.ascii_letters + string.digits)
ORDINARY = _LETTERS_DIGITS | frozenset(":_#=@/;,-")
OPERATORS = frozenset("^$?[]{}|\\*+.")
_DIGIT = frozenset(string.digits)
_CLASSES = {"d": _DIGIT, "s": frozenset(" \t\n\r\f\v"), "w": _LETTERS_DIGITS | {"_"}}
MOST_STATES = 2_000
"""Repeats are unrolled; an expression that needs more states than this is not decided."""


@dataclass(frozen=True, slots=True)
class Chars:
    """A set of characters, or with `negated` all but those."""

    members: frozenset[str]
    negated: bool = False

    def __contains__(self, char: str) -> bool:
        return (char in self.members) != self.negated


ANY = Chars(frozenset("\n"), negated=True)
EVERY = Chars(frozenset(), negated=True)


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a chain: a character out of `chars`, `least` to `most` times (None: no end)."""

    chars: Chars
    least: int = 1
    most: int | None = 1

    @property
    def states(self) -> int:
        """How many states the item takes once its repeats are unrolled."""
        return self.least + 1 if self.most is None else self.most


ANYTHING = Item(EVERY, 0, None)
"""Any run of characters: what an end without an anchor stands for."""


class Automaton:
    """A chain of items as a state machine over bit sets of places in the chain.

    `start` is the set before the first character, `step` gives the set after one more, `accepts`
    tells whether a text that ends there is accepted. Both ends are anchored.
    """

    __slots__ = ("_loops", "_optional", "charsets", "final", "start")

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.charsets: list[Chars] = []
        self._loops: list[bool] = []
        self._optional: list[bool] = []
        for item in items:
            for _ in range(item.least):
                self._add(item.chars)
            if item.most is None:
                self._add(item.chars, loop=True, optional=True)
            else:
                for _ in range(item.most - item.least):
                    self._add(item.chars, optional=True)
        self.final = 1 << len(self.charsets)
        self.start = self._closure(1)

    def _add(self, chars: Chars, *, loop: bool = False, optional: bool = False) -> None:
        self.charsets.append(chars)
        self._loops.append(loop)
        self._optional.append(optional)

    def _closure(self, states: int) -> int:
        waiting = states
        while waiting:
            low = waiting & -waiting
            waiting ^= low
            if low != self.final and self._optional[low.bit_length() - 1]:
                following = low << 1
                if not states & following:
                    states |= following
                    waiting |= following
        return states

    def step(self, states: int, char: str) -> int:
        """The states after `char`; 0 when no text that goes on from here is accepted."""
        after = 0
        rest = states & (self.final - 1)
        while rest:
            low = rest & -rest
            rest ^= low
            place = low.bit_length() - 1
            if char in self.charsets[place]:
                after |= low if self._loops[place] else low << 1
        return self._closure(after)

    def accepts(self, states: int) -> bool:
        """Whether a text that led to `states` is accepted."""
        return bool(states & self.final)

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is accepted."""
        states = self.start
        for char in text:
            if not states:
                return False
            states = self.step(states, char)
        return self.accepts(states)


@dataclass(frozen=True, slots=True)
class Regex:
    """An expression as written, without its `%` signs.

    `branches` are its alternatives as chains of items; `anchored` tells whether any of them has
    an anchor. Two are equal when their texts are.
    """

    text: str
    branches: tuple[tuple[Item, ...], ...] = field(compare=False)
    anchored: bool = field(compare=False)

    @property
    def decidable(self) -> bool:
        """False where unrolled repeats would need more than MOST_STATES states."""
        return sum(item.states for branch in self.branches for item in branch) <= MOST_STATES

    def automata(self) -> tuple[Automaton, ...]:
        """One machine for each alternative; the expression accepts what any of them accepts."""
        return _automata(self)

    def accepts(self, value: str) -> bool:
        """Whether the expression is found in `value`."""
        return any(automaton.matches(value) for automaton in self.automata())

    def __str__(self) -> str:
        return f"%{self.text}%"


@lru_cache(maxsize=64)
def _automata(regex: Regex) -> tuple[Automaton, ...]:
    return tuple(Automaton(branch) for branch in regex.branches)


class RegexError(ValueError):
    """The text is no expression of the dialect; `offset` is the place in it."""

    def __init__(self, offset: int, expected: str) -> None:
        self.offset = offset
        self.expected = expected
        super().__init__(expected)


def parse_regex(text: str) -> Regex:
    """Reads the text between the `%` signs. Raises RegexError."""
    reader = _Reader(text)
    branches = [reader.branch()]
    while reader.take("|"):
        branches.append(reader.branch())
    return Regex(text, tuple(branches), reader.anchored)


class _Reader:
    """Recursive descent without recursion: the dialect has no groups."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.anchored = False

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, char: str) -> bool:
        if self.peek() != char:
            return False
        self.at += 1
        return True

    def branch(self) -> tuple[Item, ...]:
        """branch := '^'? (piece repeat?)* '$'?"""
        begun = self.at
        open_start = not self.take("^")
        items: list[Item] = []
        while self.peek() not in ("", "|", "$"):
            chars = self._piece()
            items.append(Item(chars, *self._repeat()))
        open_end = not self.take("$")
        if self.at == begun:
            raise RegexError(self.at, "a regular expression")
        if self.peek() not in ("", "|"):
            raise RegexError(self.at, "the end of the expression after '$'")
        self.anchored = self.anchored or not (open_start and open_end)
        return (ANYTHING,) * open_start + tuple(items) + (ANYTHING,) * open_end

    def _piece(self) -> Chars:
        """piece := character | '.' | '\\' escape | '[' class ']'"""
        char = self.peek()
        if char == "[":
            return self._class()
        self.at += 1
        if char == ".":
            return ANY
        if char == "\\":
            return self._escape()
        if char in ORDINARY:
            return Chars(frozenset(char))
        self.at -= 1
        raise RegexError(self.at, "a character of the regular-expression dialect")

    def _escape(self) -> Chars:
        """escape := d | D | s | S | w | W | 'x' hex hex | an operator or sign"""
        char = self.peek()
        if char and char in "dDsSwW":
            self.at += 1
            return Chars(_CLASSES[char.lower()], negated=char.isupper())
        if char == "x":
            digits = self.text[self.at + 1 : self.at + 3]
            if len(digits) == 2 and all(digit in string.hexdigits for digit in digits):
                self.at += 3
                return Chars(frozenset(chr(int(digits, 16))))
            raise RegexError(self.at, "two hexadecimal digits after '\\x'")
        if char and char in (OPERATORS | ORDINARY) - _LETTERS_DIGITS:
            self.at += 1
            return Chars(frozenset(char))
        raise RegexError(self.at, "d, D, s, S, w, W, xhh or an operator after '\\'")

    def _repeat(self) -> tuple[int, int | None]:
        """repeat := '*' | '+' | '?' | '{' n (',' m?)? '}'"""
        for char, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self.take(char):
                return least, most
        if not self.take("{"):
            return 1, 1
        least = self._count()
        most = least
        if self.take(","):
            most = None if self.peek() == "}" else self._count()
        if not self.take("}"):
            raise RegexError(self.at, "'}' after a repeat")
        if most is not None and most < least:
            raise RegexError(self.at - 1, f"a repeat of at least {least}")
        return least, most

    def _count(self) -> int:
        begun = self.at
        while self.peek() and self.peek() in _DIGIT:
            self.at += 1
        if self.at == begun:
            raise RegexError(self.at, "a number of repeats")
        # More digits than a count can need would make an integer that takes long to read.
        return int(self.text[begun : self.at][:9])

    def _class(self) -> Chars:
        """class := '[' '^'? (char | char '-' char | escape)+ ']'"""
        self.at += 1
        negated = self.take("^")
        members: set[str] = set()
        begun = self.at
        while self.peek() != "]" or self.at == begun:
            low = self._class_member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._class_member()
                if len(low) != 1 or len(high) != 1 or max(low) > max(high):
                    raise RegexError(self.at, "a range from a lower to a higher character")
                members.update(map(chr, range(ord(max(low)), ord(max(high)) + 1)))
            else:
                members |= low
        self.at += 1
        return Chars(frozenset(members), negated)

    def _class_member(self) -> frozenset[str]:
        char = self.peek()
        if not char:
            raise RegexError(self.at, "']' after a set of characters")
        self.at += 1
        if char == "\\":
            chars = self._escape()
            if chars.negated:
                raise RegexError(self.at - 1, "no \\D, \\S or \\W inside a set of characters")
            return chars.members
        if char in ORDINARY or char in OPERATORS:
            return frozenset(char)
        self.at -= 1
        raise RegexError(self.at, "a character of the regular-expression dialect")
