"""Parse conditions joined by && and ||. JSON and space-delimited patterns share them.

    or         := and ('||' and)*
    and        := primary ('&&' primary)*
    primary    := '(' or ')' | comparison
    comparison := field operator value        (the two kinds of pattern differ only in the field)

A stack holds the open groups, so nested parentheses need no recursion.
"""

from abc import ABC, abstractmethod

from alarmchain.filter_pattern.ast import And, Atom, Compare, Condition, Exists, Or, Selector
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.literals import NUMBER, PLAIN_WORD, Number, Text
from alarmchain.filter_pattern.parser.lexer import Scanner, Token
from alarmchain.filter_pattern.regex import Regex, RegexError, parse_regex

MOST_REGEXES = 2
"""How many regular expressions a pattern may have."""


class _Group:
    """The content of one pair of parentheses so far. `factors` belong to the last alternative."""

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


class ConditionParser(ABC):
    """Parses conditions from a scanner; each kind of pattern defines its `comparison`."""

    def __init__(self, scanner: Scanner, closing: str) -> None:
        self.scanner = scanner
        self._closing = closing
        self._regexes = 0

    @abstractmethod
    def comparison(self) -> Atom:
        """Parse one comparison. Raises PatternSyntaxError."""

    def condition(self, ends: tuple[str, ...] = ("end",)) -> Condition:
        """Parse up to a token of one of the kinds `ends`. Raises PatternSyntaxError."""
        scanner = self.scanner
        stack = [_Group()]
        while True:
            while scanner.token.kind == "(":
                scanner.advance()
                stack.append(_Group())
            stack[-1].factors.append(self.comparison())
            while scanner.token.kind == ")" and len(stack) > 1:
                scanner.advance()
                group = stack.pop().close()
                stack[-1].factors.append(group)
            kind = scanner.token.kind
            if kind in ends and len(stack) == 1:
                return stack[0].close()
            if kind == "||":
                stack[-1].end_alternative()
            elif kind != "&&":
                closing = "')'" if len(stack) > 1 else self._closing
                raise scanner.error(f"'&&', '||' or {closing}")
            scanner.advance()

    def operator_and_value(self, selector: Selector) -> Atom:
        """Parse `operator value` after the selector. Raises PatternSyntaxError."""
        scanner = self.scanner
        operator = scanner.advance().text
        token = scanner.token
        number = NUMBER.fullmatch(token.text) if token.kind == "word" else None
        if operator not in ("=", "!=") and not number:
            raise scanner.error(f"a number after {operator}")
        if token.kind not in ("string", "regex", "word"):
            raise scanner.error(f"a value after {operator}")
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
            raise self.scanner.error("a value", "put a word with a + in double quotes")
        return Text(token.text, bare=not PLAIN_WORD.fullmatch(token.text))

    def _regex(self, token: Token) -> Regex:
        self._regexes += 1
        if self._regexes > MOST_REGEXES:
            expected = f"at most {MOST_REGEXES} regular expressions in a pattern"
            raise PatternSyntaxError(self.scanner.text, token.start, expected)
        return regex_at(self.scanner.text, token.start + 1, token.text[1:-1])


def regex_at(text: str, start: int, expression: str) -> Regex:
    """Parse the regular expression that is at `start` in `text`. Raises PatternSyntaxError."""
    try:
        return parse_regex(expression)
    except RegexError as error:
        raise PatternSyntaxError(text, start + error.offset, error.expected) from None
