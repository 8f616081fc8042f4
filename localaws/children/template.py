"""An interpreter that has imported AWS's SDK and forks for each child, which need not do so again.

Not imported: executed by path in an isolated interpreter. Standard input is a Unix socket; each
byte on it brings the descriptor of a connection, on which a child is asked for in a line of JSON:

    {"script": PATH, "arguments": [...], "environ": {...}, "folder": PATH,
     "input": PATH, "output": PATH}

and answered by two lines: the number of the process group, then the child's exit code.
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
"""Their models are read once for all children: nearly every child makes clients of them."""


def warm_up() -> None:
    """Import what making a client imports, and read the models that children share."""
    share_models()
    for service in SERVICES:
        boto3.client(service, region_name="us-east-1")
    boto3.DEFAULT_SESSION = None
    gc.freeze()


def next_request(control: socket.socket) -> dict[str, Any] | None:
    """In a new process: the child to become. None, in this one, when nobody asks any more."""
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
    """Fork once more: the request in the child; what started it tells how that ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection, connection.makefile("rw", encoding="utf-8") as stream:
        request: dict[str, Any] = json.loads(stream.readline())
        child = os.fork()
        # Both do it, as either may be first; the child may have ended by then.
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)
        if child:
            tell(stream, child)
            tell(stream, exit_code_of(child))
            # The group's number is not reused before who asked has hung up.
            stream.read()
            os.waitpid(child, 0)
            os._exit(0)
    return request


def tell(stream: TextIO, number: int) -> None:
    """Write a line at once."""
    stream.write(f"{number}\n")
    stream.flush()


def exit_code_of(child: int) -> int:
    """Wait for the child's end, and leave it to be waited for again."""
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    if ended is None:
        raise ChildProcessError(child)
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def become(request: dict[str, Any]) -> None:
    """Take the child's surroundings and run its script."""
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
    """Standard input's socket, of which no attendant keeps a copy: it would seem to be served."""
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return control


def main() -> None:
    """Serve; in a child, be the child."""
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who waits for a child is its attendant
    with take_input() as control:
        request = next_request(control)
    if request:
        become(request)


main()
