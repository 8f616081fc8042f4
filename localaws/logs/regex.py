"""The regular expressions of filter patterns (``%...%``), run without backtracking.

The dialect has no groups, so an expression is a list of alternatives, and each alternative is a
*line* of elements: a set of characters that occurs once, is optional, or repeats. A line is
simulated by the set of positions reached so far: time is always O(pattern x text).

Accepted (AWS, "Filter pattern syntax", supported regular expressions): letters, digits and
``: _ # = @ / ; , -``; the operators ``^ $ ? [ ] { } | \\ * + .``; the classes ``\\d \\D \\s \\S
\\w \\W \\xhh``. No parentheses, no multi-byte characters. Unanchored; ``|`` binds least.

Our choices where AWS's documentation says nothing: ``.`` matches any character but a newline; an
operator after another (``a+?``, ``a**``) is refused; repeats expand to at most MAX_ELEMENTS
elements.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from localaws.logs.errors import PatternError

MAX_ELEMENTS = 10_000
ALPHANUMERIC = frozenset(string.ascii_letters + string.digits)
LITERALS = ALPHANUMERIC | frozenset(":_#=@/;,-")
OPERATORS = frozenset("^$?[]{}|\\*+.")
BYTES = frozenset(map(chr, range(256)))
DIGITS = frozenset(string.digits)
SPACES = frozenset(" \t\n\r\f\v")
WORD = frozenset(string.ascii_letters + string.digits + "_")


@dataclass(frozen=True, slots=True)
class CharSet:
    """A set of characters up to U+00FF; ``others`` says whether all above belong to it."""

    members: frozenset[str]
    others: bool = False

    def __contains__(self, char: str) -> bool:
        return char in self.members if char in BYTES else self.others

    def inverse(self) -> CharSet:
        return CharSet(BYTES - self.members, not self.others)


CLASSES = {"d": CharSet(DIGITS), "s": CharSet(SPACES), "w": CharSet(WORD)}
CLASSES |= {name.upper(): chars.inverse() for name, chars in CLASSES.items()}
ANY = CharSet(frozenset("\n")).inverse()


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a line. ``anchor`` is ``^``, ``$`` or empty; anchors match no character."""

    chars: CharSet
    skippable: bool = False
    repeatable: bool = False
    anchor: str = ""


