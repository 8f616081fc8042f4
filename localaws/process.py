"""Child processes that run code from the account: functions and automation scripts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from localaws.background import background

_children: set[subprocess.Popen[str]] = set()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended.

    result is what it wrote as its answer (None if it wrote none), output its standard output and
    error together, seconds its time, exit_code None if it was killed at its time limit.
    """

    result: dict[str, Any] | None
    output: str
    seconds: float
    exit_code: int | None


def run_child(
    script: Path, request: Mapping[str, Any], environ: Mapping[str, str], folder: Path, limit: float
) -> Outcome:
    """Run a Python script in isolation: it reads ``request`` as JSON and answers in a file.

    environ is the child's whole environment, folder its working directory, limit its time in
    seconds, after which it is killed with everything it started.
    """
    if background.stopping.is_set():
        return Outcome(None, "", 0.0, None)
    with tempfile.TemporaryDirectory(prefix="localaws-") as temporary:
        answer = Path(temporary, "answer.json")
        started = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-I", str(script), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**environ, "TMPDIR": temporary},
            cwd=folder,
            start_new_session=True,
        )
        with _lock:
            _children.add(child)
        try:
            output, _ = child.communicate(json.dumps(request), timeout=limit)
            exit_code: int | None = child.returncode
        except subprocess.TimeoutExpired:
            _kill(child)
            output, _ = child.communicate()
            exit_code = None
        finally:
            with _lock:
                _children.discard(child)
        seconds = time.monotonic() - started
        result = json.loads(answer.read_text("utf-8")) if answer.exists() else None
    return Outcome(None if exit_code is None else result, output, seconds, exit_code)


def kill_all() -> None:
    """End every child that still runs."""
    with _lock:
        children = tuple(_children)
    for child in children:
        _kill(child)


def _kill(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
