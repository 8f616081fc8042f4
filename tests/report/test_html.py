"""The HTML page, without a browser: it is complete, and text from an account stays text."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from html import escape
from html.parser import HTMLParser

import pytest

from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.subscription.subscriber import Kind, Subscriber
from alarmchain.control import known_controls
from alarmchain.decision.assessment import Outcome
from alarmchain.report.baseline import Baseline
from alarmchain.report.baseline_comparison import with_baseline
from alarmchain.report.causes import find_causes
from alarmchain.report.exception_matching import with_exceptions
from alarmchain.report.exceptions import ANY, AcceptedException
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.formats import FORMATS
from alarmchain.report.formats import render as formatted
from alarmchain.report.html.accounts import accounts
from alarmchain.report.html.cards import covered_cards
from alarmchain.report.html.chain_drawing import receiver, steps
from alarmchain.report.html.page import render
from alarmchain.report.places import Scope
from tests.report.findings_builder import (
    CONTROLS,
    NOW,
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
    """The policy has the hashes of style and script; nothing is loaded, and no tag has its own."""
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


def test_each_account_is_a_row_with_its_regions_together() -> None:
    """Each account has a row, in which each rule and group of regions has a cell."""
    findings = organization(10)
    page = Page(render(findings))
    rows = [at for tag, at in page.tags if tag == "details" and at.get("class") == "account"]
    assert len(rows) == 10
    cells = [at for _, at in page.tags if (at.get("class") or "").startswith("cell ")]
    scope, causes = Scope.of(findings), find_causes(findings)
    shown = accounts(findings, scope, causes, covered_cards(findings, scope))
    assert len(cells) == sum(len(row.cells) for each in shown for row in each.regions)
    assert len(cells) < len(findings.outcomes) / 8
    for account in shown:
        names = [name for row in account.regions for name in row.names]
        audited = {each.region for each in findings.outcomes if each.account == account.label}
        assert sorted(names) == sorted(audited)
    errors = [cell for cell in cells if cell["class"] == "cell error"]
    assert [cell["href"] for cell in errors] == [f"#cause-{len(causes)}"] * 4


def test_the_pattern_and_the_record_have_their_deciding_fields_marked() -> None:
    """The selector is marked in the pattern, and its field in the record, or its absence."""
    absent = render(example_account())
    assert "<mark>$.requestParameters.groupId</mark>" in absent
    assert "<mark>$.requestParameters.groupId is absent</mark>" in absent
    present = render(one_finding("curl"))
    assert "<mark>  &#34;userAgent&#34;: &#34;curl&#34;,</mark>" in present


def test_without_a_filter_only_the_record_is_shown() -> None:
    """Only a filter's pattern is called a pattern."""
    text = render(example_account((known_controls()["RootAccountUsage"],)))
    assert "The filter pattern" not in text
    assert "A record of root user&#39;s event that is missed: <mark>$.eventSource" in text
    assert text.count('aria-label="Record that escapes"') == 1
    assert text.count('<span class="name">CloudTrail/CloudWatchLogGroup</span>') == 1


def test_a_cause_shows_a_record_of_its_own_region() -> None:
    """Of a rule in several regions, the region with the broken link is shown."""
    findings = example_account()
    elsewhere = tuple(
        replace(
            each,
            region="ap-south-1",
            calls={
                name: replace(call, reason=f"{call.reason} in us-east-1")
                for name, call in each.calls.items()
            },
        )
        for each in findings.results
    )
    text = render(replace(findings, results=(*elsewhere, *findings.results)))
    assert " in us-east-1</p>" not in text


