"""The question of a proof for an SMT solver, encoded from AWS's documents, without our code.

A field is a kind, a string and a real number; an array also has a length. A comparison has two
formulas: where it surely holds, and where it may hold in some reading of what is undocumented.
"""

import re
from enum import Enum
from functools import cache
from typing import Any

import z3

from alarmchain.records.record_fields import ABSENT
from tests.proof.documented import (
    ABSENT_KIND,
    ANY,
    API_CALL,
    ARRAY,
    FALSE,
    NULL,
    NUMBER,
    OBJECT,
    SIGN_INS,
    STRING,
    TRUE,
    kinds,
)
from tests.proof.pattern_sets import Condition, Path, PatternSet, Tree


class Answer(Enum):
    """The solver's answer."""

    COVERED = "covered"
    ESCAPES = "escapes"
    UNKNOWN = "unknown"
    TOO_SLOW = "too slow"


class _Record:
    """The fields of a record as the solver's constants, with what is documented of them."""

    def __init__(self) -> None:
        self.facts: list[z3.BoolRef] = []
        self._paths: set[Path] = set()
        self.is_call = self.text(("eventType",)) == API_CALL
        self.is_sign_in = z3.Or([self.text(("eventType",)) == name for name in SIGN_INS])
        self.add(("eventType",))

    @staticmethod
    def kind(path: Path) -> Any:
        return z3.Int(f"kind {path}")

    @staticmethod
    def text(path: Path) -> Any:
        return z3.String(f"text {path}")

    @staticmethod
    def number(path: Path) -> Any:
        return z3.Real(f"number {path}")

    def is_one_of(self, path: Path, allowed: frozenset[int]) -> z3.BoolRef:
        return z3.Or([self.kind(path) == kind for kind in sorted(allowed)])

    def add(self, path: Path) -> None:
        """Add a field, and the fields that contain it."""
        if path in self._paths:
            return
        self._paths.add(path)
        kind = self.kind(path)
        calls = self.is_one_of(path, kinds(path, "calls"))
        sign_ins = self.is_one_of(path, kinds(path, "sign-ins"))
        others = self.is_one_of(path, kinds(path, "others"))
        allowed = z3.If(self.is_call, calls, z3.If(self.is_sign_in, sign_ins, others))
        if path == ("userIdentity", "type"):
            documented = z3.Or(self.is_call, self.is_sign_in)
            self.facts.append(z3.Implies(documented, z3.Length(self.text(path)) > 0))
        if path[-1] == "mfaAuthenticated":
            is_flag = z3.Or(self.text(path) == "true", self.text(path) == "false")
            documented = z3.And(z3.Or(self.is_call, self.is_sign_in), kind == STRING)
            self.facts.append(z3.Implies(documented, is_flag))
        parent = path[:-1]
        if not parent:
            self.facts.append(allowed)
            return
        self.add(parent)
        if isinstance(path[-1], int):
            length = z3.Int(f"length {parent}")
            there = z3.And(self.kind(parent) == ARRAY, length > path[-1])
        else:
            there = self.kind(parent) == OBJECT
        self.facts.append(z3.If(there, allowed, kind == ABSENT_KIND))
        if isinstance(path[-1], int):
            self.facts.append(z3.Implies(there, kind != ABSENT_KIND))
        self.facts.append(z3.And(kind >= 0, kind <= 7))

    def know(self, name: str, value: Any) -> None:
        """Add a known top-level field."""
        path = (name,)
        self.add(path)
        if value is ABSENT:
            self.facts.append(self.kind(path) == ABSENT_KIND)
        elif isinstance(value, bool):
            self.facts.append(self.kind(path) == (TRUE if value else FALSE))
        else:
            self.facts += [self.kind(path) == STRING, self.text(path) == value]


@cache
def _expression(name: str) -> Any:
    """Return the language of each regular expression of pattern_sets.py."""
    anything = z3.Star(z3.AllChar(z3.ReSort(z3.StringSort())))
    a_or_b = z3.Union(z3.Re("a"), z3.Re("b"))
    digit = z3.Range("0", "9")
    not_b = z3.Intersect(z3.AllChar(z3.ReSort(z3.StringSort())), z3.Complement(z3.Re("b")))
    return {
        "^Stop": z3.Concat(z3.Re("Stop"), anything),
        "Log": z3.Concat(anything, z3.Re("Log"), anything),
        "^[ab]+$": z3.Plus(a_or_b),
        "role[0-9]{2}$": z3.Concat(anything, z3.Re("role"), digit, digit),
        "jane|deploy": z3.Concat(anything, z3.Union(z3.Re("jane"), z3.Re("deploy")), anything),
        "^a": z3.Concat(z3.Re("a"), anything),
        "b$": z3.Concat(anything, z3.Re("b")),
        "a[^b]": z3.Concat(anything, z3.Re("a"), not_b, anything),
        "s$": z3.Concat(anything, z3.Re("s")),
    }[name]


