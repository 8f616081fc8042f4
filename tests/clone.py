"""A copy of the checkout and a shell in it, for the tests that follow a guide step by step."""

import subprocess
from pathlib import Path

import pytest

from deployment.folders import CHECKOUT


def repository_files() -> list[str]:
    """Return every file of the repository, as a path in the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if (CHECKOUT / name).is_file()]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of the checkout, like a clone with the same virtual environment."""
    copy = tmp_path / "checkout"
    for name in repository_files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((CHECKOUT / name).read_bytes())
        (copy / name).chmod((CHECKOUT / name).stat().st_mode)
    venv = copy / ".venv"
    venv.mkdir()
    for entry in (CHECKOUT / ".venv").iterdir():
        if entry.name != ".installed":
            (venv / entry.name).symlink_to(entry)
    # Newer than the files above, so that make finds nothing to install.
    (venv / ".installed").touch()
    return copy


def run(
    command: str, folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a line of a guide in a new shell, without the variables of an outer make."""
    ours = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    theirs = {name: value for name, value in environment.items() if name not in ours}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        # The copied environment still refers to the original checkout.
        env={**theirs, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
