"""Space-delimited patterns: `[ip, ..., status = 4* && status != 404, bytes > 1000]`.

    spaces := '[' field (',' field)* ']'
    field  := '' | '...' | name | or          (or: see conditions.py; its fields are names)

They are read to tell a pattern from a slip; on JSON events nothing is documented of them, so the
tree keeps the text alone. Source: CloudWatch Logs user guide, "Using filter patterns to match
terms in space-delimited log events".
"""

import re

from alarmchain.filter_pattern.ast import And, Atom, Condition, Or, Selector, SpacePattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.condition_parser import ConditionReader
from alarmchain.filter_pattern.parser.enclosed import enclosed
from alarmchain.filter_pattern.parser.lexer import WHITE, Scanner

_NAME = re.compile(r"[A-Za-z0-9_]+")
_ELLIPSIS = "..."


def parse_spaces(text: str) -> SpacePattern:
    """The tree of a pattern that starts with `[`. Raises PatternSyntaxError."""
    start, end = enclosed(text, "[", "]")
    _SpaceReader(Scanner(text, start, end), "','").fields()
    return SpacePattern(text.strip(WHITE))


class _SpaceReader(ConditionReader):
    """Conditions on named fields."""

    def fields(self) -> None:
        """Reads them all. Raises PatternSyntaxError."""
        named: set[str] = set()
        asked: dict[str, int] = {}
        ellipses = 0
        while True:
            ellipses += self._field(named, asked)
            if ellipses > 1:
                raise self.scanner.refuse("one '...' at most")
            if self.scanner.token.kind == "end":
                break
            if self.scanner.token.kind != ",":
                raise self.scanner.refuse("',' or ']'")
            self.scanner.advance()
        for name, at in asked.items():
            if name not in named:
                raise PatternSyntaxError(self.scanner.text, at, "a field of the pattern")

    def _field(self, named: set[str], asked: dict[str, int]) -> bool:
        """Whether the field is an ellipsis; notes its name, and the names that are asked for."""
        token = self.scanner.token
        if token.kind in (",", "end"):
            return False
        if token.text == _ELLIPSIS:
            self.scanner.advance()
            return True
        if token.kind == "word" and _NAME.fullmatch(token.text) and self._stands_alone():
            named.add(token.text)
            return False
        names = _names(self.condition((",", "end")))
        named.add(names[0])
        for name in names:
            asked.setdefault(name, token.start)
        return False

    def _stands_alone(self) -> bool:
        """Whether a name is followed by no operator; then it is passed."""
        scanner = self.scanner
        after = scanner.peek()
        if after.kind == "operator":
            return False
        scanner.advance()
        return True

    def comparison(self) -> Atom:
        """name operator value"""
        scanner = self.scanner
        if scanner.token.kind != "word" or not _NAME.fullmatch(scanner.token.text):
            raise scanner.refuse("the name of a field, '...' or '('")
        selector = Selector((scanner.advance().text,))
        if scanner.token.kind != "operator":
            raise scanner.refuse("an operator (= != < > <= >=)")
        return self.compared(selector)


def _names(condition: Condition) -> list[str]:
    """The fields of a condition, from left to right."""
    names: list[str] = []
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And | Or):
            waiting.extend(reversed(node.items))
        else:
            names.append(str(node.selector.steps[0]))
    return names
