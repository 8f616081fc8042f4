"""The guides: what they name is there, their links lead somewhere, their picture can be seen."""

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
from tests.test_adding_a_rule import RULE

GUIDES = sorted([*CHECKOUT.glob("docs/*.md"), CHECKOUT / "README.md", CHECKOUT / "SECURITY.md"])
OURS = (
    "alarmchain|bench|cloudformation|demo|deployment|docs|examples|iam|localaws|rules|tests|tools"
)
VERDICT = (CHECKOUT / "docs" / "verdict.md").read_text()
PICTURE = CHECKOUT / "docs" / "chain.svg"


def names(guide: Path) -> list[Path]:
    """The guides that have to be read to follow its links."""
    found = re.findall(r"\]\(([\w./-]+\.md)", guide.read_text())
    return [(guide.parent / link).resolve() for link in found]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_files_that_it_names(guide: Path) -> None:
    """Each path of the project is there; `<Name>` and `*` stand for each and any."""
    text = guide.read_text()
    paths = set(re.findall(rf"`((?:{OURS})/[\w./<>*-]+)`", text))
    paths = {path for path in paths if RULE not in path}  # followed by a test of its own
    for path in paths:
        each = [path.replace("<Name>", rule) for rule in known_controls()]
        assert all(list(CHECKOUT.glob(one)) for one in each), path


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_links(guide: Path) -> None:
    """Each link to a file or to a heading leads there."""
    for link in re.findall(r"\]\(([^):]+)\)", guide.read_text()):
        path, _, heading = link.partition("#")
        file = guide.parent / path if path else guide
        assert file.exists(), link
        assert not heading or heading in headings(file), link


def headings(guide: Path) -> set[str]:
    """The names under which GitHub knows a guide's headings."""
    lines = re.findall(r"^#+ (.+)$", guide.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_guide_is_linked() -> None:
    """From README.md one gets to all of them."""
    reached, ahead = set(), [CHECKOUT / "README.md"]
    while ahead:
        guide = ahead.pop()
        if guide not in reached:
            reached.add(guide)
            ahead += names(guide)
    assert set(GUIDES) - reached == set()


def test_the_walk_through_the_code() -> None:
    """Each function that docs/verdict.md names is in the file that it names beside it."""
    steps = re.findall(r"`([\w.]+)`\s+\(`(alarmchain/[\w/]+\.py)`\)", VERDICT)
    assert len(steps) > 12
    for name, path in steps:
        tree = ast.parse((CHECKOUT / path).read_text())
        defined = {
            f"{prefix}{node.name}"
            for owner, prefix in [(tree, ""), *_classes(tree)]
            for node in owner.body
            if isinstance(node, ast.FunctionDef)
        }
        assert name in defined, (name, path)
    for name in re.findall(r"`(\w+\.py)`", VERDICT):
        assert (CHECKOUT / "alarmchain" / "chain" / name).exists() or (
            CHECKOUT / "alarmchain" / name
        ).exists(), name


def _classes(tree: ast.Module) -> list[tuple[ast.ClassDef, str]]:
    return [(node, f"{node.name}.") for node in tree.body if isinstance(node, ast.ClassDef)]


def test_the_example_that_is_walked_through() -> None:
    """The chain of its account is the one that docs/verdict.md shows."""
    snapshot = load(CHECKOUT / "docs" / "example-account.json")
    control = known_controls()["CMKChanges"]
    found = audit_snapshot(snapshot, [control], (), Parameters())
    (result,) = json.loads(render(Findings.of(found, snapshot.collected_at, [control])))["results"]
    shown = re.search(r"```text\n(.*?)```", VERDICT, re.DOTALL)[1].splitlines()
    assert [line.split()[:2] for line in shown] == [
        [link["link"], link["status"]] for link in result["chain"]
    ]
    for line, link in zip(shown, result["chain"], strict=True):
        assert line.split()[2] in link["resource"]


def test_the_picture_tells_the_chain() -> None:
    """The links in their order, each with its question, one broken; and the same for a reader."""
    tree = ElementTree.parse(PICTURE)
    texts = [node for node in tree.findall(".//{*}text") if node.get("class") == "name"]
    chain = re.search(r"^API call ─► .*$", (CHECKOUT / "README.md").read_text(), re.MULTILINE)[0]
    links = chain.split(" ─► ")
    assert [node.text for node in texts] == links
    (said,) = (node.text for node in tree.findall(".//{*}desc"))
    assert said.startswith(", ".join(links))
    assert [node.get("class") for node in tree.findall(".//{*}circle")].count("bad") == 1
    assert re.search(r"!\[[^\]]{60,}\]\(docs/chain\.svg\)", (CHECKOUT / "README.md").read_text())


def test_the_picture_needs_nothing_else() -> None:
    """No script, no link, no font or picture from elsewhere."""
    text = PICTURE.read_text()
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|href|@import|url\(|\son\w+=", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pictures_text_stands_out(scheme: str) -> None:
    """Every colour of text has 4.5 to 1 against the ground, as WCAG 2.2 AA asks for."""
    light, dark = re.findall(r"svg \{(.*?)\}", PICTURE.read_text())
    colours = dict(re.findall(r"--(\w+): #(\w{6})", {"light": light, "dark": dark}[scheme]))
    ground = luminance(colours["ground"])
    for name in ("text", "name", "bad"):
        pair = sorted((luminance(colours[name]), ground))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, name


def luminance(colour: str) -> float:
    """Relative luminance of `rrggbb`, by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
