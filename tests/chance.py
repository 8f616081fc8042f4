"""How much is tried by chance: in the suite little and always the same, in `make fuzz` much.

`tried` marks a test as one of those that `make fuzz` runs.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples for each test, different ones in each run; 0 for the suite's few."""

type Test = Callable[..., None]


def tried(few: int) -> Callable[[Test], Test]:
    """`few` fixed examples, or FUZZ_EXAMPLES new ones."""
    wanted = settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: pytest.mark.chance(wanted(test))


def one_line(error: Exception) -> str:
    """The error's message, which must be one line that can be shown."""
    message = str(error)
    assert message.isprintable()
    assert 0 < len(message) < 700
    return message
