"""Read and replace the fields of a record."""

from typing import Any

import pytest

from alarmchain.records.record_fields import ABSENT, leaves, value_at, with_value

RECORD = {"a": {"b": [1, {"c": "x"}]}, "n": None}

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
    """The copy has the value at the path; the original is unchanged."""
    changed = with_value(RECORD, path, value)
    assert changed == expected
    assert value_at(changed, path) == value
    assert RECORD == {"a": {"b": [1, {"c": "x"}]}, "n": None}


def test_leaves() -> None:
    """Every scalar is listed with its path, in document order, however deeply it nests."""
    assert list(leaves(RECORD)) == [(("a", "b", 0), 1), (("a", "b", 1, "c"), "x"), (("n",), None)]
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    ((path, value),) = leaves(deep)
    assert (len(path), value) == (3_000, "x")