class Regex:
    """A compiled expression.

    ``Regex(source)`` takes the text between the percent signs and raises PatternError if it is
    outside the dialect; ``found_in(text)`` says whether it matches anywhere in the text.
    """

    __slots__ = ("lines", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = _Reader(source).lines()

    def found_in(self, text: str) -> bool:
        return any(_run(line, text) for line in self.lines)


def _run(line: list[Element], text: str) -> bool:
    """Return whether ``line`` matches a part of ``text``, from any character on."""
    final = len(line)
    positions: set[int] = set()
    for index in range(len(text) + 1):
        positions.add(0)
        positions = _settle(line, positions, at_start=index == 0, at_end=index == len(text))
        if final in positions:
            return True
        if index < len(text):
            positions = _step(line, positions, text[index])
    return False


def _settle(line: list[Element], positions: set[int], at_start: bool, at_end: bool) -> set[int]:
    """Add all positions that can be reached without matching a character."""
    reached: set[int] = set()
    for position in sorted(positions):
        while position not in reached:
            reached.add(position)
            if position == len(line):
                break
            element = line[position]
            holds = (element.anchor == "^" and at_start) or (element.anchor == "$" and at_end)
            if not (holds or element.skippable):
                break
            position += 1
    return reached


def _step(line: list[Element], positions: set[int], char: str) -> set[int]:
    following: set[int] = set()
    for position in positions:
        if position == len(line):
            continue
        element = line[position]
        if not element.anchor and char in element.chars:
            following.add(position + 1)
            if element.repeatable:
                following.add(position)
    return following


class _Reader:
    """Reads the text of an expression from left to right, without recursion."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def lines(self) -> list[list[Element]]:
        if not self.source:
            raise PatternError("empty regular expression %%")
        lines: list[list[Element]] = [[]]
        while self.at < len(self.source):
            if self.source[self.at] == "|":
                self.at += 1
                lines.append([])
                continue
            atom = self._atom()
            lines[-1].extend(self._repeated(atom))
            if sum(map(len, lines)) > MAX_ELEMENTS:
                raise self._error(f"repeats expand to more than {MAX_ELEMENTS} elements")
        return lines

    def _error(self, problem: str) -> PatternError:
        return PatternError(f"regular expression %{self.source}%: {problem} at {self.at}")

    def _take(self) -> str:
        if self.at >= len(self.source):
            raise self._error("unexpected end")
        self.at += 1
        return self.source[self.at - 1]

    def _atom(self) -> Element:
        char = self._take()
        if char in "^$":
            return Element(CharSet(frozenset()), anchor=char)
        if char == ".":
            return Element(ANY)
        if char == "[":
            return Element(self._bracket())
        if char == "\\":
            return Element(self._escape())
        if char in LITERALS:
            return Element(CharSet(frozenset(char)))
        self.at -= 1
        raise self._error(f"unexpected {char!r}")

    def _escape(self) -> CharSet:
        char = self._take()
        if char in CLASSES:
            return CLASSES[char]
        if char == "x":
            digits = self.source[self.at : self.at + 2]
            if len(digits) != 2 or not set(digits) <= set(string.hexdigits):
                raise self._error("\\x needs two hexadecimal digits")
            self.at += 2
            return CharSet(frozenset(chr(int(digits, 16))))
        if char in OPERATORS or char in LITERALS - ALPHANUMERIC:
            return CharSet(frozenset(char))
        raise self._error(f"unknown escape \\{char}")

    def _bracket(self) -> CharSet:
        negated = self.source[self.at : self.at + 1] == "^"
        self.at += negated
        members: set[str] = set()
        others, empty = False, True
        while (char := self._take()) != "]":
            empty = False
            chars = self._bracket_item(char)
            if self._range_follows() and len(chars.members) == 1:
                self.at += 1
                chars = self._range(next(iter(chars.members)))
            members |= chars.members
            others |= chars.others
        if empty:
            raise self._error("empty character class []")
        characters = CharSet(frozenset(members), others)
        return characters.inverse() if negated else characters

    def _bracket_item(self, char: str) -> CharSet:
        if char == "\\":
            return self._escape()
        if char == "[" or not (char in LITERALS or char in OPERATORS):
            raise self._error(f"unexpected {char!r} in a character class")
        return CharSet(frozenset(char))

    def _range_follows(self) -> bool:
        ahead = self.source[self.at : self.at + 2]
        return len(ahead) == 2 and ahead[0] == "-" and ahead[1] != "]"

    def _range(self, first: str) -> CharSet:
        last = self._bracket_item(self._take())
        if len(last.members) != 1 or max(last.members) < first:
            raise self._error("bad range in a character class")
        span = range(ord(first), ord(max(last.members)) + 1)
        return CharSet(frozenset(map(chr, span)))

    def _repeated(self, atom: Element) -> list[Element]:
        char = self.source[self.at : self.at + 1]
        if not char or char not in "?*+{":
            return [atom]
        if atom.anchor:
            raise self._error(f"nothing to repeat before {char!r}")
        self.at += 1
        low, high = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(char) or self._counts()
        if self.source[self.at : self.at + 1] in tuple("?*+{"):
            raise self._error("an operator behind an operator")
        optional = Element(atom.chars, skippable=True)
        if high is None:
            return [atom] * low + [Element(atom.chars, skippable=True, repeatable=True)]
        return [atom] * low + [optional] * (high - low)

    def _counts(self) -> tuple[int, int | None]:
        end = self.source.find("}", self.at)
        low, comma, high = self.source[self.at : end].partition(",")
        digits = [part for part in (low, high) if part]
        well_formed = end >= 0 and low and all(set(part) <= DIGITS for part in digits)
        if not well_formed or max(map(len, digits)) > 4:
            raise self._error("expected {n}, {n,} or {n,m} with up to four digits")
        self.at = end + 1
        if not comma:
            return int(low), int(low)
        if not high:
            return int(low), None
        if int(high) < int(low):
            raise self._error("{n,m} with m below n")
        return int(low), int(high)
