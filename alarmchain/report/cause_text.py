"""A cause as text: what is wrong, what it breaks, where, and how to fix it."""

from collections.abc import Iterator, Sequence

from alarmchain.decision.assessment import Assessment
from alarmchain.remediation.remediation_hint import remediation_commands, remediation_hint_for
from alarmchain.report.causes import Cause
from alarmchain.report.findings import OPEN, STATES
from alarmchain.report.places import Scope
from alarmchain.report.text_layout import wrapped

_MOST_NAMES = 12
"""So many accounts or regions are listed."""
_MOST_CALLS = 24
_MOST_TEXTS = 2
"""So many different texts of what was observed are shown."""


def cause_lines(cause: Cause, scope: Scope, columns: int, state: str) -> list[str]:
    """Return the lines of a cause; `state`: its state in words, perhaps in colour."""
    plain = STATES[cause.state]
    lead = f"{cause.number}. {plain}: "
    first, *others = wrapped(lead, cause.title, columns)
    indent = " " * (len(str(cause.number)) + 2)
    lines = [first.replace(plain, state, 1), *(indent + line.lstrip() for line in others)]
    for label, text in _facts(cause, scope):
        if text:
            lines += wrapped(f"{indent}{label + ':':<10}", text, columns)
    commands = remediation_commands(cause.results)
    if commands:
        hint = remediation_hint_for(cause.rules, cause.accounts)
        lines += wrapped(f"{indent}{'or:':<10}", hint, columns)
        lines += [f"{indent}  {line}" for line in commands.splitlines()]
    return lines


def _facts(cause: Cause, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield the labels of a cause with their texts, some of them empty."""
    others = len(cause.observed) - _MOST_TEXTS
    more = [f"and {others} more"] if others > 0 else []
    yield "breaks", breaks(cause, scope)
    if scope.rule_words(cause.rules, cause.places).endswith(" rules"):
        yield "rules", ", ".join(cause.rules)
    if 1 < len(cause.accounts) < len(scope.regions):
        yield "accounts", some([scope.labels[account] for account in cause.accounts])
    if scope.leaves_out(cause.places):
        yield "regions", some(cause.regions)
    if cause.acceptance:
        yield "excepted", f"until {cause.acceptance.until}: {cause.acceptance.why}"
    yield "where", first_and_more(cause.locations)
    yield "observed", "; ".join([*cause.observed[:_MOST_TEXTS], *more])
    yield "expected", cause.expected
    if len(cause.rules) == 1:
        yield "calls", some(_open_calls(cause.results), _MOST_CALLS)
    for reason, calls in cause.other_reasons.items():
        yield "also", f"{some(calls, 3)}: {reason}"
    yield "fix", cause.fix


def breaks(cause: Cause, scope: Scope) -> str:
    """Return how many results the cause breaks, of which rules and where."""
    count = f"{cause.count} result{'' if cause.count == 1 else 's'}" if cause.count else ""
    severity = f"severity {cause.severity}" if cause.severity else ""
    changes = ", ".join(f"{number} {change.value}" for change, number in cause.changes.items())
    where = scope.words(cause.places)
    what = (
        f"{scope.rule_words(cause.rules, cause.places)} in {where}"
        if cause.rules and where
        else where
    )
    numbers = ", ".join(filter(None, [count, severity, changes]))
    return ": ".join(filter(None, [what or "the account", numbers]))


def first_and_more(texts: Sequence[str]) -> str:
    """Return the first text, and how many others there are."""
    more = len(texts) - 1
    return f"{texts[0]} (and {more} other{'s' * (more > 1)})" if more > 0 else "".join(texts)


def some(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """Return the names, or the first `most` and how many more there are."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more (--format csv has all)"


def _open_calls(results: Sequence[Assessment]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name
            for result in results
            for name, call in result.calls.items()
            if call.outcome in OPEN
        )
    )
