"""From the text of a filter pattern to its tree.

    pattern   := json | spaces | terms
    json      := '{' or '}'
    or        := and ('||' and)*
    and       := primary ('&&' primary)*
    primary   := '(' or ')' | selector comparison
    comparison:= operator value | 'IS' ('NULL' | 'TRUE' | 'FALSE') | 'NOT' 'EXISTS'

Source: CloudWatch Logs user guide, "Filter pattern syntax"; what it leaves open is listed in
`disputed.py`. Groups are read with a stack of our own, so nesting costs no recursion.
"""

import re

from alarmchain.pattern.errors import PatternSyntaxError
from alarmchain.pattern.regex import Regex, RegexError, parse_regex
from alarmchain.pattern.syntax import (
    And,
    Atom,
    Compare,
    Condition,
    Exists,
    Is,
    JsonPattern,
    NotExists,
    Number,
    Or,
    Pattern,
    Selector,
    SpacePattern,
    Step,
    Text,
    Wildcard,
)
from alarmchain.pattern.terms import parse_terms
from alarmchain.pattern.tokens import Scanner, Token

MOST_CHARACTERS = 1024
"""PutMetricFilter's limit on filterPattern."""
MOST_WILDCARDS_IN_SELECTOR = 1
MOST_WILDCARD_SELECTORS = 3
MOST_REGEXES = 2

_WHITE = " \t\r\n\f\v"
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DOCUMENTED_WORD = re.compile(r"[A-Za-z0-9_.*]+")
_STEP = re.compile(
    r"\.(?P<name>[A-Za-z0-9_-]+)|\[(?P<index>[0-9]+)\]|(?P<element>\[\*\])"
    r"|(?P<member>\.\*)|(?P<dot>\.?)\['(?P<key>[^']*)'\]"
)


def parse(text: str) -> Pattern:
    """The tree of the filter pattern `text`. Raises PatternSyntaxError."""
    if len(text) > MOST_CHARACTERS:
        raise PatternSyntaxError(
            text,
            MOST_CHARACTERS,
            f"at most {MOST_CHARACTERS} characters",
            found=f"{len(text)} characters",
        )
    body = text.strip(_WHITE)
    if body.startswith("{"):
        return _parse_json(text)
    if body.startswith("["):
        if not body.endswith("]"):
            raise PatternSyntaxError(text, len(text), "']' at the end, since it starts with '['")
        return SpacePattern(body)
    return parse_terms(text)


def _parse_json(text: str) -> JsonPattern:
    start = text.index("{") + 1
    end = len(text.rstrip(_WHITE)) - 1
    if text[end] != "}" or end < start:
        raise PatternSyntaxError(text, len(text), "'}' at the end, since it starts with '{'")
    scanner = Scanner(text, start, end)
    pattern = JsonPattern(_Parser(scanner).condition())
    _check_limits(text, pattern)
    return pattern


def _check_limits(text: str, pattern: JsonPattern) -> None:
    selectors: set[Selector] = set()
    regexes = 0
    for atom in pattern.atoms():
        if atom.selector.has_wildcard:
            selectors.add(atom.selector)
        regexes += isinstance(atom, Compare) and isinstance(atom.value, Regex)
    if len(selectors) > MOST_WILDCARD_SELECTORS:
        raise PatternSyntaxError(
            text,
            len(text),
            f"at most {MOST_WILDCARD_SELECTORS} selectors with a wildcard",
            found=f"{len(selectors)} of them",
        )
    if regexes > MOST_REGEXES:
        raise PatternSyntaxError(
            text,
            len(text),
            f"at most {MOST_REGEXES} regular expressions",
            found=f"{regexes} of them",
        )


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


def _join(kind: type[And] | type[Or], items: list[Condition]) -> Condition:
    if len(items) == 1:
        return items[0]
    flat: list[Condition] = []
    for item in items:
        if isinstance(item, kind):
            flat.extend(item.items)
        else:
            flat.append(item)
    return kind(tuple(flat))  # type: ignore[arg-type]


class _Parser:
    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner

    def condition(self) -> Condition:
        """or, with one _Group on the stack for each parenthesis that is open."""
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
            if kind == "end" and len(stack) == 1:
                return stack[0].close()
            if kind == "||":
                stack[-1].end_alternative()
            elif kind != "&&":
                closing = "')'" if len(stack) > 1 else "'}'"
                raise scanner.refuse(f"'&&', '||' or {closing}")
            scanner.advance()

    def comparison(self) -> Atom:
        """selector (operator value | 'IS' literal | 'NOT' 'EXISTS')"""
        scanner = self.scanner
        if scanner.token.kind != "selector":
            raise scanner.refuse("a selector such as $.eventName, or '('")
        selector = self._selector(scanner.advance())
        if scanner.token.kind == "operator":
            return self._value(selector, scanner.advance().text)
        word = scanner.token.text.upper() if scanner.token.kind == "word" else ""
        if word == "IS":
            keyword = scanner.advance().text
            if scanner.token.text.upper() not in ("NULL", "TRUE", "FALSE"):
                raise scanner.refuse("NULL, TRUE or FALSE after IS")
            return Is(selector, scanner.advance().text, keyword)
        if word == "NOT":
            keyword = scanner.advance().text
            if scanner.token.text.upper() != "EXISTS":
                raise scanner.refuse("EXISTS after NOT")
            return NotExists(selector, f"{keyword} {scanner.advance().text}")
        raise scanner.refuse("an operator (= != < > <= >=), IS or NOT EXISTS")

    def _selector(self, token: Token) -> Selector:
        steps: list[Step] = []
        undotted = False
        for step in _STEP.finditer(token.text, 1):
            if step["name"] is not None:
                steps.append(step["name"])
            elif step["index"] is not None:
                steps.append(int(step["index"]))
            elif step["key"] is not None:
                steps.append(step["key"])
                undotted = undotted or not step["dot"]
            else:
                steps.append(Wildcard.ELEMENT if step["element"] else Wildcard.MEMBER)
        wildcards = sum(isinstance(step, Wildcard) for step in steps)
        if wildcards > MOST_WILDCARDS_IN_SELECTOR:
            raise PatternSyntaxError(
                self.scanner.text,
                token.start,
                "at most one wildcard in a selector",
                found=f"{wildcards} in {token.text}",
            )
        return Selector(tuple(steps), undotted)

    def _value(self, selector: Selector, operator: str) -> Atom:
        """value := string | regex | word | number"""
        scanner = self.scanner
        kind = scanner.token.kind
        number = kind == "word" and _NUMBER.fullmatch(scanner.token.text)
        if operator not in ("=", "!=") and not number:
            raise scanner.refuse(f"a number after {operator}")
        if kind not in ("string", "regex", "word"):
            raise scanner.refuse(f"a value after {operator}")
        if kind == "regex":
            self._check_regex(scanner.token)
        token = scanner.advance()
        if number:
            return Compare(selector, operator, Number(token.text))
        if kind == "regex":
            return Compare(selector, operator, parse_regex(token.text[1:-1]))
        if kind == "string":
            return Compare(selector, operator, Text(token.text[1:-1]))
        if token.text == "*" and operator == "=":
            return Exists(selector)
        bare = not _DOCUMENTED_WORD.fullmatch(token.text)
        return Compare(selector, operator, Text(token.text, bare))

    def _check_regex(self, token: Token) -> None:
        try:
            parse_regex(token.text[1:-1])
        except RegexError as error:
            place = token.start + 1 + error.offset
            raise PatternSyntaxError(self.scanner.text, place, error.expected) from None
