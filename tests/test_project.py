"""The project's own files: what is pinned, what runs where, and what a new machine meets."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import requires, version
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rdk import rdk as rdk_module

import alarmchain

CHECKOUT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
CONSTRAINTS: dict[str, str] = {
    canonicalize_name(requirement.name): str(requirement.specifier)
    for line in (CHECKOUT / "constraints.txt").read_text().splitlines()
    if not line.startswith("#")
    for requirement in [Requirement(line)]
}


def applicable(requirements: list[str], extras: frozenset[str]) -> list[Requirement]:
    """Return the requirements whose marker is true on this machine, with the extras or none."""
    parsed = [Requirement(text) for text in requirements]
    return [
        requirement
        for requirement in parsed
        if not requirement.marker
        or any(requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""}))
    ]


def closure() -> set[str]:
    """Return every distribution that `pip install '.[dev]'` installs, from installed metadata."""
    project = PYPROJECT["project"]
    listed = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    queue = [item for item in applicable(listed, frozenset()) if item.name != "alarmchain"]
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        item = queue.pop()
        key = (canonicalize_name(item.name), frozenset(item.extras))
        if key not in seen:
            seen.add(key)
            queue += applicable(requires(item.name) or [], key[1] | {""})
    return {name for name, _ in seen}


def test_everything_that_is_installed_is_pinned() -> None:
    """constraints.txt has the installed version of each direct and indirect dependency."""
    unpinned = {name for name in closure() if not CONSTRAINTS.get(name, "").startswith("==")}
    assert unpinned == set()
    assert {n: v for n in closure() if (v := f"=={version(n)}") != CONSTRAINTS.get(n)} == {}


def test_every_pin_is_needed() -> None:
    """Every pin in constraints.txt is a direct or indirect dependency."""
    assert CONSTRAINTS.keys() - closure() == set()


def test_every_pin_has_its_hashes() -> None:
    """requirements.lock is constraints.txt with hashes (tools/lock), and names no registry."""
    lock = (CHECKOUT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index" not in lock
    entries = [entry for entry in re.split(r"\n(?=\S)", lock) if not entry.startswith("#")]
    locked = {Requirement(entry.split()[0]): entry.count("--hash=sha256:") for entry in entries}
    assert {canonicalize_name(pin.name): str(pin.specifier) for pin in locked} == CONSTRAINTS
    assert min(locked.values()) > 0


def test_python_versions_agree() -> None:
    """.python-version names one that requires-python, the linter and the rules' runtime allow."""
    local = (CHECKOUT / ".python-version").read_text().strip()
    assert local == "3.13"
    assert PYPROJECT["project"]["requires-python"] == ">=3.12"
    for file in CHECKOUT.glob("rules/*/parameters.json"):
        assert json.loads(file.read_text())["Parameters"]["SourceRuntime"] == f"python{local}"


def test_sources_are_tested_and_not_built_copies() -> None:
    """The core comes from the checkout; no rule folder's copy comes before it."""
    assert Path(alarmchain.__file__).parent == CHECKOUT / "alarmchain"
    rules = CHECKOUT / "rules"
    assert [entry for entry in sys.path if Path(entry).is_relative_to(rules)] == []


def test_ci_runs_make_test() -> None:
    """.ci/run is executable, and does nothing but run the tests of make."""
    script = CHECKOUT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_make_alone_lists_the_targets() -> None:
    """`make` without a target lists every target with its purpose."""
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    phony = next(
        line.split()[1:]
        for line in (CHECKOUT / "Makefile").read_text().splitlines()
        if line.startswith(".PHONY:")
    )
    assert {line.split()[1] for line in listed.splitlines()} == set(phony)


def test_rdk_reads_the_region_sets() -> None:
    """RDK's own reader of `-f rdk-config.json --region-set default` finds two regions."""
    arguments = SimpleNamespace(region_file=CHECKOUT / "rdk-config.json", region_set="default")
    assert rdk_module.parse_region_file(arguments) == ["us-east-1", "eu-west-1"]


@pytest.mark.parametrize("found", ["Python 3.11.7", "Python 3.11.", None])
def test_an_old_python_gets_one_clear_line(tmp_path: Path, found: str | None) -> None:
    """Set-up without a new enough Python ends with one line, and makes no environment."""
    programs = tmp_path / "bin"
    programs.mkdir()
    if found == "Python 3.11.":  # a real Python, not a fake script
        (programs / "python3").symlink_to(old_python())
    elif found:
        python = programs / "python3"
        python.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{found}" && exit 0\nexit 1\n')
        python.chmod(0o755)
    setup = subprocess.run(
        ["/bin/sh", CHECKOUT / "tools" / "setup_venv", tmp_path / "venv"],
        cwd=CHECKOUT,
        env={"PATH": str(programs), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert setup.returncode == 1
    (line,) = setup.stderr.splitlines()
    assert "needs Python 3.12 or newer" in line
    assert (found or "found none") in line
    assert not (tmp_path / "venv").exists()


def old_python() -> str:
    """Return a Python 3.11. Skips the test where there is none."""
    installed = Path.home().glob(".pyenv/versions/3.11*/bin/python")
    for candidate in filter(None, [*map(str, installed), shutil.which("python3.11")]):
        if subprocess.run([candidate, "-c", ""], check=False, capture_output=True).returncode == 0:
            return candidate
    pytest.skip("this machine has no Python 3.11")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "alarmchain", "rules"],
        ["-c", "from alarmchain.cli.main import main"],  # what the console script does first
        ["-m", "alarmchain"],
    ],
)
def test_the_command_on_an_old_python(arguments: list[str]) -> None:
    """Python 3.11 gets one line, also where the dependencies are not installed."""
    done = subprocess.run(
        [old_python(), "-S", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("alarmchain needs Python 3.12 or newer; this is 3.11.")


def test_a_build_on_an_old_python() -> None:
    """pip asks the build backend first, which ends with one line before anything is downloaded."""
    assert PYPROJECT["build-system"]["requires"] == []
    done = subprocess.run(
        [old_python(), "-c", "import build_backend as b; b.get_requires_for_build_wheel({})"],
        cwd=CHECKOUT / PYPROJECT["build-system"]["backend-path"][0],
        capture_output=True,
        text=True,
        check=False,
    )
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith("alarmchain needs Python 3.12 or newer; this is 3.11.")
