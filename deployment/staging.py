"""Clean copies of built rule folders, one set for each region, for RDK to work in.

RDK leaves <Rule>/<Rule>.zip behind and zips it along the next time; regions that run side by side
in one folder can even zip each other's. In a copy of its own none of that happens.
"""

from collections.abc import Iterable
from pathlib import Path

from deployment.build import build, check_built, copy_file
from deployment.clean_output_folder import emptied
from deployment.folders import CHECKOUT
from deployment.remediation import Choice, choose

STAGING = CHECKOUT / "build" / "rules"


def stage(
    folders: Iterable[Path],
    target: Path,
    remediation: Choice | None = None,
    *,
    with_code: bool = False,
) -> Path:
    """Puts copies of the built rule folders into `target`, which holds nothing else afterwards.

    `remediation` is chosen in the copies; None leaves it as committed. `with_code` compiles their
    modules. Raises ProblemError, before anything is touched, if a folder has no current build.
    """
    folders = tuple(folders)
    for folder in folders:
        check_built(folder)
    emptied(target)
    for folder in folders:
        copy_rule(folder, target)
        build(target / folder.name, with_code=with_code)
        if remediation:
            choose(target / folder.name, remediation)
    return target


def copy_rule(folder: Path, target: Path) -> None:
    """Copies to `target` what is the rule's own: the files in its folder, but not the build's."""
    for file in folder.iterdir():
        if file.is_file() and file.suffix != ".zip":
            copy_file(file, target / folder.name / file.name)
