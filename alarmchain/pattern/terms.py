"""Text patterns: terms that are looked for in the raw text of an event.

    terms := (('?' | '-')? (word | '"' text '"' | '%' regex '%'))*

Source: CloudWatch Logs user guide, "Using filter patterns to match terms in unstructured log
events"; a term with other characters than letters, digits and `_` must be quoted.
"""

import re

from alarmchain.pattern.errors import PatternSyntaxError
from alarmchain.pattern.regex import RegexError, parse_regex
from alarmchain.pattern.syntax import Term, TextPattern

_SPACE = re.compile(r"[ \t\r\n\f\v]*")
_TERM = re.compile(
    r"""
    (?P<kind> [?-]? )
    (?: (?P<word> [A-Za-z0-9_]+ )
      | " (?P<quoted> [^"\\]* (?: \\. [^"\\]* )* ) "
      | % (?P<regex> [^%]* ) % )
    (?= [ \t\r\n\f\v] | $ )
    """,
    re.VERBOSE | re.DOTALL,
)


def parse_terms(text: str) -> TextPattern:
    """The tree of a text pattern. Raises PatternSyntaxError."""
    terms: list[Term] = []
    at = _skip_space(text, 0)
    while at < len(text):
        found = _TERM.match(text, at)
        if not found:
            raise _refuse(text, at)
        terms.append(_term(text, found))
        at = _skip_space(text, found.end())
    # `" "` is the documented way to write "everything" where an empty pattern cannot be given.
    return TextPattern(tuple(term for term in terms if term != Term("", " ")))


def _skip_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _term(text: str, found: re.Match[str]) -> Term:
    kind: str = found["kind"]
    if found["word"] is not None:
        return Term(kind, found["word"])
    if found["quoted"] is not None:
        return Term(kind, found["quoted"])
    try:
        return Term(kind, parse_regex(found["regex"]))
    except RegexError as error:
        place = found.start("regex") + error.offset
        raise PatternSyntaxError(text, place, error.expected) from None


def _refuse(text: str, at: int) -> PatternSyntaxError:
    found = re.compile(r"[?-]?[A-Za-z0-9_]*").match(text, at)
    place = found.end() if found else at
    if "$." in text or "=" in text:
        hint = "a condition on JSON fields stands in braces: { $.eventName = ... }"
    else:
        hint = "a term with other characters than letters, digits and _ takes double quotes"
    return PatternSyntaxError(text, place, "a term of letters, digits and _", hint=hint)
