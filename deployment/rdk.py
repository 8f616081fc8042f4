"""Run the unmodified `rdk`, one process for each region, each in a separate folder.

`rdk -f FILE` runs the regions itself, but its exit status is 0 even if a region failed.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deployment.errors import DeploymentError

MOST_PROCESSES = 8
"""Each rdk mostly waits for CloudFormation, and takes about 100 MB."""

OnLine = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished rdk process: its region, exit status and output lines."""

    region: str
    status: int
    lines: tuple[str, ...]

    @property
    def last_line(self) -> str:
        """Return the last line that is not empty, in which RDK reports an error."""
        return next((line.strip() for line in reversed(self.lines) if line.strip()), "no output")


def rdk(
    region: str,
    arguments: Sequence[str],
    folder: Path,
    on_line: OnLine = lambda line: None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run `rdk --region REGION ARGUMENTS` in `folder`; call `on_line` with each output line."""
    program = Path(sys.executable).with_name("rdk")
    if not program.exists():
        raise DeploymentError("rdk is not installed for this Python: run make setup")
    lines = []
    # RDK zips in the temporary folder and leaves files there; this one is removed afterwards.
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
    """Call `run` for the regions in parallel; return the results in the regions' order."""
    with ThreadPoolExecutor(MOST_PROCESSES) as pool:
        return tuple(pool.map(run, regions))


def first_then_rest(regions: Sequence[str], run: Callable[[str], Run]) -> tuple[Run, ...]:
    """Call `run` for the first region, then for the others in parallel.

    `rdk init` needs it: regions that create the account's Config bucket at the same moment can fail
    with BucketAlreadyOwnedByYou.
    """
    return (*in_regions(regions[:1], run), *in_regions(regions[1:], run))
