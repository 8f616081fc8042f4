"""Parse the text of a filter pattern into a syntax tree.

    pattern    := '{' or '}' | space_pattern | terms           (or: see condition_parser.py)
    comparison := selector (operator value | 'IS' ('NULL' | 'TRUE' | 'FALSE') | 'NOT' 'EXISTS')
    selector   := '$' ('.' name | '[' index ']' | '[*]' | '.*' | '.'? "['" key "']")+

Source: CloudWatch Logs user guide, "Filter pattern syntax". undocumented.py lists what it leaves
open.
"""

import re

from alarmchain.filter_pattern.ast import (
    Atom,
    Is,
    JsonPattern,
    NotExists,
    Pattern,
    Selector,
    Step,
    Wildcard,
)
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.condition_parser import ConditionParser
from alarmchain.filter_pattern.parser.lexer import WHITE_SPACE, Scanner, Token, find_body
from alarmchain.filter_pattern.parser.space_delimited import parse_space_delimited
from alarmchain.filter_pattern.parser.text_terms import parse_terms

MOST_CHARACTERS = 1024
"""The limit of PutMetricFilter's parameter filterPattern."""
MOST_WILDCARDS_IN_SELECTOR = 1
MOST_WILDCARDS = 3
"""How many selectors of a pattern may have a wildcard."""

_STEP = re.compile(
    r"\.(?P<name>[A-Za-z0-9_-]+)|\[(?P<index>[0-9]+)\]|(?P<element>\[\*\])"
    r"|(?P<member>\.\*)|(?P<dot>\.?)\['(?P<key>[^']+)'\]"
)


def parse(text: str) -> Pattern:
    """Return the syntax tree of the filter pattern `text`. Raises PatternSyntaxError."""
    if len(text) > MOST_CHARACTERS:
        expected = f"at most {MOST_CHARACTERS} characters"
        found = f"{len(text)} characters"
        raise PatternSyntaxError(text, MOST_CHARACTERS, expected, found=found)
    body = text.strip(WHITE_SPACE)
    if body.startswith("{"):
        return _parse_json(text)
    if body.startswith("["):
        return parse_space_delimited(text)
    return parse_terms(text)


def _parse_json(text: str) -> JsonPattern:
    start, end = find_body(text, "{", "}")
    return JsonPattern(_JsonConditionParser(Scanner(text, start, end), "'}'").condition())


class _JsonConditionParser(ConditionParser):
    """Parses conditions on the fields of a JSON record."""

    def __init__(self, scanner: Scanner, closing: str) -> None:
        super().__init__(scanner, closing)
        self._wildcards = 0

    def comparison(self) -> Atom:
        """Parse `selector (operator value | 'IS' literal | 'NOT' 'EXISTS')`."""
        scanner = self.scanner
        if scanner.token.kind != "selector":
            raise scanner.error("a selector such as $.eventName, or '('")
        selector = self._selector(scanner.advance())
        if scanner.token.kind == "operator":
            return self.operator_and_value(selector)
        word = scanner.token.text.upper()
        if word == "IS":
            return Is(selector, self._keywords("NULL", "TRUE", "FALSE"))
        if word == "NOT":
            return NotExists(selector, self._keywords("EXISTS"))
        expected = "an operator (= != < > <= >=), IS or NOT EXISTS"
        in_selector = scanner.token.kind == "word"
        raise scanner.error(
            expected, "remove the white space inside the selector" if in_selector else ""
        )

    def _keywords(self, *following: str) -> str:
        """Parse two keywords, the second one of `following`; return them as written."""
        first = self.scanner.advance().text
        if self.scanner.token.text.upper() not in following:
            raise self.scanner.error(f"{' or '.join(following)} after {first}")
        return f"{first} {self.scanner.advance().text}"

    def _selector(self, token: Token) -> Selector:
        steps: list[Step] = []
        undotted = False
        for step in _STEP.finditer(token.text, 1):
            name, index, element, _, dot, key = step.groups()
            if name is not None:
                steps.append(name)
            elif key is not None:
                steps.append(key)
                undotted = undotted or not dot
            elif index is not None:
                steps.append(int(index))
            else:
                steps.append(Wildcard.ELEMENT if element else Wildcard.MEMBER)
        if "*" in token.text:
            self._count_wildcards(token, steps)
        return Selector(tuple(steps), undotted)

    def _count_wildcards(self, token: Token, steps: list[Step]) -> None:
        wildcards = sum(isinstance(step, Wildcard) for step in steps)
        self._wildcards += wildcards
        if wildcards > MOST_WILDCARDS_IN_SELECTOR:
            expected = f"at most {MOST_WILDCARDS_IN_SELECTOR} wildcard in a selector"
        elif self._wildcards > MOST_WILDCARDS:
            expected = f"at most {MOST_WILDCARDS} selectors with a wildcard"
        else:
            return
        raise PatternSyntaxError(self.scanner.text, token.start, expected)
