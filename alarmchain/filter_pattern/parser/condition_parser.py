"""Conditions joined by && and ||, as JSON and space-delimited patterns share them.

    or         := and ('||' and)*
    and        := primary ('&&' primary)*
    primary    := '(' or ')' | comparison
    comparison := field operator value        (the field is what the two kinds of pattern differ in)

Groups are read with a stack of our own, so nesting costs no recursion.
"""

from abc import ABC, abstractmethod

from alarmchain.filter_pattern.ast import And, Atom, Compare, Condition, Exists, Or, Selector
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.literals import NUMBER, PLAIN_WORD, Number, Text
from alarmchain.filter_pattern.parser.lexer import Scanner, Token
from alarmchain.filter_pattern.regex import Regex, RegexError, parse_regex

MOST_REGEXES = 2
"""How many regular expressions a pattern may hold."""


class _Group:
    """What has been read of one pair of parentheses: alternatives, the last one still growing."""

    __slots__ = ("alternatives", "factors")

    def __init__(self) -> None:
        self.alternatives: list[Condition] = []
        self.factors: list[Condition] = []

    def close(self) -> Condition:
        self.end_alternative()
        return _join(Or, self.alternatives)

    def end_alternative(self) -> None:
        self.alternatives.append(_join(And, self.factors))
        self.factors = []


def _join(kind: type[And | Or], items: list[Condition]) -> Condition:
    if len(items) == 1:
        return items[0]
    flat: list[Condition] = []
    for item in items:
        if isinstance(item, kind):
            flat.extend(item.items)
        else:
            flat.append(item)
    return kind(tuple(flat))


class ConditionReader(ABC):
    """Reads conditions from a scanner; `comparison` is left to the kind of pattern."""

    def __init__(self, scanner: Scanner, closing: str) -> None:
        self.scanner = scanner
        self._closing = closing
        self._regexes = 0

    @abstractmethod
    def comparison(self) -> Atom:
        """Reads one comparison. Raises PatternSyntaxError."""

    def condition(self, ends: tuple[str, ...] = ("end",)) -> Condition:
        """Reads up to a token of one of the kinds `ends`. Raises PatternSyntaxError."""
        scanner = self.scanner
        stack = [_Group()]
        while True:
            while scanner.token.kind == "(":
                scanner.advance()
                stack.append(_Group())
            stack[-1].factors.append(self.comparison())
            while scanner.token.kind == ")" and len(stack) > 1:
                scanner.advance()
                node = stack.pop().close()
                stack[-1].factors.append(node)
            kind = scanner.token.kind
            if kind in ends and len(stack) == 1:
                return stack[0].close()
            if kind == "||":
                stack[-1].end_alternative()
            elif kind != "&&":
                closing = "')'" if len(stack) > 1 else self._closing
                raise scanner.refuse(f"'&&', '||' or {closing}")
            scanner.advance()

    def compared(self, selector: Selector) -> Atom:
        """operator value"""
        scanner = self.scanner
        operator = scanner.advance().text
        token = scanner.token
        number = NUMBER.fullmatch(token.text) if token.kind == "word" else None
        if operator not in ("=", "!=") and not number:
            raise scanner.refuse(f"a number after {operator}")
        if token.kind not in ("string", "regex", "word"):
            raise scanner.refuse(f"a value after {operator}")
        if token.text == "*" and operator == "=":
            scanner.advance()
            return Exists(selector)
        value = Number(token.text) if number else self._value(token)
        scanner.advance()
        return Compare(selector, operator, value)

    def _value(self, token: Token) -> Text | Regex:
        if token.kind == "regex":
            return self._regex(token)
        if token.kind == "string":
            return Text(token.text[1:-1])
        if "+" in token.text:
            raise self.scanner.refuse("a value", "a word that holds a + takes double quotes")
        return Text(token.text, bare=not PLAIN_WORD.fullmatch(token.text))

    def _regex(self, token: Token) -> Regex:
        self._regexes += 1
        if self._regexes > MOST_REGEXES:
            expected = f"at most {MOST_REGEXES} regular expressions in a pattern"
            raise PatternSyntaxError(self.scanner.text, token.start, expected)
        return regex_at(self.scanner.text, token.start + 1, token.text[1:-1])


def regex_at(text: str, start: int, expression: str) -> Regex:
    """The regular expression that stands at `start` in `text`. Raises PatternSyntaxError."""
    try:
        return parse_regex(expression)
    except RegexError as error:
        raise PatternSyntaxError(text, start + error.offset, error.expected) from None
