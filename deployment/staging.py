"""Clean copies of built rule folders, one set for each region, for RDK to work in.

RDK leaves <Rule>/<Rule>.zip behind and zips it along the next time; regions that run side by side
in one folder can even zip each other's. In a copy of its own none of that happens.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from deployment.build import check_built, copy_file
from deployment.folders import CHECKOUT

STAGING = CHECKOUT / "build" / "rules"


def stage(folders: Iterable[Path], target: Path) -> Path:
    """Copies the built rule folders to `target`, which holds nothing else afterwards.

    Raises ProblemError, before anything is touched, if a folder has no current build.
    """
    folders = tuple(folders)
    for folder in folders:
        check_built(folder)
    return copy_folders(folders, target)


def copy_folders(folders: Iterable[Path], target: Path) -> Path:
    """Copies rule folders to `target` as they stand, but for what Python and RDK leave in them."""
    shutil.rmtree(target, ignore_errors=True)
    for folder in folders:
        for source in sorted(folder.rglob("*")):
            if source.is_file() and "__pycache__" not in source.parts and source.suffix != ".zip":
                copy_file(source, target / folder.name / source.relative_to(folder))
    return target
