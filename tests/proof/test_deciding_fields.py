"""The fields that are named as the reason for not matching."""

import pytest

from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import prove
from alarmchain.records.record_class import api_call

DISABLE_KEY = api_call("kms.amazonaws.com", "DisableKey")
KEYS = "($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = X))"


@pytest.mark.parametrize(
    ("pattern", "deciding"),
    [
        (f"{{ ({KEYS}) && ($.userIdentity.invokedBy NOT EXISTS) }}", ("$.userIdentity.invokedBy",)),
        (f"{{ ($.userIdentity.type = Root) && {KEYS} }}", ("$.userIdentity.type",)),
        ("{ ($.eventName = A) || ($.eventName = B) }", ("$.eventName",)),
        ("{ ($.a = 1) || ($.b = 2) }", ("$.a", "$.b")),
        ("Enable", ("Enable",)),
    ],
)
def test_only_failing_conditions_are_named(pattern: str, deciding: tuple[str, ...]) -> None:
    """An "or" that is true is never the reason, even if most of its alternatives are false."""
    assert prove([parse(pattern)], DISABLE_KEY).deciding == deciding
