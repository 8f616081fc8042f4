"""The regular expressions of filter patterns: `%...%`.

    regex  := branch ('|' branch)*
    branch := '^'? (piece repeat?)* '$'?

The dialect has no groups, so an expression is a choice of chains, run by automaton.py; nothing of
it ever reaches a backtracking engine.
Source of the dialect: CloudWatch Logs user guide, "Supported regular expressions syntax".
"""

import string
from dataclasses import dataclass, field
from functools import lru_cache

from alarmchain.filter_pattern.automaton import ANYTHING, Automaton, Chars, Item

_LETTERS_DIGITS = frozenset(string.ascii_letters + string.digits)
ORDINARY = _LETTERS_DIGITS | frozenset(":_#=@/;,-")
OPERATORS = frozenset("^$?[]{}|\\*+.")
_DIGITS = frozenset(string.digits)
_CLASSES = {"d": _DIGITS, "s": frozenset(" \t\n\r\f\v"), "w": _LETTERS_DIGITS | {"_"}}
_NOT_NEWLINE = Chars(frozenset("\n"), negated=True)
_REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
MOST_PLACES = 2_000
"""Repeats are unrolled; an expression that needs more places than this is not decided."""


@dataclass(frozen=True, slots=True)
class Regex:
    """An expression as written, without its `%` signs. Two are equal when their texts are.

    `branches` are its alternatives as chains of items, `anchored` tells whether any of them has an
    anchor. `decidable` is False for what AWS leaves open (an anchor in the middle, an empty
    alternative) and where unrolled repeats need more than MOST_PLACES places.
    """

    text: str
    branches: tuple[tuple[Item, ...], ...] = field(compare=False, repr=False)
    anchored: bool = field(compare=False)
    decidable: bool = field(compare=False)

    def accepts(self, value: str) -> bool:
        """Whether the expression is found in `value`. Only for a decidable one."""
        return any(automaton.matches(value) for automaton in _automata(self))

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
    if not text:
        raise RegexError(0, "a regular expression")
    reader = _Reader(text)
    branches = [reader.branch()]
    while reader.take("|"):
        branches.append(reader.branch())
    places = sum(item.places for branch in branches for item in branch)
    plain = reader.plain and places <= MOST_PLACES
    return Regex(text, tuple(branches), reader.anchored, plain)


class _Reader:
    """Reads from left to right; the dialect has nothing to nest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.anchored = False
        self.plain = True

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, char: str) -> bool:
        if self.peek() != char:
            return False
        self.at += 1
        return True

    def branch(self) -> tuple[Item, ...]:
        """One alternative, with any run of characters before and after it where no anchor is."""
        begun = self.at
        start = self.take("^")
        end = False
        items: list[Item] = []
        while self.peek() not in ("", "|"):
            if self.peek() in ("^", "$"):
                self.plain = self.plain and self.peek() == "$" and not end
                end = True
                self.at += 1
            else:
                self.plain = self.plain and not end
                chars = self._piece()
                items.append(Item(chars, *self._repeat()))
        self.plain = self.plain and self.at > begun
        self.anchored = self.anchored or start or end
        return (ANYTHING,) * (not start) + tuple(items) + (ANYTHING,) * (not end)

    def _piece(self) -> Chars:
        """piece := character | '.' | '\\' escape | '[' class ']'"""
        char = self.peek()
        self.at += 1
        if char == "[":
            return self._class()
        if char == ".":
            return _NOT_NEWLINE
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
        if self.peek() in _REPEATS:
            self.at += 1
            return _REPEATS[self.text[self.at - 1]]
        if not self.take("{"):
            return 1, 1
        least = self._count()
        most: int | None = least
        if self.take(","):
            most = None if self.peek() == "}" else self._count()
        if not self.take("}"):
            raise RegexError(self.at, "'}' after a repeat")
        if most is not None and most < least:
            raise RegexError(self.at - 1, f"a repeat of at least {least}")
        return least, most

    def _count(self) -> int:
        begun = self.at
        while self.peek() and self.peek() in _DIGITS:
            self.at += 1
        if self.at == begun:
            raise RegexError(self.at, "a number of repeats")
        return int(self.text[begun : self.at])

    def _class(self) -> Chars:
        """class := '^'? (char | char '-' char | escape)+ ']'"""
        negated = self.take("^")
        found = Chars(frozenset())
        begun = self.at
        while self.peek() != "]" or self.at == begun:
            found |= self._range()
        self.at += 1
        return Chars(found.members, negated != found.negated)

    def _range(self) -> Chars:
        low = self._class_member()
        single = len(low.members) == 1 and not low.negated
        if not single or self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return low
        self.at += 1
        high = self._class_member()
        if len(high.members) != 1 or high.negated or max(low.members) > max(high.members):
            raise RegexError(self.at, "a range from a lower to a higher character")
        span = range(ord(max(low.members)), ord(max(high.members)) + 1)
        return Chars(frozenset(map(chr, span)))

    def _class_member(self) -> Chars:
        char = self.peek()
        if not char:
            raise RegexError(self.at, "']' after a set of characters")
        self.at += 1
        if char == "\\":
            return self._escape()
        if char in ORDINARY or char in OPERATORS - {"[", "]"}:
            return Chars(frozenset(char))
        self.at -= 1
        raise RegexError(self.at, "a character of a set; [ and ] take a backslash there")