def test_causes_come_first_in_their_order() -> None:
    """Each cause has one card with its fix; then come the accounts, then what is covered."""
    findings = organization(4)
    text = render(findings)
    causes = find_causes(findings)
    page = Page(text)
    cards = [at["id"] or "" for tag, at in page.tags if tag == "details" and "id" in at]
    assert cards[: len(causes)] == [f"cause-{each.number}" for each in causes]
    assert cards[len(causes) : len(causes) + 4] == [f"account-{each}" for each in range(1, 5)]
    assert cards[len(causes) + 4].startswith("covered-")
    for cause in causes:
        assert text.count(f"<strong>Fix</strong> {escape(cause.fix)}</p>") == (
            cause.fix != ""
        ) * sum(each.fix == cause.fix for each in causes)


def test_a_chain_that_many_results_share_is_shown_once() -> None:
    """Results of all accounts and regions with the same chain share a card, whatever the hours
    since their trails delivered."""
    findings = organization(10)
    results = []
    for hours, each in enumerate(findings.results, 30):
        note = Judgement(Status.OK, f"trail 't' last delivered {hours} h ago")
        results.append(
            replace(each, chain=(replace(each.chain[0], judgement=note), *each.chain[1:]))
        )
    findings = replace(findings, results=tuple(results))
    cards = covered_cards(findings, Scope.of(findings))
    assert len(cards) == 1
    assert sum(len(card.results) for card in cards) == findings.count("covered")


@pytest.mark.parametrize(
    ("protocol", "kind", "text"),
    [
        ("email", Kind.PERSON, "a person"),
        ("sqs", Kind.MACHINE, "a queue"),
        ("lambda", Kind.MACHINE, "a function"),
        ("https", Kind.UNKNOWN, "a subscriber"),
    ],
)
def test_the_end_of_the_chain_is_who_is_notified(protocol: str, kind: Kind, text: str) -> None:
    """The chain ends at a person only if the subscriber is known to be one."""
    covered = next(each for each in example_account().results if each.rule == "ConfigChanges")
    last = replace(covered.chain[-1], subscribers=(Subscriber("arn", protocol, kind),))
    result = replace(covered, chain=(*covered.chain[:-1], last))
    assert receiver(result, "a subscriber") == text
    page = render(replace(example_account(), results=(result,)))
    assert f'<span class="kind">{text}</span>' in page
    broken = replace(result, outcome=Outcome.NOT_COVERED)
    assert receiver(broken, "a person") == "a person"


def test_what_is_excepted_or_new_is_visible() -> None:
    """An excepted cause has its reason and its last day; a new one says so."""
    findings = example_account()
    reason = next(each for each in findings.results if each.rule == "CMKChanges").fault
    assert reason
    exception = AcceptedException(
        1, ANY, ANY, "CMKChanges", reason.judgement.reason, date(2100, 1, 1), "<moves>"
    )
    excepted = with_exceptions(findings, [exception])
    document = json.loads(formatted(findings, "json"))
    document["results"] = [each for each in document["results"] if each["rule"] == "ConfigChanges"]
    compared = with_baseline(excepted, Baseline.of(document))
    page = Page(render(compared))
    assert "Excepted until 2100-01-01: <moves>" in page.text
    assert "one region of one account. 1 result excepted. Since" in " ".join(page.text.split())
    assert "Since the baseline of 2026-11-20T12:00:00Z: 3 new" in page.text
    text = " ".join(formatted(compared, "text").split())
    assert "excepted: until 2100-01-01: <moves>" in text
    assert "1 result, severity Medium, 1 new" in text


def test_accounts_have_their_names() -> None:
    """The rows of accounts, the causes and the failures have the accounts' names."""
    page = Page(render(replace(organization(4), names={"111122225333": "<Payments>"})))
    assert page.text.count("111122225333 (<Payments>)") > 3


def test_links_after_a_broken_one_are_not_reached() -> None:
    """The page draws all links: those that hold, the broken one, and those that are not reached."""
    results = example_account().results
    result = next(each for each in results if each.rule == "CloudTrailChanges")
    assert [(step.name, step.status) for step in steps(result)] == [
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
    assert "The account could not be read: role audit can&#39;t be assumed" in page
    for form in FORMATS:
        assert "role audit can" in formatted(findings, form)
