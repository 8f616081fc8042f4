"""Text patterns: terms that are looked for in the raw text of an event.

    terms := regex | (('?' | '-')? (word | '"' text '"'))*

Source: CloudWatch Logs user guide, "Using filter patterns to match terms in unstructured log
events"; a term with other characters than letters, digits and `_` must be quoted, and a regular
expression is a "standalone" pattern.
"""

import re

from alarmchain.filter_pattern.ast import Term, TextPattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.condition_parser import regex_at
from alarmchain.filter_pattern.parser.lexer import SLIPS, WHITE, WORD_SLIPS

_SPACE = re.compile(r"[ \t\r\n]*")
_TERM = re.compile(
    r"""
    (?P<kind> [?-]? )
    (?: (?P<word> [A-Za-z0-9_]+ ) | " (?P<quoted> [^"\\]* (?: \\. [^"\\]* )* ) " )
    (?= [ \t\r\n] | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD_SO_FAR = re.compile(r"[?-]?[A-Za-z0-9_]*")


def parse_terms(text: str) -> TextPattern:
    """The tree of a text pattern. Raises PatternSyntaxError."""
    body = text.strip(WHITE)
    if len(body) > 1 and body[0] == body[-1] == "%" and body.count("%") == 2:
        return TextPattern((Term("", regex_at(text, text.index("%") + 1, body[1:-1])),))
    terms: list[Term] = []
    at = _skip_space(text, 0)
    while at < len(text):
        found = _TERM.match(text, at)
        if not found:
            raise _refuse(text, at)
        kind, word, quoted = found.groups()
        terms.append(Term(kind, quoted if word is None else word))
        at = _skip_space(text, found.end())
    # `" "` is the documented way to write "everything" where an empty pattern cannot be given.
    return TextPattern(tuple(term for term in terms if term != Term("", " ")))


def _skip_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _refuse(text: str, at: int) -> PatternSyntaxError:
    so_far = _WORD_SO_FAR.match(text, at)
    place = so_far.end() if so_far else at
    return PatternSyntaxError(text, place, "a term of letters, digits and _", hint=_hint(text, at))


def _hint(text: str, at: int) -> str:
    if "$." in text or "=" in text:
        words = {word.lower() for word in text.split()}
        joined = "".join(f"; {WORD_SLIPS[word]}" for word in ("or", "and") if word in words)
        return f"a condition on JSON fields stands in braces: {{ $.eventName = ... }}{joined}"
    if text.startswith("%", at):
        return "a regular expression stands alone: %...%"
    slip = next((hint for slip, hint in SLIPS if text.startswith(slip, at)), "")
    return slip or "a term with other characters than letters, digits and _ takes double quotes"
