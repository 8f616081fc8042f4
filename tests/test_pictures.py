"""README's pictures are of the current reports; `make pictures` makes them."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.command_line import Run

CHECKOUT = Path(__file__).parents[1]
PICTURES = CHECKOUT / "docs" / "pictures"
README = (CHECKOUT / "README.md").read_text()
MOST_BYTES = 200_000


def terminal_lines() -> list[str]:
    """Return the lines of text in docs/pictures/terminal.svg."""
    tree = ElementTree.parse(PICTURES / "terminal.svg")
    lines: dict[float, list[tuple[float, str]]] = {}
    for element in tree.iter("{http://www.w3.org/2000/svg}text"):
        text = (element.text or "").replace("\u00a0", " ")
        if "clip-path" in element.attrib:
            x, y = (float(element.attrib[name]) for name in ("x", "y"))
            lines.setdefault(y, []).append((x, text))
    return ["".join(text for _, text in sorted(lines[y])).rstrip() for y in sorted(lines)]


def test_the_terminal_shows_what_the_command_prints(
    alarmchain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first lines are the command; the others are its output, apart from white space."""
    shown = "\n".join(terminal_lines())
    parts = re.fullmatch(r"\$ alarmchain (.*?[^\\])\n(.*)", shown, re.DOTALL)
    assert parts
    command, output = parts.groups()
    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setenv("COLUMNS", "96")
    completed = alarmchain(*shlex.split(command.replace("\\\n", " ")))
    assert output.split() == completed.out.split(), "run: make pictures"


@pytest.mark.parametrize("name", ["terminal.svg", "page.png"])
def test_the_readme_shows_small_pictures_with_a_description(name: str) -> None:
    """Each picture exists, is small, and has a text for readers who cannot see it."""
    assert 1000 < (PICTURES / name).stat().st_size <= MOST_BYTES
    assert re.search(rf"!\[[^\]]{{60,}}\]\(docs/pictures/{re.escape(name)}\)", README)


def test_the_terminal_loads_nothing() -> None:
    """No font and no other file is named."""
    text = (PICTURES / "terminal.svg").read_text()
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "url(http" not in text
