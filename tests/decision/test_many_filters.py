"""The time to judge a log group grows with its filters, not with their square."""

from time import process_time

import pytest

from tests.builders import CALLS, account, alarm, judged, metric_filter

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


def seconds(pattern: object, kind: str, filters: int) -> float:
    """Return the CPU time to judge an account with so many new filters on one metric."""
    assert callable(pattern)
    document = account(
        metric_filters=[
            metric_filter(pattern(kind, number), name=f"F{number}") for number in range(filters)
        ],
        metric_alarms=[alarm()],
    )
    before = process_time()
    assert judged(document).outcome.value == "not_covered"
    return process_time() - before


@pytest.mark.parametrize("pattern", [other_calls, narrowed, excluding])
def test_hundred_filters(pattern: object) -> None:
    """Four times as many filters take about four times as long; 100 take few seconds."""
    few = min(seconds(pattern, kind, 25) for kind in ("p", "q"))
    many = seconds(pattern, "r", 100)
    assert many < max(9 * few, 1.0), (few, many)
    assert many < 4
