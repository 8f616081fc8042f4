"""How many generated examples a test tries.

`make test` tries a quarter of those that `make test-long` tries, always the same; `make fuzz` tries
many, different ones in each run. `tried` marks a test as one of those that `make fuzz` runs.
"""

import os
from collections.abc import Callable, Iterable

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""The number of new examples for each test and run; 0: the same examples in each run."""
LONG = bool(os.environ.get("LONG_TESTS"))
SHARE = 4
FEWEST = 20

type Test = Callable[..., None]


def tried(few: int) -> Callable[[Test], Test]:
    """Return a decorator that sets how many examples a property test tries.

    With LONG_TESTS: `few`, the same in each run. With FUZZ_EXAMPLES: that many new examples.
    Otherwise a quarter of `few`.
    """
    fixed = few if LONG else max(few // SHARE, min(few, FEWEST))
    chosen = settings(
        max_examples=EXAMPLES or fixed,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: pytest.mark.chance(chosen(test))


def sample(names: Iterable[str], share: int = 3) -> list[ParameterSet]:
    """Return the names as parameters: `make test` tries one in `share`, `make test-long` all."""
    return [
        pytest.param(name, id=name, marks=[pytest.mark.long] if number % share else [])
        for number, name in enumerate(names)
    ]


def one_line(error: Exception) -> str:
    """Return the error's message, and assert that it is one printable line."""
    message = str(error)
    assert message.isprintable()
    assert 0 < len(message) < 700
    return message
