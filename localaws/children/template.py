"""An interpreter that imports AWS's SDK once and forks each child.

Not imported: executed by path in an isolated interpreter. Standard input is a Unix socket. Each
byte on it carries the descriptor of a connection, on which one line of JSON requests a child:

    {"script": PATH, "arguments": [...], "environ": {...}, "folder": PATH,
     "input": PATH, "output": PATH}

Two lines answer: the number of the process group, then the child's exit code.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import boto3

sys.path.insert(0, str(Path(__file__).parent))
from shared_models import share_models  # type: ignore[import-not-found]

sys.path.pop(0)

SERVICES = ("cloudtrail", "cloudwatch", "config", "logs", "sns", "sts")
"""The models of these services are read once for all children, as nearly all use them."""


def warm_up() -> None:
    """Import the modules that a client needs, and read the models that children share."""
    share_models()
    for service in SERVICES:
        boto3.client(service, region_name="us-east-1")
    boto3.DEFAULT_SESSION = None
    gc.freeze()


def next_request(control: socket.socket) -> dict[str, Any] | None:
    """Return, in a new process, the requested child; in this process, None at the end of input."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return None
        connection = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            control.close()
            return attended(connection)
        connection.close()


def attended(connection: socket.socket) -> dict[str, Any]:
    """Fork again: return the request in the child; the parent reports how the child ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection, connection.makefile("rw", encoding="utf-8") as stream:
        request: dict[str, Any] = json.loads(stream.readline())
        child = os.fork()
        # Parent and child both set the group, as either may be first. The child may have ended.
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)
        if child:
            tell(stream, child)
            tell(stream, exit_code_of(child))
            # The group's number cannot be reused before the requester disconnects.
            stream.read()
            os.waitpid(child, 0)
            os._exit(0)
    return request


def tell(stream: TextIO, number: int) -> None:
    """Write a line without buffering."""
    stream.write(f"{number}\n")
    stream.flush()


def exit_code_of(child: int) -> int:
    """Wait for the child's end, but keep it waitable."""
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    if ended is None:
        raise ChildProcessError(child)
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def become(request: dict[str, Any]) -> None:
    """Set up the child's environment and run its script."""
    for descriptor, path, flags in (
        (0, request["input"], os.O_RDONLY),
        (1, request["output"], os.O_WRONLY | os.O_CREAT),
    ):
        file = os.open(path, flags, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.dup2(1, 2)
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    os.chdir(request["folder"])
    sys.argv = [request["script"], *request["arguments"]]
    runpy.run_path(request["script"], run_name="__main__")


def take_input() -> socket.socket:
    """Return standard input's socket. Forked processes must not keep a copy of it."""
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return control


def main() -> None:
    """Serve requests; in a child, run the child."""
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the intermediate process waits for the child
    with take_input() as control:
        request = next_request(control)
    if request:
        become(request)


main()
