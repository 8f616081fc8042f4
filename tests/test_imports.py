"""The direction of imports, and the purity of what decides: read from the sources."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "alarmchain"
IMPURE = {"boto3", "botocore", "rdklib", "time", "os", "random", "datetime", "subprocess", "socket"}
IMPURE |= {"logging", "io", "threading", "asyncio", "uuid", "secrets", "tempfile", "urllib", "http"}
LAYERS = [
    {
        "alarmchain.arn",
        "alarmchain.place",
        "alarmchain.printable",
        "alarmchain.three_valued",
        "alarmchain.snapshot.reads",
    },
    {"alarmchain.records", "alarmchain.filter_pattern"},
    {"alarmchain.proof"},
    {"alarmchain.control"},
    {"alarmchain.parameters"},
    {"alarmchain.chain"},
    {"alarmchain.snapshot"},
    {"alarmchain.decision"},
]
"""From the ground up: a module imports of its own layer, and of those before."""
LOOP = "alarmchain.decision.read_and_assess"
"""The one place that feeds the pure decision with what the collector reads."""
MAY_READ_FILES = {"alarmchain.control"}
MAY_READ_CLOCKS = {"alarmchain.snapshot.snapshot_json"}


def module_of(file: Path) -> str:
    """The module's name."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it; of the core's, with the names taken."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            yield str(node.module)


def layer(module: str) -> int | None:
    """The number of a module's layer, None where it is in none."""
    for number, modules in enumerate(LAYERS):
        if any(module == one or module.startswith(f"{one}.") for one in modules):
            return number
    return None


PURE = [
    file
    for file in sorted(CORE.rglob("*.py"))
    if layer(module_of(file)) is not None and module_of(file) != LOOP
]


def test_all_layers_are_there() -> None:
    """No layer names a module that has gone."""
    found = {module_of(file) for file in PURE}
    assert all(one in found for modules in LAYERS for one in modules)


@pytest.mark.parametrize("file", PURE, ids=module_of)
def test_purity(file: Path) -> None:
    """What decides imports neither AWS's clients nor clocks, files, networks or chance."""
    module = module_of(file)
    taken = {one.partition(".")[0] for one in imports(file)}
    if module not in MAY_READ_FILES:
        taken |= {"pathlib"} & taken
        assert "pathlib" not in taken
    assert not taken & (IMPURE - ({"datetime"} if module in MAY_READ_CLOCKS else set()))
    assert taken <= {"alarmchain", *sys.stdlib_module_names}


@pytest.mark.parametrize("file", PURE, ids=module_of)
def test_direction(file: Path) -> None:
    """Nothing points back: a module imports of its own layer or of those beneath."""
    own = layer(module_of(file))
    assert own is not None
    for one in imports(file):
        if one.partition(".")[0] == "alarmchain":
            theirs = layer(one)
            assert theirs is not None, f"{one} is above what decides"
            assert theirs <= own, f"{one} is above {module_of(file)}"


def test_snapshot_asks_no_clock() -> None:
    """The one that knows of dates only converts them."""
    text = (CORE / "snapshot" / "snapshot_json.py").read_text("utf-8")
    assert "datetime.now" not in text
    assert "utcnow" not in text
    assert "today" not in text


def test_nothing_is_pulled_in() -> None:
    """Assessing loads neither boto3 nor rdklib, by whatever way."""
    code = (
        "import sys, alarmchain.decision.assess, alarmchain.snapshot.snapshot_json;"
        "print(sorted({'boto3', 'botocore', 'rdklib', 'random'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
