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
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe comes with alarmchain[dev]"
)

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
    """No page is wider than the screen, also on a phone, with long names and all findings open."""
    page = visit(name, viewport=viewport)
    open_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_cell_opens_its_cause(visit: Open) -> None:
    """Enter follows the link, and the focus goes to the cause."""
    page = visit("example")
    page.locator("a.cell.not_covered", has_text="CMKChanges").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.tagName === 'SUMMARY'")
    cause = page.locator("details.cause:focus-within")
    assert "key-custodians" in cause.locator(".why").inner_text()
    assert cause.locator(".chain").is_visible()


def test_a_link_to_a_cause_opens_it(visit: Open) -> None:
    """The cause in the address of the page is open."""
    page = visit("example", "#cause-2")
    assert page.locator("#cause-2").evaluate("details => details.open")


def test_the_keyboard_reaches_everything_in_reading_order(visit: Open) -> None:
    """The skip link comes first and leads to the causes; Enter opens one."""
    page = visit("organization")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the causes"
    assert page.locator(".skip").bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert not page.locator("#cause-1").evaluate("details => details.open")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#cause-2").evaluate("details => details.open")
    order = page.evaluate(
        """[...document.querySelectorAll('a, summary, input, pre')].map(each => each.tabIndex)"""
    )
    assert set(order) == {0}


def test_it_works_without_its_script(visit: Open) -> None:
    """Causes and accounts can be opened without the page's script."""
    page = visit("organization", java_script_enabled=False)
    page.locator("#cause-2 > summary").click()
    assert page.locator("#cause-2 .chain").is_visible()
    page.locator("#account-1 > summary").click()
    assert page.locator("#account-1 .cell").first.is_visible()


def test_on_paper_causes_and_accounts_are_open(visit: Open) -> None:
    """Closed parts are printed open, controls for a screen are not, and the pages are few."""
    page = visit("organization", java_script_enabled=False)
    page.emulate_media(media="print")
    for part in (".evidence li", "#cause-2 .chain", "#account-9 .cell"):
        assert page.locator(part).first.is_visible()
    assert not page.locator(".hint").first.is_visible()
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") < 25


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(visit: Open, scheme: str) -> None:
    """Every text has the contrast that WCAG 2.2 AA requires, 4.5 to 1, in both colour schemes."""
    page = visit("organization", color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each, at) => each.open = at < 12)")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("name", ["example", "organization"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_is_accessible(visit: Open, name: str, viewport: dict[str, int]) -> None:
    """axe finds no fault, with every part open."""
    page = visit(name, viewport=viewport)
    open_findings(page)
    violations = axe.Axe().run(page).response["violations"]
    assert [
        (each["id"], node["html"][:120]) for each in violations for node in each["nodes"][:3]
    ] == []


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


def test_ten_accounts_make_a_small_page(visit: Open) -> None:
    """A page of ten accounts is small, because regions with the same results share a row."""
    page = visit("organization")
    assert page.locator("details.account").count() == 10
    assert page.locator("a.cell").count() < 150
    assert len(render(organization()).encode()) < 300_000


def test_hostile_names_are_shown_and_do_nothing(visit: Open) -> None:
    """Hostile names are shown as text; `visit` asserts that nothing was loaded or run."""
    page = visit("hostile")
    open_findings(page)
    assert page.locator("img").count() == 0
    assert page.locator(".facts dd").first.inner_text().startswith("</script><img src=")
