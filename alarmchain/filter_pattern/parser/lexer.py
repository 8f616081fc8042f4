"""The words of filter patterns with conditions.

The scanner's own regular expressions run over the user's text, never the other way round, and
each alternative is told by its first character, so scanning is linear.
"""

import re
from typing import NamedTuple

from alarmchain.filter_pattern.errors import PatternSyntaxError

WHITE = " \t\r\n"
"""What parts words. Other white space is undocumented and refused."""


class Token(NamedTuple):
    """A word; `kind` is one of selector, operator, string, regex, word, ( ) , && || and end."""

    kind: str
    text: str
    start: int


_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(
    r"""
      (?P<operator> != | <= | >= | [=<>] )
    | (?P<sign> && | \|\| | [(),] )
    | (?P<string> " [^"\\]* (?: \\. [^"\\]* )* " )
    | (?P<regex> % [^%]* % )
    | (?P<word> [A-Za-z0-9_.*+:/-]+ )
    | (?P<selector> \$ (?: \.[A-Za-z0-9_-]+ | \[[0-9]+\] | \[\*\] | \.\* | \.?\['[^']+'\] )+ )
    """,
    re.VERBOSE | re.DOTALL,
)

_SMART_QUOTES = "replace the typographic quotes with plain double quotes"
_PLACEHOLDER = "this looks like a template's placeholder that was never filled in"
_EQUALITY = "equality is a single ="
SLIPS = (
    ("'", "strings take double quotes"),
    ("\u201c", _SMART_QUOTES),
    ("\u201d", _SMART_QUOTES),
    ("\u2018", _SMART_QUOTES),
    ("\u2019", _SMART_QUOTES),
    ("${", _PLACEHOLDER),
    ("{", _PLACEHOLDER),
    ('["', "a key in brackets takes single quotes: $.['key']"),
    ("$..", "two dots in a row"),
    ("$. ", "no white space inside a selector"),
    ("\\", "a backslash left over from a shell, Terraform or JSON"),
    ("==", _EQUALITY),
    ("=", _EQUALITY),
    ("&", "and is written &&"),
    ("|", "or is written ||"),
    ("(", "two conditions take && or || between them"),
    ("}", "a brace too many"),
    ('"', "the string has no closing quote"),
    ("%", "the regular expression has no closing %"),
    ("!", "not equal is written !=; there is no negation of a group"),
)
"""How a common slip begins, and what to say about it."""
WORD_SLIPS = {
    "or": "or is written ||",
    "and": "and is written &&",
    "not": "NOT goes with EXISTS only: selector NOT EXISTS",
    "exists": "only NOT EXISTS can be asked, with a space before NOT; existence is selector = *",
}


class Scanner:
    """Hands out the tokens of `text[start:end]` one by one; the one at hand is `token`."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self._end = end
        self._at = start
        self.token = self._next()

    def advance(self) -> Token:
        """Returns the token at hand and goes on to the next."""
        token = self.token
        self.token = self._next()
        return token

    def peek(self) -> Token:
        """The token after the one at hand."""
        at = self._at
        following = self._next()
        self._at = at
        return following

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

    def refuse(self, expected: str, hint: str = "") -> PatternSyntaxError:
        """The error for the token at hand; `hint` is given where no known slip is seen."""
        at = self.token.start
        return PatternSyntaxError(self.text, at, expected, hint=self._slip(at) or hint)

    def _slip(self, at: int) -> str:
        if self.token.kind == "word":
            return WORD_SLIPS.get(self.token.text.lower(), "")
        if self.token.kind == "end":
            return ""
        return next((hint for slip, hint in SLIPS if self.text.startswith(slip, at)), "")
