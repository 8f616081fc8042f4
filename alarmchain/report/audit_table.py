"""The tables of an audit as text: its rules, and its accounts if there are several."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alarmchain.chain.subscription.subscriber import describe_subscribers
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.report.causes import Cause
from alarmchain.report.comparison import Change
from alarmchain.report.findings import NOT_ASSESSED, STATES, Failure, Findings
from alarmchain.report.places import Scope, joined
from alarmchain.report.text_layout import table

Paint = Callable[[str, str], str]
"""Returns a text in the style of a state."""
_MOST_ROWS = 3
"""So many rows of one rule and verdict differ by their cause; more are put together."""
_VERDICT = 2
"""The number of the column with the verdict, which is in colour."""
_MOST_ACCOUNTS = 40
"""So many rows has the table of accounts."""


@dataclass(frozen=True, slots=True)
class AuditTables:
    """Makes the tables. `causes`: by account, rule and region."""

    findings: Findings
    scope: Scope
    causes: Mapping[tuple[str, str, str], Cause]
    paint: Paint

    @classmethod
    def of(
        cls, findings: Findings, scope: Scope, causes: tuple[Cause, ...], paint: Paint
    ) -> "AuditTables":
        """Return the tables of the findings."""
        by_result = {
            (each.account, each.rule, each.region): cause
            for cause in causes
            for each in cause.outcomes
        }
        return cls(findings, scope, by_result, paint)

    def rules(self, columns: int) -> list[str]:
        """Return the lines of a table: a row for each rule, verdict and cause, with its places."""
        groups: dict[tuple[str, str], dict[str, list[tuple[str, str]]]] = {}
        for each in self.findings.outcomes:
            if each.region:
                last = groups.setdefault((each.rule, self._state(each)), {})
                last.setdefault(self._last(each), []).append((each.account, each.region))
        rows, states = [], []
        order = list(STATES)
        for (rule, state), by_text in sorted(
            groups.items(), key=lambda item: (item[0][0], order.index(item[0][1]))
        ):
            if len(by_text) > _MOST_ROWS:
                places = [place for some in by_text.values() for place in some]
                by_text = {self._together(by_text): places}
            for text, places in by_text.items():
                rows.append([rule, self.scope.words(places), STATES[state], text])
                states.append(state)
        where = "regions" if len(self.scope.regions) == 1 else "where"
        head = ("rule", where, "verdict", "cause, or notified")
        return table(head, _without_repetition(rows), columns, self._painter(states))

    def accounts(self, columns: int) -> list[str]:
        """Return the lines of a table: a row for accounts with the same counts and causes."""
        shown = [state for state in STATES if self.findings.count(state)]
        counts = {account: dict.fromkeys(shown, 0) for account in self.scope.regions}
        numbers: dict[str, set[int]] = {account: set() for account in counts}
        for each in self.findings.outcomes:
            if each.region:
                counts[each.account][self._state(each)] += 1
            if cause := self.causes.get((each.account, each.rule, each.region)):
                numbers[each.account].add(cause.number)
        rows: dict[tuple[str, ...], list[str]] = {}
        for account, label in self.scope.labels.items():
            cells = [str(counts[account][state]) for state in shown]
            row = (*cells, ranges(numbers[account]))
            rows.setdefault(row, []).append(label)
        body = [[joined(labels, "accounts"), *row] for row, labels in rows.items()]
        head = ("account", *(STATES[state] for state in shown), "causes")
        lines = table(head, body[:_MOST_ACCOUNTS], columns)
        if len(body) > _MOST_ACCOUNTS:
            lines.append(f"and {len(body) - _MOST_ACCOUNTS} more rows: --format html has all")
        return lines

    def _state(self, each: Assessment | Failure) -> str:
        return NOT_ASSESSED if isinstance(each, Failure) else each.outcome.value

    def _last(self, each: Assessment | Failure) -> str:
        cause = self.causes.get((each.account, each.rule, each.region))
        if cause is not None:
            return f"cause {cause.number}" + (" (excepted)" if cause.acceptance else "")
        if isinstance(each, Failure):
            return ""
        if each.outcome is Outcome.NOT_APPLICABLE:
            return f"see {each.elsewhere}"
        fixed = " (fixed)" if self.findings.change_of(each) is Change.FIXED else ""
        return f"{describe_subscribers(each.subscribers)}{fixed}"

    def _together(self, texts: Mapping[str, object]) -> str:
        """Return the causes of several rows, or that they notify several subscribers."""
        numbers = {int(text.split()[1]) for text in texts if text.startswith("cause ")}
        return f"causes {ranges(numbers)}" if numbers else "several"

    def _painter(self, states: list[str]) -> Callable[[int, int, str], str]:
        def paint(row: int, column: int, text: str) -> str:
            return self.paint(states[row], text) if column == _VERDICT else text

        return paint


def _without_repetition(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows; a rule's name is in its first row only."""
    earlier = ["", *(row[0] for row in rows)]
    return [
        ["" if row[0] == before else row[0], *row[1:]]
        for row, before in zip(rows, earlier, strict=False)
    ]


def ranges(numbers: set[int]) -> str:
    """Return the numbers in order, such as `1-3, 7`."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        f"{part[0]}-{part[-1]}" if len(part) > 2 else ", ".join(map(str, part)) for part in parts
    )
