"""The AWS CLI, with which the tests run the documented `aws` commands."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
OWN = CHECKOUT / "build" / "aws-cli" / "bin" / "aws"
TIMEOUT = 120.0


def aws(command: str, environment: Mapping[str, str], folder: Path = CHECKOUT) -> str:
    """Run `aws SERVICE OPERATION ...` in a folder and return its standard output.

    environment is the whole environment, such as LocalAws.child_environment. Raises RuntimeError
    with the command's error output if it fails.
    """
    program, *arguments = shlex.split(command)
    if program != "aws":
        raise ValueError(f"the command is {program!r}; expected 'aws'")
    done = subprocess.run(
        [aws_cli(), *arguments],
        cwd=folder,
        env={**environment, "AWS_PAGER": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command}: exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@cache
def aws_cli() -> str:
    """Return the AWS CLI on the PATH, or the one that tools/aws_cli installs in build/."""
    installed = shutil.which("aws")
    # A pyenv shim exists for every version of Python, but works only for some.
    if installed and _works(installed):
        return installed
    if not OWN.exists():
        subprocess.run([CHECKOUT / "tools" / "aws_cli"], check=True)
    return str(OWN)


def _works(program: str) -> bool:
    environment = {**os.environ, "AWS_CONFIG_FILE": os.devnull}
    done = subprocess.run([program, "--version"], env=environment, capture_output=True, check=False)
    return done.returncode == 0
