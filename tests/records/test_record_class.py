"""Classes of records, ordinary records, and copies with one field changed."""

from typing import Any

import pytest

from alarmchain.records.record_class import api_call
from alarmchain.records.record_fields import ABSENT, leaves, value_at, with_value
from alarmchain.records.typical_record import typical_record

CALL = api_call("kms.amazonaws.com", "DisableKey", region="eu-west-1", account="111122223333")
RECORD = {"a": {"b": [1, {"c": "x"}]}, "n": None}


def test_an_example_is_of_its_class() -> None:
    """The ordinary record has what is known of the class, everywhere it shows."""
    record = typical_record(CALL)
    assert CALL.allows(record)
    assert record["awsRegion"] == "eu-west-1"
    assert record["userIdentity"]["accountId"] == "111122223333"
    assert "errorCode" not in record


@pytest.mark.parametrize("failed", [None, False])
@pytest.mark.parametrize("read_only", [None, True, False])
def test_examples_of_every_class(failed: bool | None, read_only: bool | None) -> None:
    """Whatever is left open, the example is of the class, and known fields are no more."""
    call = api_call("x.amazonaws.com", "Y", region=None, read_only=read_only, failed=failed)
    assert call.allows(typical_record(call))
    assert ("readOnly" in call.fields) is (read_only is not None)
    assert ("errorCode" in call.fields) is (failed is False)
    assert "awsRegion" not in call.values


STRANGERS = [
    {"eventName": "EnableKey"},
    {"eventName": 5},
    {"readOnly": 0},
    {"managementEvent": 1},
    {"errorCode": "AccessDenied"},
    {"errorMessage": None},
]


@pytest.mark.parametrize("change", STRANGERS)
def test_other_records_are_not_of_the_class(change: dict[str, Any]) -> None:
    """A known field with another value, or of another type, makes another class."""
    assert not CALL.allows(typical_record(CALL) | change)


CHANGES: list[tuple[tuple[str | int, ...], Any, Any]] = [
    (("n",), 1, {"a": {"b": [1, {"c": "x"}]}, "n": 1}),
    (("n",), ABSENT, {"a": {"b": [1, {"c": "x"}]}}),
    (("a", "b", 0), 2, {"a": {"b": [2, {"c": "x"}]}, "n": None}),
    (("a", "b", 3), 2, {"a": {"b": [1, {"c": "x"}, None, 2]}, "n": None}),
    (("a", "b", 1, "c"), ABSENT, {"a": {"b": [1, {}]}, "n": None}),
    (("a", "b", 1), ABSENT, {"a": {"b": [1]}, "n": None}),
    (("a", "b", "k"), 2, {"a": {"b": {"k": 2}}, "n": None}),
    (("n", "k"), 2, {"a": {"b": [1, {"c": "x"}]}, "n": {"k": 2}}),
    (("x", 1), 2, {"a": {"b": [1, {"c": "x"}]}, "n": None, "x": [None, 2]}),
    (("x", "y"), ABSENT, RECORD),
    (("a", 0), ABSENT, RECORD),
]


@pytest.mark.parametrize(("path", "value", "expected"), CHANGES)
def test_with_value(path: tuple[str | int, ...], value: Any, expected: Any) -> None:
    """A copy holds the value at the path; what is missing is made; the original stays."""
    changed = with_value(RECORD, path, value)
    assert changed == expected
    assert value_at(changed, path) == value
    assert RECORD == {"a": {"b": [1, {"c": "x"}]}, "n": None}


def test_leaves() -> None:
    """Every scalar comes with its path, from top to bottom, however deep it is."""
    assert list(leaves(RECORD)) == [(("a", "b", 0), 1), (("a", "b", 1, "c"), "x"), (("n",), None)]
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    ((path, value),) = leaves(deep)
    assert (len(path), value) == (3_000, "x")
