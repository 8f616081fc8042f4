"""The work to judge a log group grows with its filters, not with their square."""

from collections.abc import Callable

import pytest

from tests.builders import CALLS, account, alarm, judged, metric_filter
from tests.work import calls_within

Pattern = Callable[[str, int], str]
"""Returns the pattern of a filter: of a kind, with a number."""

CALLS_OF_ALL = "||".join(f"$.eventName={name}" for name in CALLS)


def other_calls(kind: str, number: int) -> str:
    """Return a filter on calls of other services, with 45 conditions."""
    return "{" + "||".join(f"$.eventName={kind}{number}x{n}" for n in range(45)) + "}"


def narrowed(kind: str, number: int) -> str:
    """Return a filter on the calls with 40 values of a parameter."""
    values = "||".join(f"$.a.{kind}{number}=v{n}" for n in range(40))
    return f"{{({CALLS_OF_ALL})&&({values})}}"


def excluding(kind: str, number: int) -> str:
    """Return a filter with 45 fields that differ."""
    return "{" + "&&".join(f"$.{kind}{number}x{n}!=v" for n in range(45)) + "}"


def work(pattern: Pattern, kind: str, filters: int) -> int:
    """Return the number of function calls to judge an account with so many filters."""
    document = account(
        metric_filters=[
            metric_filter(pattern(kind, number), name=f"F{number}") for number in range(filters)
        ],
        metric_alarms=[alarm()],
    )

    def judge() -> None:
        assert judged(document).outcome.value == "not_covered"

    return calls_within(judge)


@pytest.mark.parametrize("pattern", [other_calls, narrowed, excluding])
def test_four_times_as_many_filters(pattern: Pattern) -> None:
    """Four times as many filters are about four times the work, and not sixteen times."""
    work(pattern, "a", 1)  # fills the caches that every account shares
    few, many = work(pattern, "b", 6), work(pattern, "c", 24)
    assert many < 5 * few, (few, many)
