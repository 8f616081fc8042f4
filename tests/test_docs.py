"""The pages: the files and functions they name exist, their links lead somewhere, their pictures
can be read."""

import ast
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from alarmchain.cli.snapshot_file import audit_snapshot, load
from alarmchain.control import known_controls
from alarmchain.parameters import Parameters
from alarmchain.report.audit_json import render
from alarmchain.report.findings import Findings
from deployment.folders import CHECKOUT
from tests.test_adding_a_rule import RULES_OF_GUIDE

PAGES = sorted(
    [
        *CHECKOUT.glob("docs/*.md"),
        *(CHECKOUT / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING", "SECURITY")),
    ]
)
OURS = (
    "alarmchain|bench|cloudformation|demo|deployment|docs|examples|iam|localaws|rules|tests|tools"
)
GENERATED = {"rules/<Name>/remediation.json"}
"""Files that `make build` writes and git ignores."""
VERDICT = (CHECKOUT / "docs" / "verdict.md").read_text()
ARCHITECTURE = (CHECKOUT / "docs" / "architecture.md").read_text()
CHAIN_PICTURE = CHECKOUT / "docs" / "chain.svg"
PICTURES = [CHAIN_PICTURE, CHECKOUT / "docs" / "architecture.svg"]


def linked_pages(page: Path) -> list[Path]:
    """Return the pages to which the page links."""
    links = re.findall(r"\]\(([\w./-]+\.md)", page.read_text())
    return [(page.parent / link).resolve() for link in links]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_files_exist(page: Path) -> None:
    """Every path of the project exists; `<Name>` stands for each rule, `*` for any text."""
    paths = set(re.findall(rf"`((?:{OURS})/[\w./<>*-]+)`", page.read_text()))
    # tests/test_adding_a_rule.py makes these rules.
    paths = {path for path in paths if not any(rule in path for rule in RULES_OF_GUIDE)}
    for path in paths - GENERATED:
        for name in known_controls():
            assert list(CHECKOUT.glob(path.replace("<Name>", name))), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_functions_exist(page: Path) -> None:
    """Every name that is followed by a file in parentheses is defined in that file."""
    for name, path in named_functions(page.read_text()):
        assert name in definitions(CHECKOUT / path), (name, path)


def named_functions(text: str) -> list[tuple[str, str]]:
    """Return each `name` (`file`) of the text."""
    return re.findall(rf"`([\w.]+)`\s+\(`((?:{OURS})/[\w/]+\.py)`\)", text)


def definitions(file: Path) -> set[str]:
    """Return what the file defines: functions, methods as Class.method, classes, constants."""
    tree = ast.parse(file.read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    owners = [("", tree.body), *((f"{node.name}.", node.body) for node in classes)]
    functions = {
        f"{prefix}{node.name}"
        for prefix, body in owners
        for node in body
        if isinstance(node, ast.FunctionDef)
    }
    constants = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return functions | {node.name for node in classes} | constants


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """Every link to a file or to a heading leads there."""
    for link in re.findall(r"\]\(([^):]+)\)", page.read_text()):
        path, _, heading = link.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), link
        assert not heading or heading in headings(file), link


def headings(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the page's headings."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_page_is_linked() -> None:
    """A reader can get from README.md to every page."""
    reached: set[Path] = set()
    ahead = [CHECKOUT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached:
            reached.add(page)
            ahead += linked_pages(page)
    assert set(PAGES) - reached == set()


def test_the_index_has_every_page() -> None:
    """docs/README.md links to each page of docs/, and the README to docs/README.md."""
    index = CHECKOUT / "docs" / "README.md"
    pages = {page for page in PAGES if page.parent == index.parent}
    assert pages - {index} <= set(linked_pages(index))
    assert index in linked_pages(CHECKOUT / "README.md")


def test_the_steps_through_the_code() -> None:
    """docs/architecture.md names the functions of one assessment."""
    assert len(named_functions(ARCHITECTURE)) > 12


def source_rows() -> list[tuple[list[str], str]]:
    """Return the files and the source in each row of the table of AWS's rules."""
    table = ARCHITECTURE.split("## Where each of AWS's rules is")[1].split("\n## ")[0]
    rows = [line.split("|")[3:5] for line in table.splitlines() if "](../alarmchain/" in line]
    return [(re.findall(r"\(\.\./(alarmchain/[^)]+)\)", files), source) for files, source in rows]


@pytest.mark.parametrize(("files", "source"), source_rows(), ids=lambda cell: str(cell)[:60])
def test_the_sources_are_those_of_the_files(files: list[str], source: str) -> None:
    """Each title of AWS's and each API member that docs/architecture.md names is in the file."""
    text = re.sub(r"\s+", " ", " ".join((CHECKOUT / file).read_text() for file in files))
    titles = re.findall(r'"([^"]+)"|`(\w+)`', source)
    assert titles or "](language.md)" in source
    for title in map("".join, titles):
        assert title in text, title


def test_every_link_has_its_sources() -> None:
    """The table of AWS's rules names a file in each folder of the chain."""
    named = {file for files, _ in source_rows() for file in files}
    chain = CHECKOUT / "alarmchain" / "chain"
    for folder in [file for file in chain.iterdir() if (file / "__init__.py").exists()]:
        if folder.name != "metric":  # what links share: a signal, a statistic, an interval
            assert any(file.startswith(f"alarmchain/chain/{folder.name}/") for file in named)


def test_the_folders_are_listed() -> None:
    """docs/architecture.md has every folder of the project, every folder and file of the core."""
    for folder in CHECKOUT.glob("*/__init__.py"):
        assert f"`{folder.parent.name}/`" in ARCHITECTURE
    for folder in CHECKOUT.glob("alarmchain/*/__init__.py"):
        assert f"`alarmchain/{folder.parent.name}/`" in ARCHITECTURE
    for file in CHECKOUT.glob("alarmchain/[!_]*.py"):
        assert f"`alarmchain/{file.name}`" in ARCHITECTURE


def test_the_example_of_a_verdict() -> None:
    """docs/verdict.md shows the chain that the audit of the example account reports."""
    snapshot = load(CHECKOUT / "docs" / "example-account.json")
    control = known_controls()["CMKChanges"]
    assessments = audit_snapshot(snapshot, [control], (), Parameters())
    findings = Findings.of(assessments, snapshot.collected_at, (control,))
    (result,) = json.loads(render(findings))["results"]
    (block,) = re.findall(r"```text\n(.*?)```", VERDICT, re.DOTALL)
    lines = block.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [link["link"], link["status"]] for link in result["chain"]
    ]
    for line, link in zip(lines, result["chain"], strict=True):
        assert line.split()[2] in link["resource"]


def test_the_picture_shows_the_chain() -> None:
    """docs/chain.svg has the links in order and one is broken; its description says the same."""
    tree = ElementTree.parse(CHAIN_PICTURE)
    names = [node.text for node in tree.findall(".//{*}text") if node.get("class") == "name"]
    readme = (CHECKOUT / "README.md").read_text()
    chain = re.search(r"^API call ─► .*$", readme, re.MULTILINE)
    assert chain
    links = chain[0].split(" ─► ")
    assert names == links
    (description,) = (node.text or "" for node in tree.findall(".//{*}desc"))
    assert description.startswith(", ".join(links))
    assert [node.get("class") for node in tree.findall(".//{*}circle")].count("bad") == 1
    assert re.search(r"!\[[^\]]{60,}\]\(docs/chain\.svg\)", readme)


def test_the_picture_shows_the_folders() -> None:
    """The folders and files in docs/architecture.svg exist in the core."""
    tree = ElementTree.parse(CHECKOUT / "docs" / "architecture.svg")
    names = [
        name
        for node in tree.findall(".//{*}text")
        if "name" in str(node.get("class")).split()
        for name in str(node.text).split(", ")
    ]
    assert len(names) > 8
    for name in set(names) - {"AWS APIs"}:
        assert (CHECKOUT / "alarmchain" / name).exists(), name
    assert re.search(r"!\[[^\]]{60,}\]\(architecture\.svg\)", ARCHITECTURE)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_needs_nothing_else(picture: Path) -> None:
    """A picture has no script, no link, and no font or image from elsewhere."""
    text = picture.read_text()
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|href|@import|url\(|\son\w+=", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_pictures_text_has_contrast(picture: Path, scheme: str) -> None:
    """Every colour of text has a contrast of 4.5 to 1, as WCAG 2.2 AA requires."""
    light, dark = re.findall(r"svg \{(.*?)\}", picture.read_text())
    colours = dict(re.findall(r"--(\w+): #(\w{6})", {"light": light, "dark": dark}[scheme]))
    grounds = [colours[name] for name in ("ground", "pure") if name in colours]
    for name in {"text", "name", "bad", "loop"} & set(colours):
        for ground in grounds:
            pair = sorted((luminance(colours[name]), luminance(ground)))
            assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, name


def luminance(colour: str) -> float:
    """Return the relative luminance of `rrggbb`, by WCAG 2.2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
