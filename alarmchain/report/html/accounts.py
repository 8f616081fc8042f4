"""The accounts of the page: for each, its regions with the same results, and their rules."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from alarmchain.decision.assessment import Outcome
from alarmchain.report.audit_table import ranges
from alarmchain.report.causes import Cause
from alarmchain.report.comparison import Change
from alarmchain.report.findings import Findings
from alarmchain.report.html.cards import CoveredCard
from alarmchain.report.places import Scope


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule in regions with the same result: `state` is a key of STATES, `target` an id of the
    page or "", `note` a few words."""

    rule: str
    state: str
    target: str
    note: str


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions of an account with the same cell for each rule."""

    words: str
    names: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account: `counts` of its results by state, `causes`: their numbers, as `1-3, 7`."""

    id: str
    label: str
    read_at: float
    counts: Counter[str]
    causes: str
    error: str
    regions: tuple[Regions, ...]


def accounts(
    findings: Findings, scope: Scope, causes: Iterable[Cause], covered: Iterable[CoveredCard]
) -> tuple[Account, ...]:
    """Return every account, in order; `error` says why it could not be read, "" if it could."""
    cells: dict[str, dict[str, list[Cell]]] = {account: {} for account in scope.regions}
    numbers: dict[str, set[int]] = {account: set() for account in scope.regions}
    errors: dict[str, str] = {}

    def add(account: str, region: str, cell: Cell) -> None:
        cells[account].setdefault(region, []).append(cell)

    for cause in causes:
        note = f"cause {cause.number}" + (", excepted" if cause.acceptance else "")
        target = f"cause-{cause.number}"
        for each in cause.outcomes:
            numbers[each.account].add(cause.number)
            if each.region:
                add(each.account, each.region, Cell(each.rule, cause.state, target, note))
            else:
                errors[each.account] = cause.title
    for card in covered:
        for result in card.results:
            note = "fixed" if findings.change_of(result) is Change.FIXED else ""
            cell = Cell(result.rule, Outcome.COVERED.value, card.id, note)
            add(result.account, result.region, cell)
    for result in findings.results:
        if result.outcome is Outcome.NOT_APPLICABLE:
            note = f"see {result.elsewhere}"
            add(result.account, result.region, Cell(result.rule, result.outcome.value, "", note))
    return tuple(
        Account(
            f"account-{number}",
            label,
            findings.read_at(account),
            Counter(cell.state for row in cells[account].values() for cell in row),
            ranges(numbers[account]),
            errors.get(account, ""),
            tuple(_regions(scope, account, cells[account])),
        )
        for number, (account, label) in enumerate(scope.labels.items(), 1)
    )


def _regions(scope: Scope, account: str, cells: dict[str, list[Cell]]) -> list[Regions]:
    """Return the regions of an account, those with the same cells together, the most first."""
    groups: dict[tuple[Cell, ...], list[str]] = {}
    for region in sorted(cells):
        row = tuple(sorted(cells[region], key=lambda cell: cell.rule))
        groups.setdefault(row, []).append(region)
    return [
        Regions(scope.region_words(account, names), tuple(names), row)
        for row, names in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
