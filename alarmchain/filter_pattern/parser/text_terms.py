"""Parse text patterns: terms that the raw text of an event must contain.

    terms := regex | (('?' | '-')? (word | '"' text '"'))*

Source: CloudWatch Logs user guide, "Using filter patterns to match terms in unstructured log
events". A term with characters other than letters, digits and `_` must be in quotes, and a
regular expression must be the whole pattern.
"""

import re

from alarmchain.filter_pattern.ast import Term, TextPattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.condition_parser import regex_at
from alarmchain.filter_pattern.parser.lexer import (
    MISTAKEN_WORDS,
    WHITE_SPACE,
    hint_at,
    skip_space,
)

_TERM = re.compile(
    r"""
    (?P<kind> [?-]? )
    (?: (?P<word> [A-Za-z0-9_]+ ) | " (?P<quoted> [^"\\]* (?: \\. [^"\\]* )* ) " )
    (?= [ \t\r\n] | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
_START_OF_TERM = re.compile(r"[?-]?[A-Za-z0-9_]*")


def parse_terms(text: str) -> TextPattern:
    """Return the syntax tree of a text pattern. Raises PatternSyntaxError."""
    body = text.strip(WHITE_SPACE)
    if len(body) > 1 and body[0] == body[-1] == "%" and body.count("%") == 2:
        return TextPattern((Term("", regex_at(text, text.index("%") + 1, body[1:-1])),))
    terms: list[Term] = []
    position = skip_space(text, 0, len(text))
    while position < len(text):
        term = _TERM.match(text, position)
        if not term:
            raise _error(text, position)
        kind, word, quoted = term.groups()
        terms.append(Term(kind, quoted if word is None else word))
        position = skip_space(text, term.end(), len(text))
    # AWS documents `" "` as "match everything", for places where a pattern cannot be empty.
    return TextPattern(tuple(term for term in terms if term != Term("", " ")))


def _error(text: str, position: int) -> PatternSyntaxError:
    start = _START_OF_TERM.match(text, position)
    return PatternSyntaxError(
        text,
        start.end() if start else position,
        "a term of letters, digits and _",
        hint=_hint(text, position),
    )


def _hint(text: str, position: int) -> str:
    if "$." in text or "=" in text:
        words = {word.lower() for word in text.split()}
        operators = "".join(f"; {MISTAKEN_WORDS[word]}" for word in ("or", "and") if word in words)
        return f"put a condition on JSON fields in braces: {{ $.eventName = ... }}{operators}"
    if text.startswith("%", position):
        return "a regular expression must be the whole pattern: %...%"
    hint = hint_at(text, position)
    return hint or "put a term with other characters than letters, digits and _ in double quotes"
