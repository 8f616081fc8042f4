"""The modules of a package that one of its modules imports."""

from pathlib import Path

import pytest

from deployment.imports import imported_files

FILES = {
    "core/__init__.py": "",
    "core/start.py": "import core.a\nfrom core import b\nimport os, other.c\n",
    "core/a.py": "def late():\n    from core.inner.deep import thing\n",
    "core/b.py": "from core.a import late\n",
    "core/inner/__init__.py": "from core.inner import beside as renamed\n",
    "core/inner/deep.py": "thing = 1\n",
    "core/inner/beside.py": "import core.start\n",
    "core/unused.py": "import core.start\n",
    "other/c.py": "import core.unused\n",
}


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("start", {"start", "__init__", "a", "b", "inner/__init__", "inner/deep", "inner/beside"}),
        ("inner/deep", {"inner/deep"}),
        ("unused", {"unused", *{"start", "__init__", "a", "b"}}
            | {"inner/__init__", "inner/deep", "inner/beside"}),
    ],
)  # fmt: skip
def test_imported_files(tmp_path: Path, start: str, expected: set[str]) -> None:
    """Imports are followed, also from functions, of names and in circles; nothing else is found."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    core = tmp_path / "core"
    found = imported_files(core / f"{start}.py", core)
    assert found == {core / f"{name}.py" for name in expected}
