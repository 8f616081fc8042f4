"""Remove the output folder of an earlier run, and nothing else."""

import shutil
from pathlib import Path

from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT


def clean_output_folder(folder: Path) -> Path:
    """Remove the folder with its content, and return its path.

    Raises DeploymentError if that would delete anything else: a folder of the checkout outside
    build/, the checkout itself, or the current folder.
    """
    target = folder.resolve()
    is_output = not target.is_relative_to(CHECKOUT) or target.is_relative_to(CHECKOUT / "build")
    if not is_output or any(kept.is_relative_to(target) for kept in (CHECKOUT, Path.cwd())):
        raise DeploymentError(
            f"output folder {target} would be deleted with its content;"
            " expected a separate folder, or one in build/"
        )
    shutil.rmtree(folder, ignore_errors=True)
    return folder