def _accepts(condition: Condition, text: Any) -> Any:
    """Return whether the text equals the operand, with its wildcards."""
    if condition.operator.endswith("regex"):
        return z3.InRe(text, _expression(condition.operand))
    word = condition.operand.strip("*")
    begins, ends = condition.operand.startswith("*"), condition.operand.endswith("*")
    if begins and ends:
        return z3.Contains(text, word)
    if begins:
        return z3.SuffixOf(word, text)
    return z3.PrefixOf(word, text) if ends else text == word


def _accepts_constant(condition: Condition, text: str) -> bool:
    if condition.operator.endswith("regex"):
        return re.search(condition.operand, text) is not None
    pattern = re.escape(condition.operand).replace(r"\*", ".*")
    return re.fullmatch(pattern, text) is not None


_CONSTANTS = {NULL: "null", TRUE: "true", FALSE: "false"}
_SIMPLE = {
    "NOT EXISTS": {ABSENT_KIND},
    "= *": ANY - {ABSENT_KIND},
    "IS NULL": {NULL},
    "IS TRUE": {TRUE},
    "IS FALSE": {FALSE},
}


def _holds(record: _Record, condition: Condition, *, surely: bool) -> Any:
    path, operator = condition.path, condition.operator
    record.add(path)
    kind, text, number = record.kind(path), record.text(path), record.number(path)
    if operator in _SIMPLE:
        return record.is_one_of(path, frozenset(_SIMPLE[operator]))
    if operator.endswith(("text", "regex")):
        accepts = _accepts(condition, text)
        certain = z3.And(kind == STRING, accepts if operator[0] == "=" else z3.Not(accepts))
        if surely:
            return certain
        doubtful = [
            constant
            for constant, name in _CONSTANTS.items()
            if operator[0] == "!" or _accepts_constant(condition, name)
        ]
        if operator[0] == "!" or _accepts_constant_number(condition):
            doubtful.append(NUMBER)
        return z3.Or(certain, *(kind == constant for constant in doubtful))
    bound = z3.RealVal(condition.operand)
    compared = {
        "=": number == bound,
        "!=": number != bound,
        "<": number < bound,
        ">": number > bound,
        "<=": number <= bound,
        ">=": number >= bound,
    }[operator]
    certain = z3.And(kind == NUMBER, compared)
    if surely:
        return certain
    doubtful = [TRUE, FALSE] + ([NULL, STRING] if operator == "!=" else [])
    numeric = z3.And(kind == STRING, z3.InRe(text, _numerals()))
    return z3.Or(certain, numeric, *(kind == constant for constant in doubtful))


@cache
def _numerals() -> Any:
    """Return a language that contains the texts of all numbers, and other texts."""
    some = z3.Plus(z3.Union(z3.Range("0", "9"), z3.Re(".")))
    sign = z3.Option(z3.Union(z3.Re("-"), z3.Re("+")))
    exponent = z3.Option(z3.Concat(z3.Union(z3.Re("e"), z3.Re("E")), sign, some))
    return z3.Concat(sign, some, exponent)


def _accepts_constant_number(condition: Condition) -> bool:
    """Return whether the condition accepts the text of one of some typical numbers."""
    numbers = ("0", "1.5", "-2", "1e+16", "1e-07", "100", "0.07")
    return any(_accepts_constant(condition, number) for number in numbers)


def _tree(record: _Record, tree: Tree, *, surely: bool) -> Any:
    if isinstance(tree, Condition):
        return _holds(record, tree, surely=surely)
    items = [_tree(record, item, surely=surely) for item in tree.items]
    return z3.And(items) if tree.operator == "&&" else z3.Or(items)


def judge(question: PatternSet, milliseconds: int = 10_000) -> Answer:
    """Return the solver's answer: covered, escapes, unknown, or too slow."""
    surely = _satisfiable(question, milliseconds, surely=True)
    if surely == z3.sat:
        return Answer.ESCAPES
    possibly = _satisfiable(question, milliseconds, surely=False)
    if z3.unknown in (surely, possibly):
        return Answer.TOO_SLOW
    return Answer.UNKNOWN if possibly == z3.sat else Answer.COVERED


def _satisfiable(question: PatternSet, milliseconds: int, *, surely: bool) -> Any:
    """Return Z3's answer whether a record surely, or possibly, escapes."""
    record = _Record()
    for name, value in question.record_class.known:
        record.know(name, value)
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    if question.belongs is not None:
        solver.add(_tree(record, question.belongs, surely=surely))
    for tree in (*question.exemptions, *question.filters):
        solver.add(z3.Not(_tree(record, tree, surely=not surely)))
    solver.add(record.facts)
    return solver.check()
