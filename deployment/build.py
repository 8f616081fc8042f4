"""`make build`: each rule folder gets its own copy of the core and of the pinned rdklib.

RDK zips a rule folder as it stands and follows no symbolic link, and AWS publishes its rdklib layer
for some regions only; so whatever the Lambda imports lies in the folder as plain files.
"""

import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from deployment.bytecode import compiled
from deployment.errors import ProblemError
from deployment.folders import CHECKOUT
from deployment.models import models

CORE = CHECKOUT / "alarmchain"
# What only the command line, the build or the tests use stays out of the Lambda.
NOT_IN_LAMBDA = frozenset({"__main__.py", "cli", "remediation", "report", "template", "testing"})
# One time for all files, so that what is built depends on nothing but their content.
# (2000-01-01; a zip can't hold times before 1980.)
BUILD_TIME = 946_684_800


def build(folder: Path, *, with_code: bool = False) -> None:
    """Puts the core and rdklib into the rule folder, in place of what an earlier build left there.

    `with_code` puts what Python compiles of them beside them. Raises ProblemError if the installed
    rdklib isn't the pinned one.
    """
    files = lambda_files()
    code = compiled(folder, files) if with_code else {}
    for package in _packages(files):
        shutil.rmtree(folder / package, ignore_errors=True)
    for name, data in (*files.items(), *code.items()):
        _write(data, folder / name)


def check_built(folder: Path) -> None:
    """Raises ProblemError unless the folder holds exactly what `build` would put there now.

    Compiled code is not looked at: it counts only where its source is the one that is there.
    """
    files = lambda_files()
    present = {
        str(file.relative_to(folder)): file.read_bytes()
        for package in _packages(files)
        for file in (folder / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    if not present:
        raise ProblemError(f"rule folder {folder.name} has no build: run make build")
    if present != files:
        raise ProblemError(f"rule folder {folder.name} has an outdated build: run make build")


def lambda_files() -> Mapping[str, bytes]:
    """What the Lambda needs beside the rule and boto3: name in the rule folder -> its bytes."""
    sources = {name: source.read_bytes() for name, source in lambda_sources().items()}
    return dict(sorted({**sources, **models()}.items()))


def lambda_sources(core: Path = CORE) -> Mapping[str, Path]:
    """What the Lambda imports beside the rule and boto3: name in the rule folder -> source file."""
    files = {
        f"{core.name}/{source.relative_to(core)}": source
        for source in core.rglob("*.py")
        if source.relative_to(core).parts[0] not in NOT_IN_LAMBDA
    }
    return dict(sorted((files | _rdklib_sources()).items()))


def copy_file(source: Path, target: Path) -> None:
    """Copies the bytes alone: times and modes are the same on every machine."""
    _write(source.read_bytes(), target)


def _packages(names: Iterable[str]) -> list[str]:
    return sorted({Path(name).parts[0] for name in names})


def _write(data: bytes, target: Path) -> None:
    """Writes a file, and the folders above it, with the one time that all files have."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    os.utime(target, (BUILD_TIME, BUILD_TIME))


def _rdklib_sources() -> dict[str, Path]:
    pinned = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    (requirement,) = pinned["project"]["optional-dependencies"]["lambda"]
    name, _, version = requirement.partition("==")
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        raise ProblemError(f"{requirement} is not installed: run make setup") from None
    if installed.version != version:
        raise ProblemError(
            f"{name} {installed.version} is installed, {version} is pinned: make setup"
        )
    return {
        str(file): Path(str(installed.locate_file(file)))
        for file in installed.files or ()
        if file.parts[0] == name and file.suffix == ".py"
    }
