"""Text patterns: ``ERROR "two words" -excluded``, ``?one ?other``, or one ``%regex%`` alone.

Our choices where AWS's documentation says nothing: ``?`` terms are ignored with excluded terms, as
they are with plain terms; white space separates terms.
"""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token
from lark.visitors import Transformer, v_args

from localaws.logs.grammar import TEXT_GRAMMAR, parse, unquote
from localaws.logs.regex import Regex


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Case-sensitive substrings: all of ``required``, none of ``excluded``, or any ``any_of``."""

    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    def matches(self, message: str) -> bool:
        if self.any_of and not self.required and not self.excluded:
            return any(term in message for term in self.any_of)
        return all(term in message for term in self.required) and not any(
            term in message for term in self.excluded
        )

    def extracted(self, message: str) -> dict[str, str]:
        return {}


@v_args(inline=True)
class _Builder(Transformer[Token, TextPattern]):
    def term(self, *tokens: Token) -> tuple[str, str]:
        last = tokens[-1]
        mark = str(tokens[0]) if len(tokens) > 1 else ""
        return mark, unquote(last) if last.type == "STRING" else str(last)

    def start(self, *terms: tuple[str, str]) -> TextPattern:
        def marked(mark: str) -> tuple[str, ...]:
            return tuple(term for sign, term in terms if sign == mark)

        return TextPattern(marked(""), marked("-"), marked("?"))


@dataclass(frozen=True, slots=True)
class RegexPattern:
    """A regular expression as the whole pattern (AWS, "Supported regular expressions syntax")."""

    regex: Regex

    def matches(self, message: str) -> bool:
        return self.regex.found_in(message)

    def extracted(self, message: str) -> dict[str, str]:
        return {}


def compile_text(pattern: str) -> TextPattern | RegexPattern:
    """Compile a pattern of terms or of one regular expression. Raises PatternError."""
    stripped = pattern.strip(" \t\r\n")
    if len(stripped) > 1 and stripped[0] == stripped[-1] == "%" and stripped.count("%") == 2:
        return RegexPattern(Regex(stripped[1:-1]))
    return parse(TEXT_GRAMMAR, _Builder, pattern)
