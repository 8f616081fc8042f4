"""What a command makes anew is emptied before; nothing else ever is."""

from pathlib import Path

import pytest

from deployment.clean_output_folder import emptied
from deployment.errors import ProblemError
from deployment.folders import CHECKOUT


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What would be removed: a guard that fails must not take the checkout with it."""
    gone: list[Path] = []
    monkeypatch.setattr("shutil.rmtree", lambda folder, **options: gone.append(folder))
    return gone


@pytest.mark.parametrize("folder", [".", "..", "/", "rules", "rules/../tests", "build/../docs"])
def test_what_is_kept(folder: str, removed: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkout's own folders, and all that it or who calls stands in."""
    monkeypatch.chdir(CHECKOUT)
    with pytest.raises(ProblemError, match="would be emptied"):
        emptied(Path(folder))
    assert removed == []


def test_where_it_is_called_from(
    tmp_path: Path, removed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--output .` is a mistake elsewhere, too."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProblemError, match="would be emptied"):
        emptied(Path())
    assert removed == []


def test_what_is_emptied(tmp_path: Path, removed: list[Path]) -> None:
    """What lies under build/ or elsewhere."""
    for folder in (CHECKOUT / "build" / "pack", tmp_path / "pack"):
        assert emptied(folder) == folder
    assert removed == [CHECKOUT / "build" / "pack", tmp_path / "pack"]
