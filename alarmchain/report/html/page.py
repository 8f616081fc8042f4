"""An audit as an HTML page, whose Content-Security-Policy lets nothing else run or load."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from alarmchain.json_document import iso
from alarmchain.report.causes import find_causes
from alarmchain.report.escape_text import visible
from alarmchain.report.findings import STATES, Findings
from alarmchain.report.framework_controls import framework_sections
from alarmchain.report.html.accounts import accounts
from alarmchain.report.html.cards import cause_cards, covered_cards
from alarmchain.report.places import Scope

_FOLDER = Path(__file__).parent


def render(findings: Findings) -> str:
    """Return the page. Text from the account is escaped, and its invisible characters are shown."""
    scope, causes = Scope.of(findings), find_causes(findings)
    covered = covered_cards(findings, scope)
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    page: str = _template().render(
        style=style,
        script=script,
        policy=_policy(style, script),
        findings=findings,
        states=STATES,
        causes=cause_cards(findings, causes, scope),
        covered=covered,
        accounts=accounts(findings, scope, causes, covered),
        framework_sections=framework_sections,
        iso=iso,
    )
    return page


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    return environment.get_template("page.html.j2")


def _finalize(value: Any) -> Any:
    """Return an expression's value with invisible characters shown; jinja then escapes it."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _asset(name: str) -> Markup:
    """Return a file of this folder, for the page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704 - not input


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows only this style and this script, by hash."""
    sources = {"style-src": style, "script-src": script}
    hashes = "; ".join(f"{name} 'sha256-{_hash(text)}'" for name, text in sources.items())
    return f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; {hashes}"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
