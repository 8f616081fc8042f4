"""How much is tried: in the suite little, and the same each time; in `make fuzz` what is wanted."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples for each test, different ones in each run; 0 for the suite's few."""


def tried(few: int) -> settings:
    """`few` fixed examples, or FUZZ_EXAMPLES new ones."""
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def one_line(error: Exception) -> str:
    """The error's message, which must be one line that can be shown."""
    message = str(error)
    assert message.isprintable()
    assert 0 < len(message) < 700
    return message
