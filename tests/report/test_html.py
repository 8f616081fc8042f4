"""The HTML page, without a browser: it is complete, and text from an account stays text."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from alarmchain.report.findings import Failure, Findings
from alarmchain.report.formats import FORMATS
from alarmchain.report.formats import render as formatted
from alarmchain.report.html.groups import groups
from alarmchain.report.html.page import render
from tests.report.findings_builder import (
    CONTROLS,
    NOW,
    REGIONS,
    example_account,
    one_finding,
    organization,
)

VOID = {"meta", "link", "input", "use", "rect", "path"}
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!--",
    "</style><style>*{display:none}</style>",
    "]]>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;",
)


class Page(HTMLParser):
    """The tags of a page with their attributes, its ids, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.tags if "id" in attributes]


@pytest.mark.parametrize("findings", [example_account(), organization(3)], ids=["one", "many"])
def test_every_tag_is_closed_and_every_link_has_a_target(findings: Findings) -> None:
    """Ids are unique, and every reference has its id."""
    page = Page(render(findings))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    for _, attributes in page.tags:
        for name in ("href", "aria-labelledby"):
            target = attributes.get(name)
            if target and target != "data:,":
                assert target.removeprefix("#") in page.ids


@pytest.mark.parametrize("text", HOSTILE)
def test_names_from_the_account_stay_text(text: str) -> None:
    """Names add no tag and no attribute, and the page shows them unchanged."""
    hostile, harmless = Page(render(one_finding(text))), Page(render(one_finding("x")))
    shape = [(tag, sorted(attributes)) for tag, attributes in harmless.tags]
    assert [(tag, sorted(attributes)) for tag, attributes in hostile.tags] == shape
    assert text in hostile.text


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\x85", "\ufeff"])
def test_invisible_characters_are_shown(char: str) -> None:
    """No character that changes the writing direction or controls a program is in the page."""
    page = render(one_finding(f"a{char}b"))
    assert char not in page
    assert f"a\\u{ord(char):04x}b" in page


def test_the_page_allows_only_its_own_style_and_script() -> None:
    """The policy has their hashes; nothing is loaded, and no tag has a style or a handler."""
    text = render(example_account())
    page = Page(text)
    policy = next(
        attributes["content"] or ""
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    for _, attributes in page.tags:
        assert "src" not in attributes
        assert not any(name == "style" or name.startswith("on") for name in attributes)
    assert not re.search(r"https?://|url\(|@import", text)


def test_the_matrix_has_a_cell_for_each_account_region_and_rule() -> None:
    """Each cell has its verdict in words; a failure links to the list of failures."""
    page = Page(render(organization(10)))
    cells = [at for _, at in page.tags if (at.get("class") or "").startswith("cell ")]
    assert len(cells) == 10 * len(REGIONS) * 4 == 680
    assert sum(cell["class"] == "cell error" and cell["href"] == "#errors" for cell in cells) == 4


def test_the_pattern_and_the_record_have_their_deciding_fields_marked() -> None:
    """The selector is marked in the pattern, and its field in the record, or its absence."""
    absent = render(example_account())
    assert "<mark>$.requestParameters.groupId</mark>" in absent
    assert "<mark>$.requestParameters.groupId is absent</mark>" in absent
    present = render(one_finding("curl"))
    assert "<mark>  &#34;userAgent&#34;: &#34;curl&#34;,</mark>" in present


def test_findings_that_are_the_same_in_several_regions_form_a_group() -> None:
    """No region is lost."""
    findings = organization(2)
    grouped = groups(findings)
    assert sum(len(group.regions) for group in grouped) == len(findings.results)
    assert len(grouped) < len(findings.results) / 4


def test_findings_that_name_their_own_region_form_a_group() -> None:
    """The page says which region's name it shows."""
    results = [each for each in organization(accounts=1).results if each.rule == "CMKChanges"]
    named = [replace(each, annotation=f"no trail records {each.region}") for each in results]
    findings = Findings.of(named, NOW, CONTROLS)
    (group,) = groups(findings)
    assert (group.own, group.regions) == (True, REGIONS)
    assert f"Shown for {REGIONS[0]}; the other regions have the same fault" in render(findings)
    assert not any(group.own for group in groups(organization(accounts=1)))


def test_accounts_have_their_names() -> None:
    """The matrix, the findings and the failures have them."""
    page = Page(render(replace(organization(4), names={"111122225333": "<Payments>"})))
    assert page.text.count("111122225333 (<Payments>)") == 5


def test_links_after_a_broken_one_are_not_reached() -> None:
    """The page draws all links: those that hold, the broken one, and those that are not reached."""
    all_groups = groups(example_account())
    (group,) = (each for each in all_groups if each.first.rule == "CloudTrailChanges")
    assert [(step.name, step.status) for step in group.steps] == [
        ("trail", "ok"),
        ("log group", "ok"),
        ("metric filter", "ok"),
        ("alarm", "broken"),
        ("topic", "unreached"),
        ("subscription", "unreached"),
    ]


def test_an_account_that_could_not_be_read_is_shown() -> None:
    """Every format shows the failure of a whole account, which has no rule and no region."""
    failure = Failure("999999999999", "", "", "role audit can't be assumed")
    findings = Findings.of((*example_account().results, failure), NOW, CONTROLS)
    page = render(findings)
    assert Page(page).open == []
    assert "The account could not be read." in page
    for form in FORMATS:
        assert "role audit can" in formatted(findings, form)
