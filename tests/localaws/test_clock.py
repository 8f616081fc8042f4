"""The local AWS's clock, its pages, and what its simulation does not need."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from localaws.bridge import Regional
from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.paging import page


def test_the_clock_moves_and_is_reset() -> None:
    """An advance adds to real time and calls the listeners; a reset removes it."""
    calls: list[float] = []
    Clock.subscribe(calls.append)
    try:
        Clock.advance(1000)
        assert Clock.now() == pytest.approx(time.time() + 1000, abs=30)
        assert Clock.utcnow().tzinfo is None
        assert calls[-1] == pytest.approx(Clock.now(), abs=30)
        with pytest.raises(ValueError, match="only goes forward"):
            Clock.advance(-1)
    finally:
        Clock.unsubscribe(calls.append)
        Regional.clear_all()
    assert Clock.now() == pytest.approx(time.time(), abs=30)


def test_pages() -> None:
    """Tokens lead to all pages; an unknown token or a bad limit is refused."""
    first, token = page(range(5), None, 2, 10)
    second, token = page(range(5), token, 2, 10)
    last, end = page(range(5), token, 2, 10)
    assert (first, second, last, end) == ([0, 1], [2, 3], [4], None)
    for bad, limit in (("x", None), ("ZnJvbTo=", None), ("\u00e9", None), (None, 11), (None, 0)):
        with pytest.raises(AwsError):
            page(range(5), bad, limit, 10)


@pytest.mark.parametrize("module", ["localaws.logs.matcher", "localaws.cloudwatch.simulation"])
def test_simulation_is_independent(module: str) -> None:
    """The simulation imports neither the code under test nor moto."""
    code = f"import sys, {module}; print(sorted({{m.split('.')[0] for m in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.replace("'", "").strip("[]\n").split(", "))
    assert "lark" in loaded
    assert not loaded & {"alarmchain", "moto", "boto3", "rdklib"}
