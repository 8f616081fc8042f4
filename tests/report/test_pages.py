"""The HTML page in a browser: on a phone, on paper, by keyboard, without network."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alarmchain.report.html.page import render
from tests.report.findings_builder import example_account, one_finding, organization

api = pytest.importorskip("playwright.sync_api", reason="playwright comes with alarmchain[dev]")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = os.environ.get("CHROME") or next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None,
    reason=f"no browser: none of {', '.join(NAMES)} is on the PATH, and CHROME is not set",
)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
HOSTILE = "</script><img src=https://example.com/x onerror=alert(1)>\u202e" + "long" * 60

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start one headless browser for all tests."""
    with api.sync_playwright() as playwright:
        # The sandbox needs rights that a container lacks; the browser opens only our own files.
        launched = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the files of the pages by name."""
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "example": example_account(),
        "organization": organization(),
        "hostile": one_finding(HOSTILE),
    }
    for name, findings in pages.items():
        (folder / f"{name}.html").write_text(render(findings), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def visit(browser: Any, files: dict[str, Path]) -> Iterator[Open]:
    """Open a page; at the end, assert that it made no request and reported no error."""
    contexts, requests, errors = [], [], []

    def open_page(name: str, fragment: str = "", **options: Any) -> Any:
        context = browser.new_context(**({"viewport": DESKTOP} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(dialog.message))
        page.goto(f"{files[name].as_uri()}{fragment}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith("file:")] == []
    assert errors == []


def open_findings(page: Any) -> None:
    """Open every finding."""
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


@pytest.mark.parametrize("name", ["example", "organization", "hostile"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_page_is_wider_than_its_screen(visit: Open, name: str, viewport: dict[str, int]) -> None:
    """This holds for a narrow screen, for long names, and with every finding open."""
    page = visit(name, viewport=viewport)
    open_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_mark_of_the_matrix_opens_its_finding(visit: Open) -> None:
    """Enter follows the link, and the focus goes to the finding."""
    page = visit("example")
    page.locator("a.cell.not_covered").first.focus()
    page.keyboard.press("Enter")
    finding = page.locator("details.finding").first
    page.wait_for_function("document.activeElement.tagName === 'SUMMARY'")
    assert finding.evaluate("details => details.open")
    assert finding.locator("summary").first.evaluate(
        "summary => summary === document.activeElement"
    )
    assert finding.locator(".chain").is_visible()


def test_a_link_to_a_finding_opens_it(visit: Open) -> None:
    """The finding in the address of the page is open."""
    page = visit("example", "#finding-2")
    assert page.locator("#finding-2").evaluate("details => details.open")


def test_the_keyboard_reaches_everything_in_reading_order(visit: Open) -> None:
    """The skip link comes first and leads past the matrix to the filter."""
    page = visit("organization")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    assert page.locator(".skip").bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "show-not_covered"
    order = page.evaluate(
        """[...document.querySelectorAll('a, summary, input, pre')].map(each => each.tabIndex)"""
    )
    assert set(order) == {0}


def test_findings_are_filtered_by_their_verdict(visit: Open) -> None:
    """Without the covered findings, three are left."""
    page = visit("example")
    page.uncheck("#show-covered")
    shown = page.locator("details.finding:visible")
    assert shown.count() == 3
    assert page.locator("details.finding.covered:visible").count() == 0


def test_it_works_without_its_script(visit: Open) -> None:
    """Findings open, and the filter works."""
    page = visit("example", java_script_enabled=False)
    page.locator("details.finding summary").first.click()
    assert page.locator(".chain").first.is_visible()
    page.uncheck("#show-not_covered")
    assert page.locator("details.finding:visible").count() == 1


def test_on_paper_everything_is_open(visit: Open) -> None:
    """Closed parts are printed open, and controls are not printed."""
    page = visit("example", java_script_enabled=False)
    page.emulate_media(media="print")
    assert page.locator(".evidence li").first.is_visible()
    assert page.locator("pre").first.is_visible()
    assert not page.locator(".filter").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(visit: Open, scheme: str) -> None:
    """Every text has the contrast that WCAG 2.2 AA requires, 4.5 to 1, in both colour schemes."""
    page = visit("organization", color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each, at) => each.open = at < 12)")
    assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = rgb => rgb.slice(0, 3)
    .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const background = element => {
    for (; element; element = element.parentElement) {
      const colour = channels(getComputedStyle(element).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility() || element.closest('.visually-hidden, .skip')) continue;
    const a = light(channels(getComputedStyle(element).color)), b = light(background(element));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return [...poor];
}"""


def test_six_hundred_and_eighty_results_open_at_once(visit: Open) -> None:
    """The matrix of ten accounts in seventeen regions is complete, and the page is small enough."""
    page = visit("organization")
    assert page.locator("a.cell").count() == 680
    assert page.locator(".account").count() == 10
    assert len(render(organization()).encode()) < 2_000_000


def test_hostile_names_are_shown_and_do_nothing(visit: Open) -> None:
    """Hostile names are shown as text; `visit` asserts that nothing was loaded or run."""
    page = visit("hostile")
    open_findings(page)
    assert page.locator("img").count() == 0
    assert page.locator(".facts dd").first.inner_text().startswith("</script><img src=")
