"""The regular expressions of filter patterns: `%...%`.

    regex  := branch ('|' branch)*
    branch := '^'? (piece repeat?)* '$'?

The dialect has no groups, so an expression is a choice of sequences, which automaton.py matches.
No expression from an account is run by a backtracking engine.
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
MOST_POSITIONS = 2_000
"""Repeats are unrolled. An expression that needs more positions than this is not decided."""


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression. `text` is what is written between the `%` signs; it decides equality.

    `branches` holds the alternatives as sequences of items; `anchored` is true if any has an
    anchor. `decidable` is false for what AWS does not document (an anchor in the middle, an empty
    alternative) and for repeats that need more than MOST_POSITIONS positions.
    """

    text: str
    branches: tuple[tuple[Item, ...], ...] = field(compare=False, repr=False)
    anchored: bool = field(compare=False)
    decidable: bool = field(compare=False)

    def accepts(self, value: str) -> bool:
        """Return whether the expression matches somewhere in `value`. It must be decidable."""
        return any(automaton.matches(value) for automaton in _automata(self))

    def __str__(self) -> str:
        return f"%{self.text}%"


@lru_cache(maxsize=64)
def _automata(regex: Regex) -> tuple[Automaton, ...]:
    return tuple(Automaton(branch) for branch in regex.branches)


class RegexError(ValueError):
    """The text is not an expression of the dialect; `offset` is the index of the error in it."""

    def __init__(self, offset: int, expected: str) -> None:
        self.offset = offset
        self.expected = expected
        super().__init__(expected)


def parse_regex(text: str) -> Regex:
    """Parse the text between the `%` signs. Raises RegexError."""
    if not text:
        raise RegexError(0, "a regular expression")
    parser = _RegexParser(text)
    branches = [parser.branch()]
    while parser.take("|"):
        branches.append(parser.branch())
    positions = sum(item.positions for branch in branches for item in branch)
    plain = parser.plain and positions <= MOST_POSITIONS
    return Regex(text, tuple(branches), parser.anchored, plain)


class _RegexParser:
    """Parses from left to right. The dialect has no nesting, so no method is recursive.

    `anchored` is true once an anchor was read, `plain` false once something undocumented was.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.anchored = False
        self.plain = True

    def peek(self, offset: int = 0) -> str:
        """Return a character without moving: the next, or one `offset` after it. "" at the end."""
        return self.text[self.position + offset : self.position + offset + 1]

    def take(self, char: str) -> bool:
        """Move over the next character if it is `char`; return whether it was."""
        if self.peek() != char:
            return False
        self.position += 1
        return True

    def branch(self) -> tuple[Item, ...]:
        """Parse one alternative. Without an anchor, any characters may precede or follow it."""
        begin = self.position
        start = self.take("^")
        end = False
        items: list[Item] = []
        while self.peek() not in ("", "|"):
            if self.peek() in ("^", "$"):
                self.plain = self.plain and self.peek() == "$" and not end
                end = True
                self.position += 1
            else:
                self.plain = self.plain and not end
                chars = self._piece()
                items.append(Item(chars, *self._repeat()))
        self.plain = self.plain and self.position > begin
        self.anchored = self.anchored or start or end
        return (ANYTHING,) * (not start) + tuple(items) + (ANYTHING,) * (not end)

    def _error(self, expected: str) -> RegexError:
        return RegexError(self.position, expected)

    def _piece(self) -> Chars:
        """Parse `piece := character | '.' | '\\' escape | '[' set ']'`."""
        if self.take("["):
            return self._set()
        if self.take("."):
            return _NOT_NEWLINE
        if self.take("\\"):
            return self._escape()
        if self.peek() not in ORDINARY:
            raise self._error("a letter, a digit, '.', '[', '\\' or one of : _ # = @ / ; , -")
        return self._character()

    def _character(self) -> Chars:
        self.position += 1
        return Chars(frozenset(self.text[self.position - 1]))

    def _escape(self) -> Chars:
        """Parse `escape := d | D | s | S | w | W | 'x' hex hex | operator | sign`."""
        char = self.peek()
        if char and char in "dDsSwW":
            self.position += 1
            return Chars(_CLASSES[char.lower()], negated=char.isupper())
        if char == "x":
            digits = self.text[self.position + 1 : self.position + 3]
            if len(digits) == 2 and all(digit in string.hexdigits for digit in digits):
                self.position += 3
                return Chars(frozenset(chr(int(digits, 16))))
            raise self._error("two hexadecimal digits after '\\x'")
        if char and char in (OPERATORS | ORDINARY) - _LETTERS_DIGITS:
            return self._character()
        raise self._error("d, D, s, S, w, W, xhh, an operator or a sign after '\\'")

    def _repeat(self) -> tuple[int, int | None]:
        """Parse `repeat := '*' | '+' | '?' | '{' n (',' m?)? '}'`; return least and most."""
        if self.peek() in _REPEATS:
            self.position += 1
            return _REPEATS[self.text[self.position - 1]]
        if not self.take("{"):
            return 1, 1
        least = self._count()
        most: int | None = least
        if self.take(","):
            most = None if self.peek() == "}" else self._count()
        if not self.take("}"):
            raise self._error("'}' after a repeat")
        if most is not None and most < least:
            expected = f"a maximum of at least {least} repeats"
            raise RegexError(self.position - 1, expected)
        return least, most

    def _count(self) -> int:
        begin = self.position
        while self.peek() and self.peek() in _DIGITS:
            self.position += 1
        if self.position == begin:
            raise self._error("a number of repeats")
        return int(self.text[begin : self.position])

    def _set(self) -> Chars:
        """Parse `set := '^'? (character | character '-' character | escape)+ ']'`."""
        negated = self.take("^")
        chars = Chars(frozenset())
        begin = self.position
        while self.peek() != "]" or self.position == begin:
            chars |= self._range()
        self.position += 1
        return Chars(chars.members, negated != chars.negated)

    def _range(self) -> Chars:
        low = self._member()
        single = len(low.members) == 1 and not low.negated
        if not single or self.peek() != "-" or self.peek(1) in ("]", ""):
            return low
        self.position += 1
        high = self._member()
        if len(high.members) != 1 or high.negated or max(low.members) > max(high.members):
            raise self._error("a range from a lower to a higher character")
        span = range(ord(max(low.members)), ord(max(high.members)) + 1)
        return Chars(frozenset(map(chr, span)))

    def _member(self) -> Chars:
        if not self.peek():
            raise self._error("']' at the end of a set of characters")
        if self.take("\\"):
            return self._escape()
        if self.peek() in ORDINARY | OPERATORS - {"[", "]"}:
            return self._character()
        raise self._error("a character that a set may contain (write \\[ and \\] for brackets)")
