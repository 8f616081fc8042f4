"""Child processes that run code of the account: functions and automation scripts."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from localaws.background import background
from localaws.template import Child, template

_children: set[Child] = set()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a child process.

    result is its answer (None if it wrote none), output its standard output and error together,
    seconds its time, exit_code is None if it was killed at its time limit.
    """

    result: dict[str, Any] | None
    output: str
    seconds: float
    exit_code: int | None


def run_child(
    script: Path, request: Mapping[str, Any], environ: Mapping[str, str], folder: Path, limit: float
) -> Outcome:
    """Run a Python script in isolation: it reads ``request`` as JSON and answers in a file.

    environ is the child's whole environment, folder its working directory. After ``limit`` seconds
    the child and everything that it started are killed.
    """
    if background.stopping.is_set():
        return Outcome(None, "", 0.0, None)
    with tempfile.TemporaryDirectory(prefix="localaws-") as name:
        temporary = Path(name)
        request_file, output_file, answer_file = (
            temporary / name for name in ("request", "output", "answer.json")
        )
        request_file.write_text(json.dumps(request), encoding="utf-8")
        started = time.monotonic()
        exit_code = _run(
            {
                "script": str(script),
                "arguments": [str(answer_file)],
                "environ": {**environ, "TMPDIR": name},
                "folder": str(folder),
                "input": str(request_file),
                "output": str(output_file),
            },
            limit,
        )
        seconds = time.monotonic() - started
        text = output_file.read_text("utf-8", "replace") if output_file.exists() else ""
        result = json.loads(answer_file.read_text("utf-8")) if answer_file.exists() else None
    return Outcome(None if exit_code is None else result, text, seconds, exit_code)


def _run(request: Mapping[str, Any], limit: float) -> int | None:
    """Run the child and return its exit code; None if it was killed at its time limit."""
    child = template.start(request)
    with _lock:
        _children.add(child)
    try:
        return child.exit_code(limit)
    except TimeoutError:
        return None
    finally:
        with _lock:
            _children.discard(child)
        child.end()


def kill_all() -> None:
    """Kill all running children and the process that forks them."""
    with _lock:
        for child in _children:
            child.kill()
    template.stop()
