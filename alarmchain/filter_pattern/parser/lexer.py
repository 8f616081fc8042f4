"""Split the inside of a filter pattern into tokens.

Only the regular expressions of this module run over the user's text; the user's own expressions
are never run here. The first character of a token decides its kind, so the time is linear.
"""

import re
from typing import NamedTuple

from alarmchain.filter_pattern.errors import PatternSyntaxError

WHITE_SPACE = " \t\r\n"
"""The characters that separate tokens. Other white space is undocumented and refused."""


class Token(NamedTuple):
    """A token at `start` in the pattern.

    `kind` is selector, operator, string, regex, word, one of the signs `( ) , && ||`, end (of the
    text) or unknown (a character that starts no token).
    """

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
_PLACEHOLDER = "this looks like a template placeholder that was not replaced"
_EQUALITY = "write equality as a single ="
MISTAKES = (
    ("'", "put strings in double quotes"),
    ("\u201c", _SMART_QUOTES),
    ("\u201d", _SMART_QUOTES),
    ("\u2018", _SMART_QUOTES),
    ("\u2019", _SMART_QUOTES),
    ("${", _PLACEHOLDER),
    ("{", _PLACEHOLDER),
    ('["', "put a key in brackets in single quotes: $.['key']"),
    ("$..", "remove one of the two dots"),
    ("$. ", "remove the white space inside the selector"),
    ("\\", "this looks like a backslash left over from a shell, Terraform or JSON"),
    ("==", _EQUALITY),
    ("=", _EQUALITY),
    ("&", "write and as &&"),
    ("|", "write or as ||"),
    ("(", "put && or || between two conditions"),
    ("}", "remove the extra brace"),
    ('"', "the string has no closing quote"),
    ("%", "the regular expression has no closing %"),
    ("!", "write not equal as !=; a group cannot be negated"),
)
"""Common mistakes: how each begins, and the hint for it. The first that fits is used."""
MISTAKEN_WORDS = {
    "or": "write or as ||",
    "and": "write and as &&",
    "not": "NOT is allowed only in: selector NOT EXISTS",
    "exists": "only NOT EXISTS is allowed, with a space before NOT; existence is selector = *",
}
"""Words that are common mistakes, in lower case, and the hints for them."""


def hint_at(text: str, position: int) -> str:
    """Return the hint for a common mistake that begins at the position, or ""."""
    return next((hint for start, hint in MISTAKES if text.startswith(start, position)), "")


class Scanner:
    """Yields the tokens of `text[start:end]` one by one; `token` is the current one."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self._end = end
        self._position = start
        self.token = self._next()

    def advance(self) -> Token:
        """Return the current token and move to the next."""
        token = self.token
        self.token = self._next()
        return token

    def peek(self) -> Token:
        """Return the token after the current one, without moving."""
        position = self._position
        following = self._next()
        self._position = position
        return following

    def _next(self) -> Token:
        start = skip_space(self.text, self._position, self._end)
        if start == self._end:
            return Token("end", "", start)
        token = _TOKEN.match(self.text, start, self._end)
        if not token or not token.lastgroup:
            self._position = start
            return Token("unknown", self.text[start], start)
        self._position = token.end()
        kind = token.lastgroup
        return Token(token.group() if kind == "sign" else kind, token.group(), start)

    def error(self, expected: str, hint: str = "") -> PatternSyntaxError:
        """Return the error for the current token.

        `hint` is used if the token is not a common mistake.
        """
        start = self.token.start
        return PatternSyntaxError(self.text, start, expected, hint=self._hint() or hint)

    def _hint(self) -> str:
        if self.token.kind == "word":
            return MISTAKEN_WORDS.get(self.token.text.lower(), "")
        return "" if self.token.kind == "end" else hint_at(self.text, self.token.start)


def skip_space(text: str, position: int, end: int) -> int:
    """Return the first position from `position` on, at most `end`, that is not white space."""
    space = _SPACE.match(text, position, end)
    return space.end() if space else position


def find_body(text: str, opening: str, closing: str) -> tuple[int, int]:
    """Return the start and end of the text between the outer brackets.

    `text` begins with `opening`, apart from white space. Raises PatternSyntaxError if it does not
    end with `closing`. The error is after the last `closing`, unless that is in a quoted string.
    """
    start = text.index(opening) + 1
    end = len(text.rstrip(WHITE_SPACE)) - 1
    if text[end] == closing and end >= start:
        return start, end
    after = text.rfind(closing) + 1
    if after and text.count('"', 0, after) % 2 == 0:
        position = skip_space(text, after, len(text))
        raise PatternSyntaxError(text, position, f"nothing after the last '{closing}'")
    expected = f"'{closing}' at the end, because the pattern starts with '{opening}'"
    raise PatternSyntaxError(text, len(text), expected)
