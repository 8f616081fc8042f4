"""The words of a JSON filter pattern.

The scanner's own regular expressions run over the user's text, never the other way round, and
each alternative is told by its first character, so scanning is linear.
"""

import re
from typing import NamedTuple

from alarmchain.pattern.errors import PatternSyntaxError


class Token(NamedTuple):
    """A word; `kind` is one of selector, operator, string, regex, word, ( ) && || and end."""

    kind: str
    text: str
    start: int


_SPACE = re.compile(r"[ \t\r\n\f\v]*")
_TOKEN = re.compile(
    r"""
      (?P<operator> != | <= | >= | [=<>] )
    | (?P<sign> && | \|\| | [()] )
    | (?P<string> " [^"\\]* (?: \\. [^"\\]* )* " )
    | (?P<regex> % [^%]* % )
    | (?P<word> [A-Za-z0-9_.*+:/@-]+ )
    | (?P<selector> \$ (?: \.[A-Za-z0-9_-]+ | \[[0-9]+\] | \[\*\] | \.\* | \.?\['[^']*'\] )+ )
    """,
    re.VERBOSE | re.DOTALL,
)

_SLIPS = (
    ("'", "strings take double quotes"),
    ("\u201c", "replace the typographic quotes with plain double quotes"),
    ("\u201d", "replace the typographic quotes with plain double quotes"),
    ("\u2018", "replace the typographic quotes with plain double quotes"),
    ("\u2019", "replace the typographic quotes with plain double quotes"),
    ("${", "this looks like a template's placeholder that was never filled in"),
    ("{", "this looks like a template's placeholder that was never filled in"),
    ("$..", "two dots in a row"),
    ("$. ", "no white space inside a selector"),
    ("\\", "a backslash left over from a shell, Terraform or JSON"),
    ("==", "equality is a single ="),
    ("=", "equality is a single ="),
    ("&", "and is written &&"),
    ("|", "or is written ||"),
    ('"', "the string has no closing quote"),
    ("%", "the regular expression has no closing %"),
    ("!", "not equal is written !=; there is no negation of a group"),
)
_WORD_SLIPS = {
    "or": "or is written ||",
    "and": "and is written &&",
    "not": "NOT goes with EXISTS only: selector NOT EXISTS",
    "exists": "only NOT EXISTS can be asked; existence is selector = *",
}


class Scanner:
    """Hands out the tokens of `text[start:end]` one by one; the one at hand is `token`."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self._end = end
        self._at = start
        self.token = self._next()

    def advance(self) -> Token:
        """Returns the token at hand and goes on to the next. Raises PatternSyntaxError."""
        token = self.token
        self.token = self._next()
        return token

    def _next(self) -> Token:
        space = _SPACE.match(self.text, self._at, self._end)
        start = space.end() if space else self._at
        if start == self._end:
            return Token("end", "", start)
        found = _TOKEN.match(self.text, start, self._end)
        if not found or not found.lastgroup:
            self._at = start
            return Token("unknown", self.text[start], start)
        self._at = found.end()
        kind = found.lastgroup
        return Token(found.group() if kind == "sign" else kind, found.group(), start)

    def refuse(self, expected: str) -> PatternSyntaxError:
        """The error for the token at hand, with a hint where the slip is a known one."""
        at = self.token.start
        return PatternSyntaxError(self.text, at, expected, hint=self._hint(at))

    def _hint(self, at: int) -> str:
        if self.token.kind == "word":
            return _WORD_SLIPS.get(self.token.text.lower(), "")
        if self.token.kind == "end":
            return ""
        return next((hint for slip, hint in _SLIPS if self.text.startswith(slip, at)), "")
