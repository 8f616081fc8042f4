"""Random questions, answered by the prover, by brute force and by an SMT solver.

The suite asks a few, the same ones each time; LONG_TESTS asks 30,000 in all.
"""

import random
from collections import Counter
from dataclasses import replace

import pytest

from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, Verdict, prove
from tests.chance import LONG
from tests.proof.brute_force import Judge, records
from tests.proof.documented import is_documented
from tests.proof.pattern_sets import PatternSet, as_pattern, pattern_set

BLOCK = 30
BLOCKS = 1000 if LONG else 1
BRUTE_FORCE = 10_000 if LONG else 100


def questions(first: int, count: int) -> list[tuple[int, PatternSet, Proof]]:
    """Return questions and the prover's answers. Those with too many regular expressions are left
    out."""
    found = []
    for seed in range(first, first + count):
        question = pattern_set(random.Random(seed))
        try:
            filters = [parse(as_pattern(tree)) for tree in question.filters]
            exempted = "".join(as_pattern(tree) for tree in question.exemptions)  # one at most
            proof = prove(filters, replace(question.record_class, exempted=exempted))
        except PatternSyntaxError:
            continue
        found.append((seed, question, proof))
    return found


def test_brute_force_finds_no_other_answer() -> None:
    """No tried record escapes if covered; a counterexample escapes and is documented."""
    verdicts: Counter[Verdict] = Counter()
    for seed, question, proof in questions(0, BRUTE_FORCE):
        judge = Judge(question)
        verdicts[proof.verdict] += 1
        record = proof.counterexample
        assert (record is not None) == (proof.verdict is Verdict.ESCAPES)
        if record is not None:
            assert question.record_class.allows(record), (seed, str(question))
            assert is_documented(record), (seed, str(question), record)
            assert judge.escapes(record), (seed, str(question), record)
        if proof.verdict is Verdict.COVERED:
            for other in records(question, random.Random(seed), 300 if LONG else 60):
                assert question.record_class.allows(other)
                assert not judge.escapes(other), (seed, str(question), other)
    assert min(verdicts[Verdict.COVERED], verdicts[Verdict.ESCAPES]) > BRUTE_FORCE / 5


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_solver_gives_the_same_answer(block: int) -> None:
    """The solver has the prover's answer, unless it needs too much time."""
    pytest.importorskip("z3", reason="z3-solver is not installed")
    from tests.proof.smt import Answer, judge

    slow = 0
    for seed, question, proof in questions(block * BLOCK, BLOCK):
        answer = judge(question, 1_500)
        if answer is Answer.TOO_SLOW:
            slow += 1
        else:
            assert proof.verdict.value == answer.value, (seed, str(question), proof.doubts)
    assert slow <= BLOCK / 10
