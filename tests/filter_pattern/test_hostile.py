"""Patterns that are made to use up time or memory: bounded work, and only syntax errors."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from alarmchain.decision.routine_reads import Breadth, breadth
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import MOST_CHARACTERS, parse
from alarmchain.proof import solver
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import api_call
from alarmchain.records.typical_record import typical_record

CALL = api_call("cloudtrail.amazonaws.com", "StopLogging", failed=None)
NAMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def filled(unit: Callable[[int], str], between: str, head: str = "{", tail: str = "}") -> str:
    """Return a pattern of the maximum length that repeats `unit`."""

    def units() -> Iterator[str]:
        left = MOST_CHARACTERS - len(head) - len(tail)
        for number in count():
            left -= len(unit(number)) + len(between)
            if left < 0:
                return
            yield unit(number)

    return head + between.join(units()) + tail


def nested(depth: int) -> str:
    """Return a pattern with `depth` nested groups, && and || in turn."""
    condition = "$.a=1"
    for level in range(depth):
        condition = f"$.{NAMES[level % 26]}=1{('&&', '||')[level % 2]}({condition})"
    return "{" + condition + "}"


def exists(number: int) -> str:
    """Return a comparison with existence, which varies with the number."""
    return "=*" if number % 3 else " NOT EXISTS"


HOSTILE = {
    "nested": nested(110),
    "parentheses": "{" + "(" * 500 + "$.a=1" + ")" * 500 + "}",
    "open": "{" + "(" * 1022 + "}",
    "closed": "{$.a=1" + ")" * 1000 + "}",
    "alternatives": filled(lambda n: f"$.{NAMES[n % 52]}{n // 52}=1", "||"),
    "equal": filled(lambda n: "$.a=1", "&&"),
    "tautologies": filled(lambda n: f"($.{NAMES[n]}=*||$.{NAMES[n]} NOT EXISTS)", "&&"),
    "two literals": filled(
        lambda n: f"$.{NAMES[n % 14]}{exists(n * 7)}&&$.{NAMES[(n * 5 + 1) % 14]}{exists(n * 5)}",
        "||",
    ),
    "three literals": filled(
        lambda n: "&&".join(
            f"$.{NAMES[(n * step + step) % 9]}{exists(n * (step + 2))}" for step in (1, 5, 3)
        ),
        "||",
    ),
    "each below the last": filled(lambda n: "$" + ".a" * (n + 1) + " NOT EXISTS", "||"),
    "above and below": filled(lambda n: "$" + ".a" * (n + 1) + exists(n), "&&"),
    "deny list": filled(lambda n: f"$.eventName!={NAMES[n % 52]}{n}*", "||"),
    "inner stars": '{$.eventName="' + "*a" * 500 + '"}',
    "stars": '{$.eventName="' + "*" * 1000 + '"}',
    "repeats": "{$.eventName=%" + "a?" * 200 + "a{200}%}",
    "loops": "{$.eventName=%" + ".*" * 480 + "b%}",
    "bomb": "{$.eventName=%a{1,99999999}%||$.x=%" + "9" * 10 + "{" + "9" * 900 + "}%}",
    "numbers": "{$.x=1e999999||$.y=" + "9" * 400 + "||$.z<-1e-99999999999999999999}",
    "index": "{$.eventName=A&&$.x[" + "9" * 900 + "]=1}",
    "large index": "{$.x[999999999] NOT EXISTS}",
    "optional terms": filled(lambda n: f"?{NAMES[n % 52]}{n}", " ", "", ""),
    "excluded terms": filled(lambda n: f"-{NAMES[n % 52]}{n}", " ", "", ""),
    "terms": filled(lambda n: f"{NAMES[n % 52]}{n}", " ", "", ""),
    "fields": "[" + "," * 1022 + "]",
    "field groups": "[" + "(" * 1022 + "]",
    "root wildcards": "{$.*!=1||$.*.x NOT EXISTS||$.*=1.11}",
    "escapes": '{$.eventName="' + "\\u0041" * 150 + '"}',
    "surrogate": '{$.a="\ud800"}',
    "lone surrogate": "\ud800",
    "control characters": '{$.a="\x00\x1b\x7f"}',
    "quotes": '"' * 1023,
    "percents": "%" * 1024,
    "dollars": "{" + "$." * 511 + "}",
    "backslashes": '{$.a="' + "\\" * 1000 + '"}',
    "too long": "x" * 1_000_000,
}
REFUSED = {
    HOSTILE["open"],
    HOSTILE["closed"],
    HOSTILE["field groups"],
    HOSTILE["lone surrogate"],
    HOSTILE["quotes"],
    HOSTILE["percents"],
    HOSTILE["dollars"],
    HOSTILE["too long"],
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_patterns(text: str) -> None:
    """Each hostile pattern is refused, or its proof agrees with its counterexample."""
    if text in REFUSED:
        with pytest.raises(PatternSyntaxError) as caught:
            parse(text)
        assert len(caught.value.caret().splitlines()) == 2
        assert len(str(caught.value)) < 300
        return
    pattern = parse(text)
    assert parse(str(pattern)) == pattern
    assert hash(parse(str(pattern))) == hash(pattern)
    assert repr(pattern)
    assert breadth(pattern) in Breadth
    assert match(pattern, typical_record(CALL)).level in (0, 1, 2)
    proof = prove([pattern], CALL)
    if proof.counterexample is not None:
        assert match(pattern, proof.counterexample).is_no


def test_the_search_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that needs too many steps is unknown, with the reason."""
    monkeypatch.setattr(solver, "MOST_STEPS", 5)
    monkeypatch.setattr(solver, "STEPS_FOR_EACH_LEAF", 0)
    proof = prove([parse(HOSTILE["two literals"])], CALL)
    assert proof.verdict is Verdict.UNKNOWN
    assert "too many cases" in proof.doubts[0]


def test_work_is_bounded_for_every_hostile_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pattern of the list needs less than a third of the allowed steps."""
    assert solver.MOST_STEPS <= 100_000
    monkeypatch.setattr(solver, "MOST_STEPS", solver.MOST_STEPS // 3)
    monkeypatch.setattr(solver, "STEPS_FOR_EACH_LEAF", 0)
    verdicts = set()
    for text in set(HOSTILE.values()) - REFUSED:
        proof = prove([parse(text)], CALL)
        assert "the patterns have too many cases to check" not in proof.doubts
        verdicts.add(proof.verdict)
    assert verdicts == set(Verdict)
