"""An output folder is deleted before it is written again; nothing else is ever deleted."""

from pathlib import Path

import pytest

from deployment.clean_output_folder import clean_output_folder
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Record what would be deleted, so that a failing test does not delete the checkout."""
    deleted: list[Path] = []
    monkeypatch.setattr("shutil.rmtree", lambda folder, **options: deleted.append(folder))
    return deleted


@pytest.mark.parametrize("folder", [".", "..", "/", "rules", "rules/../tests", "build/../docs"])
def test_other_folders_are_kept(
    folder: str, removed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkout's folders, its parents and the current folder are never deleted."""
    monkeypatch.chdir(CHECKOUT)
    with pytest.raises(DeploymentError, match="would be deleted"):
        clean_output_folder(Path(folder))
    assert removed == []


def test_the_current_folder_is_kept(
    tmp_path: Path, removed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--output .` is refused outside the checkout, too."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DeploymentError, match="would be deleted"):
        clean_output_folder(Path())
    assert removed == []


def test_output_folders_are_deleted(tmp_path: Path, removed: list[Path]) -> None:
    """Output folders in build/ or outside the checkout are deleted."""
    for folder in (CHECKOUT / "build" / "pack", tmp_path / "pack"):
        assert clean_output_folder(folder) == folder
    assert removed == [CHECKOUT / "build" / "pack", tmp_path / "pack"]
