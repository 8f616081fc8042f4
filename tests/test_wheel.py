"""The installed package: the command line works from any folder, with all rules."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deployment.folders import CHECKOUT, rule_folders

SOURCES = (
    "LICENSE",
    "MANIFEST.in",
    "README.md",
    "alarmchain",
    "pyproject.toml",
    "rules",
    "setup.py",
)
EXAMPLE = CHECKOUT / "docs" / "example-account.json"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from the source distribution, from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "*.zip")
    for name in SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / "source" / name, ignore=ignored)
        else:
            (folder / "source").mkdir(exist_ok=True)
            shutil.copy(source, folder / "source" / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, folder / "source"],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the installed wheel, without its dependencies."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", target, wheel], check=True, capture_output=True)
    return target


def alarmchain(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed console script in another folder, outside the checkout."""
    return subprocess.run(
        [installed / "bin" / "alarmchain", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_files_of_the_wheel(wheel: Path) -> None:
    """The wheel has the package and each rule's control.toml, but no tests and no local AWS."""
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in names} == {"alarmchain"}
    controls = {name for name in names if name.startswith("alarmchain/controls/")}
    assert controls == {
        f"alarmchain/controls/{folder.name}/control.toml" for folder in rule_folders()
    }
    sources = {str(file.relative_to(CHECKOUT)) for file in (CHECKOUT / "alarmchain").rglob("*.py")}
    assert sources <= set(names)


def test_the_base_install_is_small(wheel: Path) -> None:
    """The base install needs only these packages; every other one belongs to an extra."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
    required = re.findall(r"^Requires-Dist: ([\w.-]+)(?!.*extra ==)", metadata, re.MULTILINE)
    assert {name.lower() for name in required} == {"boto3", "click", "jinja2", "pyyaml"}


def test_the_installed_package_is_imported(installed: Path, tmp_path: Path) -> None:
    """These tests run the files of the wheel, not of the checkout."""
    done = subprocess.run(
        [sys.executable, "-c", "import alarmchain; print(alarmchain.__file__)"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(installed)


def test_it_audits_from_another_folder(installed: Path, tmp_path: Path) -> None:
    """Without --rule every rule is audited, with the controls in the wheel."""
    done = alarmchain(installed, tmp_path, "audit", "--snapshot", str(EXAMPLE), "--format", "json")
    assert done.stderr == ""
    assert done.returncode == 1
    results = json.loads(done.stdout)["results"]
    assert {result["rule"] for result in results} == {folder.name for folder in rule_folders()}


def test_an_unknown_rule(installed: Path, tmp_path: Path) -> None:
    """The status is 2, and one line names the known rules."""
    done = alarmchain(installed, tmp_path, "audit", "--snapshot", str(EXAMPLE), "--rule", "NoRule")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert all(folder.name in line for folder in rule_folders())
