"""The matrix of the page: for each account, its regions and the rules."""

from collections import Counter
from dataclasses import dataclass

from alarmchain.report.findings import Findings
from alarmchain.report.html.groups import Group

ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule in one region: `outcome` is an Outcome's value or ERROR, `target` an id."""

    rule: str
    outcome: str
    target: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One region, with a cell or None for each rule."""

    region: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account: `counts` of its cells by outcome."""

    id: str
    name: str
    rules: tuple[str, ...]
    rows: tuple[Row, ...]
    counts: Counter[str]


def accounts(findings: Findings, groups: tuple[Group, ...]) -> tuple[Account, ...]:
    """Return every account with a result or a failure, in order."""
    cells: dict[tuple[str, str, str], Cell] = {}
    for group in groups:
        first = group.first
        for region in group.regions:
            cell = Cell(first.rule, first.outcome.value, group.id, first.annotation)
            cells[first.account, region, first.rule] = cell
    for failure in findings.failures:
        cell = Cell(failure.rule, ERROR, "errors", failure.error)
        cells[failure.account, failure.region, failure.rule] = cell
    rules = tuple(sorted(control.name for control in findings.controls))
    names = sorted({account for account, _, _ in cells})  # also those of failures without a rule
    return tuple(
        _account(f"account-{number}", name, rules, cells) for number, name in enumerate(names, 1)
    )


def _account(
    identifier: str,
    name: str,
    rules: tuple[str, ...],
    cells: dict[tuple[str, str, str], Cell],
) -> Account:
    regions = sorted(
        {region for account, region, rule in cells if account == name and region and rule in rules}
    )
    rows = tuple(
        Row(region, tuple(cells.get((name, region, rule)) for rule in rules)) for region in regions
    )
    counts = Counter(cell.outcome for (account, _, _), cell in cells.items() if account == name)
    return Account(identifier, name, rules, rows, counts)
