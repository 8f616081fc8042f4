"""The filter-pattern language as lark grammars: JSON patterns, space-delimited ones, text terms.

The parsers are LALR: time is linear in the pattern, and nested parentheses need no recursion. A
selector is one token, because AWS allows no white space in it. Keywords are written in both cases,
because a case-insensitive expression would also accept letters beyond ASCII.
"""

from __future__ import annotations

from functools import cache
from typing import cast

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.visitors import Transformer

from localaws.logs.errors import PatternError

_VALUES = r"""
value: STRING | BARE | REGEX
STRING: /"(\\.|[^"\\])*"/s
BARE: /[A-Za-z0-9_.*\/:+-]+/
REGEX: /%[^%]*%/
OPERATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
%ignore /[ \t\r\n]+/
"""

JSON_GRAMMAR = (
    r"""
start: "{" either "}"
either: both ("||" both)*
both: _primary ("&&" _primary)*
_primary: "(" either ")" | compare | constant | absent
compare: SELECTOR OPERATOR value
constant: SELECTOR _IS (NULL | TRUE | FALSE)
absent: SELECTOR _NOT _EXISTS
SELECTOR: /\$(\.[A-Za-z0-9_-]+|\.\*|\[[0-9]+\]|\[\*\]|\.?\['[^']+'\])+/
_IS: /[Ii][Ss]\b/
NULL: /[Nn][Uu][Ll][Ll]\b/
TRUE: /[Tt][Rr][Uu][Ee]\b/
FALSE: /[Ff][Aa][Ll][Ss][Ee]\b/
_NOT: /[Nn][Oo][Tt]\b/
_EXISTS: /[Ee][Xx][Ii][Ss][Tt][Ss]\b/
"""
    + _VALUES
)

SPACE_GRAMMAR = (
    r"""
start: "[" field ("," field)* "]"
field: [ELLIPSIS | NAME | either]
either: both ("||" both)*
both: _primary ("&&" _primary)*
_primary: "(" either ")" | compare
compare: NAME OPERATOR value
ELLIPSIS: "..."
NAME: /[A-Za-z0-9_]+/
"""
    + _VALUES
)

TEXT_GRAMMAR = r"""
start: term*
term: MARK? (WORD | STRING)
MARK: /[?-](?=["A-Za-z0-9_])/
WORD: /[A-Za-z0-9_]+(?=[ \t\r\n]|$)/
STRING: /"(\\.|[^"\\])*"(?=[ \t\r\n]|$)/s
%ignore /[ \t\r\n]+/
"""


@cache
def _parser(grammar: str, transformer: type[Transformer[Token, object]]) -> Lark:
    return Lark(grammar, parser="lalr", transformer=transformer())


def parse[T](grammar: str, transformer: type[Transformer[Token, T]], pattern: str) -> T:
    """Parse ``pattern`` and build the result bottom-up with ``transformer``.

    Raises PatternError with the position (offset from 0) of the first unexpected text.
    """
    try:
        return cast(T, _parser(grammar, transformer).parse(pattern))
    except UnexpectedInput as error:
        raise PatternError(_describe(error, pattern)) from None


def _describe(error: UnexpectedInput, pattern: str) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return f"Invalid filter pattern: unexpected end at {len(pattern)}"
    place = cast(int, error.pos_in_stream)
    rest = pattern[place : place + 12]
    kind = "character" if isinstance(error, UnexpectedCharacters) else "token"
    return f"Invalid filter pattern: unexpected {kind} at {place}: {rest!r}"


def unquote(token: str) -> str:
    r"""Return the text of a quoted string: only ``\"`` and ``\\`` lose their backslash."""
    out: list[str] = []
    chars = iter(token[1:-1])
    for char in chars:
        if char == "\\":
            escaped = next(chars)
            out.append(escaped if escaped in '"\\' else char + escaped)
        else:
            out.append(char)
    return "".join(out)
