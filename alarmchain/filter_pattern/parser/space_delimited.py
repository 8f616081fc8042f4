"""Parse space-delimited patterns: `[ip, ..., status = 4* && status != 404, bytes > 1000]`.

    space_pattern := '[' field (',' field)* ']'
    field         := '' | '...' | name | or    (or: see condition_parser.py; its fields are names)

They are parsed only to find syntax errors. AWS does not document what they match in JSON events,
so the tree keeps just the text. Source: CloudWatch Logs user guide, "Using filter patterns to
match terms in space-delimited log events".
"""

import re

from alarmchain.filter_pattern.ast import And, Atom, Condition, Or, Selector, SpacePattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.condition_parser import ConditionParser
from alarmchain.filter_pattern.parser.lexer import WHITE_SPACE, Scanner, find_body

_NAME = re.compile(r"[A-Za-z0-9_]+")
_ELLIPSIS = "..."


def parse_space_delimited(text: str) -> SpacePattern:
    """Return the syntax tree of a pattern that starts with `[`. Raises PatternSyntaxError."""
    start, end = find_body(text, "[", "]")
    _FieldParser(Scanner(text, start, end), "','").fields()
    return SpacePattern(text.strip(WHITE_SPACE))


class _FieldParser(ConditionParser):
    """Parses the fields of the pattern, which are names or conditions on names."""

    def fields(self) -> None:
        """Parse all fields. Raises PatternSyntaxError."""
        defined: set[str] = set()
        used: dict[str, int] = {}
        ellipses = 0
        while True:
            ellipses += self._field(defined, used)
            if ellipses > 1:
                raise self.scanner.error("at most one '...'")
            if self.scanner.token.kind == "end":
                break
            if self.scanner.token.kind != ",":
                raise self.scanner.error("',' or ']'")
            self.scanner.advance()
        for name, position in used.items():
            if name not in defined:
                expected = "a condition on fields that the pattern names"
                raise PatternSyntaxError(self.scanner.text, position, expected)

    def _field(self, defined: set[str], used: dict[str, int]) -> bool:
        """Parse one field; return whether it is an ellipsis.

        Adds the field's name to `defined`, and the names in its condition to `used`.
        """
        token = self.scanner.token
        if token.kind in (",", "end"):
            return False
        if token.text == _ELLIPSIS:
            self.scanner.advance()
            return True
        is_name = token.kind == "word" and _NAME.fullmatch(token.text)
        if is_name and self.scanner.peek().kind != "operator":
            self.scanner.advance()
            defined.add(token.text)
            return False
        names = _names(self.condition((",", "end")))
        defined.add(names[0])
        for name in names:
            used.setdefault(name, token.start)
        return False

    def comparison(self) -> Atom:
        """Parse `name operator value`. Raises PatternSyntaxError."""
        scanner = self.scanner
        if scanner.token.kind != "word" or not _NAME.fullmatch(scanner.token.text):
            raise scanner.error("the name of a field, '...' or '('")
        selector = Selector((scanner.advance().text,))
        if scanner.token.kind != "operator":
            raise scanner.error("an operator (= != < > <= >=)")
        return self.operator_and_value(selector)


def _names(condition: Condition) -> list[str]:
    """Return the names of a condition's fields, from left to right."""
    names: list[str] = []
    stack = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, And | Or):
            stack.extend(reversed(node.items))
        else:
            names.append(str(node.selector.steps[0]))
    return names
