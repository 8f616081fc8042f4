"""What the import contracts of pyproject.toml cannot say about the modules that decide."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
(PURE,) = (contract for contract in CONTRACTS if contract["type"] == "forbidden")


def files_of(package: str) -> Iterator[Path]:
    """Yield the files of a module or package."""
    path = ROOT.joinpath(*package.split("."))
    yield from sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imports(file: Path) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the import statements of a file, also those inside functions."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


FILES = [file for package in PURE["source_modules"] for file in files_of(package)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_the_standard_library(file: Path) -> None:
    """A module that decides imports only alarmchain's modules and the standard library."""
    for node in imports(file):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            modules = [str(node.module)]
        else:
            modules = [alias.name for alias in node.names]
        names = {module.partition(".")[0] for module in modules}
        assert names <= {"alarmchain", *sys.stdlib_module_names}


def test_exceptions_are_few() -> None:
    """Each exception of the purity contract is one import of one module."""
    importers = [entry.partition(" -> ")[0] for entry in PURE["ignore_imports"]]
    assert len(set(importers)) == len(importers) == 2


def test_documents_read_no_clock() -> None:
    """The module that imports datetime converts dates and does not ask for the present time."""
    text = (ROOT / "alarmchain" / "json_document.py").read_text("utf-8")
    for name in ("datetime.now", "utcnow", "today"):
        assert name not in text


def test_assessing_loads_no_client() -> None:
    """Importing the decision loads neither boto3 nor rdklib, directly or indirectly."""
    code = (
        "import sys, alarmchain.decision.assess, alarmchain.snapshot.snapshot;"
        "print(sorted({'boto3', 'botocore', 'rdklib', 'random'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
