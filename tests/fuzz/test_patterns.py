"""Filter patterns with a slip in them: a syntax error that shows a place, or a sound proof."""

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
def slipped(draw: st.DrawFn) -> str:
    """A pattern in which words were put, taken or replaced."""
    text = draw(st.sampled_from(PATTERNS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 8)))
        text = text[:start] + draw(st.sampled_from(WORDS) | st.text(max_size=3)) + text[end:]
    return text


@tried(300)
@given(slipped() | TEXTS)
@example("")
@example("{" * MOST_CHARACTERS)
def test_any_pattern(text: str) -> None:
    """Nothing but the syntax error is raised; what escapes is not matched."""
    found = coverage(text, CALLS)
    if found.error is not None:
        shown = found.error.caret()
        assert "^" in shown
        return
    assert found.pattern is not None
    for name, proof in found.proofs.items():
        record: Any = proof.counterexample
        assert (record is None) == (proof.verdict is not Verdict.ESCAPES)
        if record is not None:
            assert CALLS[name].allows(record)
            assert match(found.pattern, record).is_no
