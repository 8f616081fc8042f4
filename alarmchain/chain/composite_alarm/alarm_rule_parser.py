"""The language of composite alarms' rules.

Facts: CloudWatch user guide, "Composite alarms" (alarm references, syntax). Which of AND and OR
binds tighter is not told: a rule that mixes them without parentheses has several readings.
"""

import re

from alarmchain.chain.composite_alarm.alarm_rule import (
    STATES,
    Always,
    AtLeast,
    Both,
    Either,
    InState,
    InTurn,
    Not,
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
    """A text that is no rule; the message names the place."""


def readings(text: str) -> tuple[Rule, ...]:
    """The trees of a rule: one, or one for each way to read AND beside OR. Raises RuleError."""
    found = (_Reader(text, tight).rule() for tight in ("AND", "OR", ""))
    return tuple(dict.fromkeys(found))


class _Reader:
    """Reads a rule, with AND or OR binding tighter ("": neither, from left to right)."""

    def __init__(self, text: str, tight: str) -> None:
        if len(text) > LONGEST:
            raise RuleError(f"it is longer than {LONGEST} characters")
        self.text, self.tight = text, tight
        self.place = self.depth = 0

    def rule(self) -> Rule:
        found = self.chain()
        self.skip()
        if self.place < len(self.text):
            raise self.error("AND, OR or its end")
        return found

    def error(self, wanted: str) -> RuleError:
        there = self.text[self.place : self.place + 12] or "its end"
        return RuleError(f"expected {wanted} at {there!r}")

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.place)
        self.place = match.end() if match else self.place

    def take(self, sign: str) -> bool:
        self.skip()
        found = self.text.startswith(sign, self.place)
        self.place += len(sign) if found else 0
        return found

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise self.error(repr(sign))

    def word(self, *words: str) -> str:
        """The next word, in capitals, if it is one of these; else "", and nothing is read."""
        self.skip()
        match = _WORD.match(self.text, self.place)
        if match is None or match[0].upper() not in words:
            return ""
        self.place = match.end()
        return match[0].upper()

    def chain(self) -> Rule:
        """Operands joined by AND and OR."""
        operands, operators = [self.operand()], list[str]()
        while operator := self.word("AND", "OR"):
            operators.append(operator)
            operands.append(self.operand())
        return _join(operands, operators, self.tight)

    def operand(self) -> Rule:
        """NOT, parentheses, a constant or a function."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RuleError("it is nested too deeply")
        word = self.word("NOT", "TRUE", "FALSE", "AT_LEAST", *STATES)
        found: Rule
        if word == "NOT":
            found = Not(self.operand())
        elif word in ("TRUE", "FALSE"):
            found = Always(word == "TRUE")
        elif word == "AT_LEAST":
            found = self.at_least()
        elif word:
            found = self.in_state(word)
        else:
            self.expect("(")
            found = self.chain()
            self.expect(")")
        self.depth -= 1
        return found

    def in_state(self, state: str) -> InState:
        self.expect("(")
        alarm = self.alarm()
        self.expect(")")
        return InState(state, alarm)

    def alarm(self) -> str:
        """A name or an ARN, quoted or not."""
        self.skip()
        if match := _QUOTED.match(self.text, self.place):
            self.place = match.end()
            return re.sub(r'\\(["\\])', r"\1", match[1])
        match = _BARE.match(self.text, self.place)
        if match is None:
            raise self.error("an alarm")
        self.place = match.end()
        return match[0]

    def at_least(self) -> AtLeast:
        self.expect("(")
        self.skip()
        amount = _AMOUNT.match(self.text, self.place)
        if amount is None:
            raise self.error("a number or a percentage")
        self.place = amount.end()
        self.expect(",")
        negated = bool(self.word("NOT"))
        state = self.word(*STATES)
        if not state:
            raise self.error("a state")
        self.expect(",")
        found = self.listed()
        self.expect(")")
        return AtLeast(int(amount[2]), bool(amount[3]), negated, state, found)

    def listed(self) -> tuple[str, ...]:
        self.expect("(")
        found = [self.alarm()]
        while self.take(","):
            found.append(self.alarm())
        self.expect(")")
        return tuple(found)


def _join(operands: list[Rule], operators: list[str], tight: str) -> Rule:
    kinds: dict[str, type[Both] | type[Either]] = {"AND": Both, "OR": Either}
    if not operators:
        return operands[0]
    if len(set(operators)) == 1:
        return kinds[operators[0]](tuple(operands))
    if not tight:
        return InTurn(operands[0], tuple(zip(operators, operands[1:], strict=True)))
    groups = [[operands[0]]]
    for operator, operand in zip(operators, operands[1:], strict=True):
        if operator == tight:
            groups[-1].append(operand)
        else:
            groups.append([operand])
    loose = "OR" if tight == "AND" else "AND"
    parts = [kinds[tight](tuple(one)) if len(one) > 1 else one[0] for one in groups]
    return kinds[loose](tuple(parts))
