"""The process that forks children (see children/template.py). It is started when needed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

SCRIPT = Path(__file__).parent / "children" / "template.py"
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    # Do not read the user's own AWS settings.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Child:
    """A running child: its process group, and its end."""

    def __init__(self, connection: socket.socket, request: Mapping[str, Any]) -> None:
        """Start a child over a connection. Raises ConnectionError if nobody answers."""
        self._connection = connection
        connection.sendall(json.dumps(request).encode() + b"\n")
        self._answers = connection.makefile("r", encoding="utf-8")
        line = self._answers.readline()
        if not line:
            self._answers.close()
            connection.close()
            raise ConnectionResetError("no attendant")
        self.group = int(line)

    def exit_code(self, limit: float) -> int:
        """Wait for its end and return its exit code. Raises TimeoutError after limit seconds."""
        self._connection.settimeout(limit)
        return int(self._answers.readline() or -signal.SIGKILL)

    def kill(self) -> None:
        """Kill the child and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def end(self) -> None:
        """Kill what is left of the child, and return when it is gone."""
        self.kill()
        self._connection.settimeout(None)
        self._connection.shutdown(socket.SHUT_WR)
        self._connection.recv(1)
        self._answers.close()
        self._connection.close()


class Template:
    """The forking process. It starts with the first child and ends with ``stop``."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self, request: Mapping[str, Any]) -> Child:
        """Start a child. The caller has to end it."""
        try:
            return Child(self._connection(), request)
        except ConnectionError:  # the process was killed after the previous request
            return Child(self._connection(), request)

    def _connection(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._running(), [b"+"], [theirs.fileno()])
            except ConnectionError:  # the process was killed
                self._end()
                socket.send_fds(self._running(), [b"+"], [theirs.fileno()])
        return ours

    def stop(self) -> None:
        """End the process. Running children continue."""
        with self._lock:
            self._end()

    def _running(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", str(SCRIPT)],
                    stdin=theirs.fileno(),
                    env=ENVIRONMENT,
                    process_group=0,  # Ctrl-C reaches only the server, which then disconnects
                )
        return self._control

    def _end(self) -> None:
        if self._control and self._process:
            self._control.close()
            self._process.kill()
            with contextlib.suppress(ProcessLookupError):
                self._process.wait()
        self._control = self._process = None


template = Template()
"""One for the process, as moto's state is."""
