"""The installed package: the command line works from any folder, with all rules."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from packaging.metadata import Metadata

from deployment.folders import CHECKOUT, rule_folders
from tests.clone import repository_files
from tools.index_readme import index_readme

EXAMPLE = CHECKOUT / "docs" / "example-account.json"
REPOSITORY = "https://github.com/owner/name"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and a wheel from it, from a copy of the sources."""
    folder = tmp_path_factory.mktemp("built")
    for name in repository_files():
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, folder / "source" / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, folder / "source"],
        check=True,
        capture_output=True,
        env={**os.environ, "ALARMCHAIN_REPOSITORY_URL": REPOSITORY},
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """Return the wheel that was built from the source distribution."""
    (file,) = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Metadata:
    """Return the wheel's metadata. It is checked as a package index checks it."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Metadata.from_email(archive.read(name), validate=True)


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
    modules = {str(file.relative_to(CHECKOUT)) for file in (CHECKOUT / "alarmchain").rglob("*.py")}
    assert modules <= set(names)


def test_the_source_distribution_has_every_file(built: Path) -> None:
    """The source distribution has every file of the repository, also the tests."""
    (file,) = built.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(repository_files()) - names == set()


def test_the_base_install_is_small(metadata: Metadata) -> None:
    """The base install needs only these packages; every other one belongs to an extra."""
    required = {item.name.lower() for item in metadata.requires_dist or () if not item.marker}
    assert required == {"boto3", "click", "jinja2", "pyyaml"}


def test_the_metadata(metadata: Metadata) -> None:
    """The metadata has the licence, the Python versions and links that lead to the repository."""
    assert metadata.license_expression == "Apache-2.0"
    assert metadata.license_files == ["LICENSE"]
    assert str(metadata.requires_python) == ">=3.12"
    assert not any(name.startswith("License ::") for name in metadata.classifiers or ())
    urls = metadata.project_urls or {}
    assert set(urls) == {"Repository", "Documentation", "Changelog", "Issues"}
    assert_links_lead_to_files(urls.values(), str(metadata.version))


def test_the_links_of_the_description(metadata: Metadata) -> None:
    """The README on a package index has no relative link, and its links lead to files."""
    targets = link_targets(metadata.description or "")
    assert_links_lead_to_files(targets, str(metadata.version))
    assert f"{REPOSITORY}/blob/v{metadata.version}/docs/ci.md" in targets
    assert f"{REPOSITORY}/raw/v{metadata.version}/docs/chain.svg" in targets


def link_targets(markdown: str) -> list[str]:
    """Return where the links and pictures of a text lead, as a Markdown parser reads them."""
    tokens = [child for token in MarkdownIt().parse(markdown) for child in token.children or ()]
    targets = [token.attrGet("href") or token.attrGet("src") for token in tokens]
    return [str(target) for target in targets if target]


def assert_links_lead_to_files(targets: Iterable[str], version: str) -> None:
    """Assert that each link is absolute or a heading, and names a file if in the repository."""
    for target in targets:
        assert target.startswith(("https://", "#")), target
        tag = f"v{re.escape(version)}"
        file = re.fullmatch(rf"{REPOSITORY}/(?:blob|raw)/{tag}/(.+?)(?:#.*)?", target)
        assert not file or (CHECKOUT / file[1]).is_file(), target


def test_the_description_without_a_repository() -> None:
    """A build that does not know the repository has no relative link either."""
    readme = (CHECKOUT / "README.md").read_text()
    assert any(not target.startswith(("https://", "#")) for target in link_targets(readme))
    description = index_readme(readme, "", "1.0")
    assert_links_lead_to_files(link_targets(description), "1.0")
    assert "In CI (`docs/ci.md`) shows" in description
    assert "`SECURITY.md`" not in description, "the text of a link is the file's name already"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[a](docs/b.md#c)", f"[a]({REPOSITORY}/blob/v1.0/docs/b.md#c)"),
        ("![a](docs/b.svg)", f"![a]({REPOSITORY}/raw/v1.0/docs/b.svg)"),
        ("[a](https://example.com) [b](#c) [d](mailto:e@f)",) * 2,
        ("`[a]` (b)",) * 2,
    ],
)
def test_a_link(link: str, expected: str) -> None:
    """A relative link leads into the repository at the tag; every other one stays."""
    assert index_readme(link, REPOSITORY, "1.0") == expected


@pytest.mark.parametrize("url", ["owner/name", "http://x/y", "https://host", "https://h/o/n) x"])
def test_a_repository_that_is_no_url(url: str) -> None:
    """A build with a wrong ALARMCHAIN_REPOSITORY_URL ends with one line."""
    done = subprocess.run(
        [sys.executable, "setup.py", "--name"],
        cwd=CHECKOUT,
        env={**os.environ, "ALARMCHAIN_REPOSITORY_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    expected = "expected https://HOST/OWNER/NAME"
    assert done.stderr == f"ALARMCHAIN_REPOSITORY_URL is '{url}'; {expected}\n"


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
