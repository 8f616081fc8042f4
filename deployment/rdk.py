"""Runs the unmodified `rdk`, one process for each region, each in a folder of its own.

`rdk -f FILE` would run the regions itself, but it ends with exit status 0 whatever they returned.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deployment.errors import ProblemError

# Each rdk is mostly waiting for CloudFormation, and takes some 100 MB.
AT_ONCE = 8

OnLine = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One finished rdk: its region, its exit status, and what it said, line by line."""

    region: str
    status: int
    lines: tuple[str, ...]

    @property
    def last_words(self) -> str:
        """The last line that says something: where RDK puts its error."""
        return next((line.strip() for line in reversed(self.lines) if line.strip()), "no output")


def rdk(
    region: str,
    arguments: Sequence[str],
    folder: Path,
    on_line: OnLine = lambda line: None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Runs `rdk --region REGION ARGUMENTS` in `folder`; `on_line` hears each line as it comes."""
    program = Path(sys.executable).with_name("rdk")
    if not program.exists():
        raise ProblemError("rdk is not installed beside this Python: run make setup")
    lines = []
    # RDK zips in the temporary folder; one of its own keeps that, and what it leaves, near.
    with TemporaryDirectory(prefix=".rdk-", dir=folder.parent) as scratch:
        child = subprocess.Popen(
            [program, "--region", region, *arguments],
            cwd=folder,
            env={
                **(os.environ if environment is None else environment),
                "AWS_DEFAULT_REGION": region,
                "AWS_REGION": region,
                "PYTHONUNBUFFERED": "1",
                "TMPDIR": scratch,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with child:
            for line in child.stdout or ():
                lines.append(line.rstrip("\n"))
                on_line(lines[-1])
    return Run(region, child.returncode, tuple(lines))


def in_regions(regions: Iterable[str], run: Callable[[str], Run]) -> tuple[Run, ...]:
    """Runs `run` for the regions side by side; the results are in the regions' order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(run, regions))


def first_then_rest(regions: Sequence[str], run: Callable[[str], Run]) -> tuple[Run, ...]:
    """The first region alone, then the others side by side.

    For `rdk init`: regions that make the account's one Config bucket at the same moment can fail
    with BucketAlreadyOwnedByYou.
    """
    return (*in_regions(regions[:1], run), *in_regions(regions[1:], run))
