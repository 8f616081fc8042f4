"""The cards of the page: one for each cause, and one for each chain that covers a rule."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property

from alarmchain.chain.subscription.subscriber import describe_subscribers
from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.remediation.remediation_hint import remediation_commands, remediation_hint_for
from alarmchain.report.causes import Cause
from alarmchain.report.comparison import Change
from alarmchain.report.findings import Findings
from alarmchain.report.general_text import Subject, general
from alarmchain.report.html.chain_drawing import Step, receiver, steps
from alarmchain.report.html.escapes import Escape, escapes
from alarmchain.report.places import Place, Scope


@dataclass(frozen=True, slots=True)
class RulePart:
    """What a cause breaks of one rule: its calls, with a record that is missed."""

    control: Control
    escapes: tuple[Escape, ...]
    covered: tuple[str, ...]


@dataclass(frozen=True)
class CauseCard:
    """A cause; `audience`: whom the audit asks to be notified."""

    cause: Cause
    scope: Scope
    controls: tuple[Control, ...]
    audience: str

    @property
    def id(self) -> str:
        """Return the card's id on the page."""
        return f"cause-{self.cause.number}"

    @property
    def where(self) -> str:
        """Return which rules the cause breaks, and where."""
        words = self.scope.words(self.cause.places)
        if not self.cause.rules:
            return words or "the account"
        return f"{self.scope.rule_words(self.cause.rules, self.cause.places)} in {words}"

    @property
    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Return each account with its regions."""
        return self.scope.account_regions(self.cause.places)

    @property
    def changes(self) -> str:
        """Return what has changed since the baseline, "" without one."""
        return ", ".join(
            f"{number} {change.value}" for change, number in self.cause.changes.items()
        )

    @property
    def is_new(self) -> bool:
        """Return whether a result is new since the baseline."""
        return Change.NEW in self.cause.changes

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return the drawn chain."""
        return tuple(steps(self.cause.first)) if self.cause.first else ()

    @property
    def receiver(self) -> str:
        """Return who would be notified."""
        first = self.cause.first
        return receiver(first, self.audience) if first else ""

    @cached_property
    def parts(self) -> tuple[RulePart, ...]:
        """Return the part of each rule, in order, with one of its results."""
        shown: dict[str, Assessment] = {}
        for result in self.cause.own_region_first:
            shown.setdefault(result.rule, result)
        controls = {control.name: control for control in self.controls}
        return tuple(
            RulePart(
                controls[rule],
                tuple(escapes(result)),
                tuple(name for name, call in result.calls.items() if _is_covered(call.outcome)),
            )
            for rule, result in sorted(shown.items())
        )

    @cached_property
    def commands(self) -> str:
        """Return the commands that start the remediations, "" if none would help."""
        return remediation_commands(self.cause.results)

    @property
    def hint(self) -> str:
        """Return what the commands are."""
        return remediation_hint_for(self.cause.rules, self.cause.accounts)


@dataclass(frozen=True)
class CoveredCard:
    """A chain that covers a rule, with all results that have it.

    `audience`: whom the audit asks to be notified.
    """

    id: str
    results: tuple[Assessment, ...]
    scope: Scope
    audience: str

    @property
    def first(self) -> Assessment:
        """Return the result to show."""
        return self.results[0]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Return where it is, in order."""
        return tuple((each.account, each.region) for each in self.results)

    @property
    def where(self) -> str:
        """Return where the rule is covered."""
        return self.scope.words(self.places)

    @property
    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Return each account with its regions."""
        return self.scope.account_regions(self.places)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the drawn chain."""
        return tuple(steps(self.first))

    @property
    def receiver(self) -> str:
        """Return who is notified."""
        return receiver(self.first, self.audience)

    @property
    def notified(self) -> str:
        """Return how many are notified, and how."""
        return describe_subscribers(self.first.subscribers)


def cause_cards(findings: Findings, causes: Iterable[Cause], scope: Scope) -> tuple[CauseCard, ...]:
    """Return a card for each cause, in order."""
    return tuple(CauseCard(cause, scope, findings.controls, findings.audience) for cause in causes)


def covered_cards(findings: Findings, scope: Scope) -> tuple[CoveredCard, ...]:
    """Return a card for each rule and chain, by rule; accounts and regions may share it."""
    groups: dict[Hashable, list[Assessment]] = {}
    for result in findings.results:
        if _is_covered(result.outcome):
            groups.setdefault(_chain_key(result), []).append(result)
    ordered = sorted(groups.values(), key=lambda group: group[0].rule)
    return tuple(
        CoveredCard(f"covered-{number}", tuple(group), scope, findings.audience)
        for number, group in enumerate(ordered, 1)
    )


def _chain_key(result: Assessment) -> Hashable:
    subject = Subject.of(result)
    links = tuple((each.link, general(each.resource, subject)) for each in result.chain)
    notes = tuple(general(each.judgement.reason, subject) for each in result.chain)
    return result.rule, links, notes, result.breadth, describe_subscribers(result.subscribers)


def _is_covered(outcome: Outcome) -> bool:
    return outcome is Outcome.COVERED
