"""Filter patterns with random changes: a syntax error with a position, or a sound proof."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from alarmchain.decision.pattern_coverage import coverage
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import MOST_CHARACTERS
from alarmchain.proof.prove import Verdict
from alarmchain.records.record_class import api_call
from tests.cases import all_cases
from tests.chance import tried
from tests.fuzz.mutation import TEXTS, WORDS

CALLS = {
    "StopLogging": api_call("cloudtrail.amazonaws.com", "StopLogging"),
    "DeleteTrail": api_call("cloudtrail.amazonaws.com", "DeleteTrail", failed=None),
}
PATTERNS = tuple(
    sorted(
        {
            item["filterPattern"]
            for case in all_cases().values()
            for region in case["snapshot"]["Regions"].values()
            for item in region.get("metric_filters", ())
            if isinstance(item.get("filterPattern"), str)
        }
    )
)


@st.composite
def changed_patterns(draw: st.DrawFn) -> str:
    """Return a pattern in which some text is added, removed or replaced."""
    text: str = draw(st.sampled_from(PATTERNS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 8)))
        text = text[:start] + draw(st.sampled_from(WORDS) | st.text(max_size=3)) + text[end:]
    return text


@tried(300)
@given(changed_patterns() | TEXTS)
@example("")
@example("{" * MOST_CHARACTERS)
def test_any_pattern(text: str) -> None:
    """Only syntax errors are raised, and a counterexample does not match."""
    covered = coverage(CALLS, text)
    if covered.error is not None:
        shown = covered.error.caret()
        assert "^" in shown
        return
    assert covered.patterns
    for name, proof in covered.proofs.items():
        record: Any = proof.counterexample
        assert (record is None) == (proof.verdict is not Verdict.ESCAPES)
        if record is not None:
            assert CALLS[name].allows(record)
            assert match(covered.patterns[0], record).is_no
