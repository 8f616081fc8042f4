"""A folder that a command makes anew: what an earlier run left there goes, and nothing else."""

import shutil
from pathlib import Path

from deployment.errors import ProblemError
from deployment.folders import CHECKOUT


def emptied(folder: Path) -> Path:
    """The folder, removed with all that is in it. Raises ProblemError for one that would take more
    along: of the checkout, build/ alone is ours to empty, and nobody means where they stand."""
    where = folder.resolve()
    ours = not where.is_relative_to(CHECKOUT) or where.is_relative_to(CHECKOUT / "build")
    if not ours or any(one.is_relative_to(where) for one in (CHECKOUT, Path.cwd())):
        raise ProblemError(f"{where} would be emptied; expected a folder of its own")
    shutil.rmtree(folder, ignore_errors=True)
    return folder
