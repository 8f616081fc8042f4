"""The progress bar of an audit, which is shown only on a terminal."""

import json
import os
import pty
import re
import subprocess
import sys
from threading import Thread

from localaws.server import LocalAws

REGIONS = ("us-east-1", "eu-west-1", "eu-west-2")
COMMAND = [sys.executable, "-m", "alarmchain", "audit", "--format", "json", "--rule", "CMKChanges"]


def test_a_bar_on_a_terminal(local_aws: LocalAws) -> None:
    """The bar counts regions and is removed at the end; standard output has only the report."""
    ours, theirs = pty.openpty()
    pieces: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(ours, 4096):
                pieces.append(piece)
        except OSError:  # Linux: the other end of the terminal is closed
            pass

    reader = Thread(target=read)
    reader.start()
    environment = local_aws.child_environment("us-east-1") | {"TERM": "xterm", "COLUMNS": "100"}
    completed = subprocess.run(
        [*COMMAND, *(word for region in REGIONS for word in ("--region", region))],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=False,
    )
    os.close(theirs)
    reader.join()
    os.close(ours)
    terminal = b"".join(pieces).decode()
    assert completed.returncode == 1
    assert len(json.loads(completed.stdout)["results"]) == len(REGIONS)
    assert "0/1 accounts" in terminal
    assert re.search(r"[0-3]/3", terminal)
    assert terminal.rstrip().endswith("\x1b[2K"), "the bar is left on the terminal"


def test_nothing_in_a_pipe(local_aws: LocalAws) -> None:
    """Without a terminal there is no bar and no control character."""
    environment = local_aws.child_environment("us-east-1") | {"FORCE_COLOR": "1"}
    completed = subprocess.run(
        [*COMMAND, "--region", REGIONS[0]], env=environment, capture_output=True, check=False
    )
    assert (completed.returncode, completed.stderr) == (1, b"")
    assert b"\x1b" not in completed.stdout
