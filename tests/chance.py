"""How many generated examples a test tries.

`make test` tries a quarter of those that `make test-long` tries, always the same; `make fuzz` tries
many, different ones in each run. `tried` marks a test as one of those that `make fuzz` runs.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples for each test, different ones in each run; 0 for the fixed ones."""
LONG = bool(os.environ.get("LONG_TESTS"))
SHARE = 4
FEWEST = 20

type Test = Callable[..., None]


def tried(few: int) -> Callable[[Test], Test]:
    """Return a decorator for `few` fixed examples (LONG_TESTS), a quarter of them, or
    FUZZ_EXAMPLES new ones."""
    fixed = few if LONG else max(few // SHARE, min(few, FEWEST))
    wanted = settings(
        max_examples=EXAMPLES or fixed,
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
