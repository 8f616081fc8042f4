"""A recursive-descent parser of composite alarms' rules.

Sources: CloudWatch API reference, PutCompositeAlarm (AlarmRule); CloudWatch user guide, "Composite
alarms". They do not say which of AND and OR binds tighter, so a rule that mixes them
without parentheses has several readings.
"""

import re

from alarmchain.chain.composite_alarm.alarm_rule import (
    STATES,
    And,
    AtLeast,
    Constant,
    InState,
    LeftToRight,
    Not,
    Or,
    Rule,
)

LONGEST = 10_240
_DEEPEST = 60
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z_]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r'(?!")[^\s(),]+')
_AMOUNT = re.compile(r'("?)(\d{1,9})\s*(%?)\1', re.ASCII)


class RuleError(ValueError):
    """The text is not a rule; the message says where and what was expected."""


def readings(text: str) -> tuple[Rule, ...]:
    """Return the different trees of a rule, one for each precedence of AND and OR.

    A rule that does not mix them has one tree. Raises RuleError.
    """
    trees = (_Parser(text, tight).rule() for tight in ("AND", "OR", ""))
    return tuple(dict.fromkeys(trees))


class _Parser:
    """Parses a rule; `tight` binds tighter: AND, OR, or "" for neither, from left to right."""

    def __init__(self, text: str, tight: str) -> None:
        if len(text) > LONGEST:
            raise RuleError(f"the rule is longer than {LONGEST} characters")
        self.text, self.tight = text, tight
        self.position = self.depth = 0

    def rule(self) -> Rule:
        """Return the tree of the whole text."""
        tree = self.operands()
        self.skip_space()
        if self.position < len(self.text):
            raise self.error("AND, OR or the end")
        return tree

    def error(self, expected: str) -> RuleError:
        actual = self.text[self.position : self.position + 12]
        return RuleError(f"expected {expected} at {repr(actual) if actual else 'the end'}")

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def take(self, sign: str) -> bool:
        self.skip_space()
        is_next = self.text.startswith(sign, self.position)
        self.position += len(sign) if is_next else 0
        return is_next

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise self.error(repr(sign))

    def word(self, *words: str) -> str:
        """Consume and return the next word, in capitals, if it is one of these; else return ""."""
        self.skip_space()
        match = _WORD.match(self.text, self.position)
        if match is None or match[0].upper() not in words:
            return ""
        self.position = match.end()
        return match[0].upper()

    def operands(self) -> Rule:
        """Parse operands joined by AND and OR."""
        operands, operators = [self.operand()], list[str]()
        while operator := self.word("AND", "OR"):
            operators.append(operator)
            operands.append(self.operand())
        return _join(operands, operators, self.tight)

    def operand(self) -> Rule:
        """Parse NOT, parentheses, a constant or a function."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RuleError("the rule is nested too deeply")
        word = self.word("NOT", "TRUE", "FALSE", "AT_LEAST", *STATES)
        tree: Rule
        if word == "NOT":
            tree = Not(self.operand())
        elif word in ("TRUE", "FALSE"):
            tree = Constant(word == "TRUE")
        elif word == "AT_LEAST":
            tree = self.at_least()
        elif word:
            tree = self.in_state(word)
        else:
            self.expect("(")
            tree = self.operands()
            self.expect(")")
        self.depth -= 1
        return tree

    def in_state(self, state: str) -> InState:
        self.expect("(")
        alarm = self.alarm()
        self.expect(")")
        return InState(state, alarm)

    def alarm(self) -> str:
        """Parse a name or an ARN, quoted or not."""
        self.skip_space()
        if match := _QUOTED.match(self.text, self.position):
            self.position = match.end()
            return re.sub(r'\\(["\\])', r"\1", match[1])
        match = _BARE.match(self.text, self.position)
        if match is None:
            raise self.error("an alarm")
        self.position = match.end()
        return match[0]

    def at_least(self) -> AtLeast:
        self.expect("(")
        self.skip_space()
        amount = _AMOUNT.match(self.text, self.position)
        if amount is None:
            raise self.error("a number or a percentage")
        self.position = amount.end()
        self.expect(",")
        negated = bool(self.word("NOT"))
        state = self.word(*STATES)
        if not state:
            raise self.error("a state")
        self.expect(",")
        alarms = self.alarm_list()
        self.expect(")")
        return AtLeast(int(amount[2]), bool(amount[3]), negated, state, alarms)

    def alarm_list(self) -> tuple[str, ...]:
        self.expect("(")
        alarms = [self.alarm()]
        while self.take(","):
            alarms.append(self.alarm())
        self.expect(")")
        return tuple(alarms)


def _join(operands: list[Rule], operators: list[str], tight: str) -> Rule:
    """Return the tree of the operands, where the operator `tight` binds tighter."""
    kinds: dict[str, type[And] | type[Or]] = {"AND": And, "OR": Or}
    if not operators:
        return operands[0]
    if len(set(operators)) == 1:
        return kinds[operators[0]](tuple(operands))
    if not tight:
        return LeftToRight(operands[0], tuple(zip(operators, operands[1:], strict=True)))
    groups = [[operands[0]]]
    for operator, operand in zip(operators, operands[1:], strict=True):
        if operator == tight:
            groups[-1].append(operand)
        else:
            groups.append([operand])
    loose = "OR" if tight == "AND" else "AND"
    parts = [kinds[tight](tuple(group)) if len(group) > 1 else group[0] for group in groups]
    return kinds[loose](tuple(parts))
