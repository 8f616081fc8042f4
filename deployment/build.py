"""`make build`: copy the core and the pinned rdklib into each rule folder, and add its document.

RDK zips a rule folder as it is and follows no symbolic link, and AWS publishes its rdklib layer in
some regions only. So everything that the Lambda imports is in the folder as plain files.
"""

import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from alarmchain.control import Control, ControlError
from alarmchain.remediation import document
from alarmchain.remediation.folder import DOCUMENT, PARAMETERS, REMEDIATION_MEMBERS
from deployment.bytecode import compile_modules
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT
from deployment.imports import imported_files
from deployment.models import models
from deployment.pack.rules import read_json

CORE = CHECKOUT / "alarmchain"
RULE_MODULE, SHARED_MODULE = "rule.py", "shared_function.py"
"""The module of alarmchain/ in which a rule's function, or a function of several rules, starts."""
BUILD_TIME = 946_684_800
"""The modification time of every built file (2000-01-01), so that a build depends on the files'
content only. A zip cannot hold times before 1980."""


def build(folder: Path, *, with_bytecode: bool = False) -> None:
    """Write the core, rdklib and remediation.json into the rule folder; replace an earlier build.

    `with_bytecode` adds the compiled modules. Raises DeploymentError if the rule's control cannot
    be used, or the installed rdklib is not the pinned version.
    """
    _check_parameters(folder)
    remediation = _remediation(folder)
    build_function(folder, with_bytecode=with_bytecode)
    _write(remediation, folder / DOCUMENT)


def build_function(folder: Path, *, with_bytecode: bool = False) -> None:
    """Write what the Lambda function imports into the rule folder, as `build` does."""
    files = lambda_files()
    bytecode = compile_modules(folder, files) if with_bytecode else {}
    for package in _packages(files):
        shutil.rmtree(folder / package, ignore_errors=True)
    for name, data in (*files.items(), *bytecode.items()):
        _write(data, folder / name)


def check_built(folder: Path) -> None:
    """Raise DeploymentError unless the folder holds exactly what `build` would write now.

    Compiled modules are not checked: Python uses them only if they match their source.
    """
    files = lambda_files()
    present = {
        str(file.relative_to(folder)): file.read_bytes()
        for package in _packages(files)
        for file in (folder / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    if not present:
        raise DeploymentError(f"rule folder {folder.name} is not built: run make build")
    remediation = folder / DOCUMENT
    if (
        present != files
        or not remediation.exists()
        or remediation.read_bytes() != _remediation(folder)
    ):
        raise DeploymentError(f"the build of rule folder {folder.name} is outdated: run make build")


def lambda_files(module: str = RULE_MODULE) -> Mapping[str, bytes]:
    """Return what the Lambda needs besides a control and boto3: name in its zip -> bytes.

    `module` is RULE_MODULE or SHARED_MODULE.
    """
    sources = {name: source.read_bytes() for name, source in lambda_sources(module).items()}
    return dict(sorted({**sources, **models()}.items()))


@cache
def lambda_sources(module: str = RULE_MODULE) -> Mapping[str, Path]:
    """Return the modules that the Lambda imports: name in its zip -> source file."""
    files = {
        str(source.relative_to(CORE.parent)): source
        for source in imported_files(CORE / module, CORE)
    }
    return dict(sorted((files | _rdklib_sources()).items()))


def copy_file(source: Path, target: Path) -> None:
    """Copy the bytes only, so that times and modes are the same on every machine."""
    _write(source.read_bytes(), target)


def _remediation(folder: Path) -> bytes:
    try:
        return document.text(Control.load(folder)).encode()
    except ControlError as error:
        raise DeploymentError(str(error)) from None


def _check_parameters(folder: Path) -> None:
    """Raise DeploymentError if RDK would make a remediation in the rule's stack.

    parameters.json of earlier versions declares it.
    """
    parameters = read_json(folder / PARAMETERS).get("Parameters", {})
    for name in REMEDIATION_MEMBERS:
        if name in parameters:
            raise DeploymentError(
                f"{folder.name}/{PARAMETERS} has {name}, but make deploy makes the remediation in a"
                " stack of its own: run make remediation, which removes it"
            )


def _packages(names: Iterable[str]) -> list[str]:
    return sorted({Path(name).parts[0] for name in names})


def _write(data: bytes, target: Path) -> None:
    """Write a file and the folders above it, with the build's one modification time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    os.utime(target, (BUILD_TIME, BUILD_TIME))


def _rdklib_sources() -> dict[str, Path]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    (requirement,) = project["project"]["optional-dependencies"]["lambda"]
    name, _, version = requirement.partition("==")
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        raise DeploymentError(f"{requirement} is not installed: run make setup") from None
    if installed.version != version:
        raise DeploymentError(
            f"{name} {installed.version} is installed, {version} is required: run make setup"
        )
    return {
        str(file): Path(str(installed.locate_file(file)))
        for file in installed.files or ()
        if file.parts[0] == name and file.suffix == ".py"
    }
