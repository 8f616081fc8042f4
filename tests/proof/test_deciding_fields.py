"""The fields that are named as the reason of an escape."""

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
def test_what_holds_is_not_blamed(pattern: str, deciding: tuple[str, ...]) -> None:
    """An "or" that holds is no reason, however many of its alternatives fail."""
    assert prove([parse(pattern)], DISABLE_KEY).deciding == deciding
