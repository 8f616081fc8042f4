"""Clean copies of built rule folders, one set for each region, in which RDK runs.

RDK leaves <Rule>/<Rule>.zip in a rule folder and zips it again the next time. Regions that run in
parallel in one folder can even zip each other's files. A separate copy prevents both.
"""

from collections.abc import Iterable
from pathlib import Path

from alarmchain.remediation.folder import DOCUMENT
from deployment.build import build, check_built, copy_file
from deployment.clean_output_folder import clean_output_folder
from deployment.folders import CHECKOUT
from deployment.remediation import RemediationChoice, apply_choice

STAGING = CHECKOUT / "build" / "rules"


def stage(
    folders: Iterable[Path],
    target: Path,
    remediation: RemediationChoice | None = None,
    *,
    with_bytecode: bool = False,
) -> Path:
    """Replace the content of `target` by copies of the built rule folders; return `target`.

    `remediation` is applied to the copies; None keeps what parameters.json says. `with_bytecode`
    adds compiled modules. Raises DeploymentError, before anything is changed, if a folder has no
    current build.
    """
    folders = tuple(folders)
    for folder in folders:
        check_built(folder)
    clean_output_folder(target)
    for folder in folders:
        copy_rule(folder, target)
        build(target / folder.name, with_bytecode=with_bytecode)
        if remediation:
            apply_choice(target / folder.name, remediation)
    return target


def copy_rule(folder: Path, target: Path) -> None:
    """Copy the rule's own files to `target`/<Rule>, without what `build` and RDK add."""
    for file in folder.iterdir():
        if file.is_file() and file.suffix != ".zip" and file.name != DOCUMENT:
            copy_file(file, target / folder.name / file.name)
