"""The causes of an audit's findings: one for each thing to fix, with all results that it breaks.

Results have the same cause if the same link decides them and the same fix helps, whatever their
rule, their region and their account. What could not be assessed has causes, too: the same error.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from alarmchain.chain.api_item import quote
from alarmchain.decision.assessment import Assessment, Link, Outcome
from alarmchain.report.comparison import Change
from alarmchain.report.exceptions import Acceptance
from alarmchain.report.fault_location import fault_location, lacks_filter
from alarmchain.report.findings import NOT_ASSESSED, OPEN, Failure, Findings
from alarmchain.report.general_text import Subject, common, general

_SEVERITIES = ("Critical", "High", "Medium", "Low", "Informational")
"""From the worst to the least."""
_ALLOW = "allow "
"""How the remedy of a refused read begins. The permission is to be given once, not for each
resource that could not be read."""


@dataclass(frozen=True)
class Cause:
    """One thing to fix.

    `state`: a key of STATES. `results`: those that it breaks, in order; () for an error.
    `failures`: what could not be assessed. `severity`: the highest of its rules, "" if it has none.
    `acceptance`: what accepts the results, if they are excepted; then they do not count.
    `changes`: what has changed of the results since the baseline, counted. `number`: from 1, in the
    order of a report.
    """

    state: str
    results: tuple[Assessment, ...]
    failures: tuple[Failure, ...]
    severity: str
    acceptance: Acceptance | None = None
    changes: Mapping[Change, int] = field(default_factory=dict)
    number: int = 0

    @cached_property
    def own_region_first(self) -> tuple[Assessment, ...]:
        """Return the results, first those in the deciding link's own region."""
        return tuple(sorted(self.results, key=_is_elsewhere))

    @property
    def first(self) -> Assessment | None:
        """Return the result to show, None for an error."""
        return next(iter(self.own_region_first), None)

    @property
    def link(self) -> Link | None:
        """Return the deciding link of the shown result."""
        return self.first.fault if self.first else None

    @cached_property
    def title(self) -> str:
        """Return what is wrong."""
        if self.failures:
            return common((each.error, Subject.of(each)) for each in self.failures)
        link = self.link
        if self.first and link and lacks_filter(self.first, link) and len(self.rules) > 1:
            return f"log group {quote(link.resource)} has no metric filter for these rules"
        return self._common(_reason)

    @cached_property
    def fix(self) -> str:
        """Return what to do, a sentence; "" for an error."""
        fix = self._common(lambda each: each.remedy)
        return fix[:1].upper() + fix[1:]

    @cached_property
    def expected(self) -> str:
        """Return what would pass the event on, "" if nothing is said."""
        return self._common(lambda each: each.fault.judgement.wanted if each.fault else "")

    @cached_property
    def observed(self) -> tuple[str, ...]:
        """Return what was observed, each text once, the shown result's first."""
        return self._distinct(lambda each: each.fault.fact if each.fault else "")

    @cached_property
    def locations(self) -> tuple[str, ...]:
        """Return where the deciding links are, each once, the shown result's first."""
        return self._distinct(lambda each: fault_location(each, each.fault) if each.fault else "")

    @cached_property
    def other_reasons(self) -> Mapping[str, tuple[str, ...]]:
        """Return the other reasons why calls of these results are not covered, with the calls."""
        known = {general(_reason(each), Subject.of(each)) for each in self.results}
        calls: dict[str, dict[str, None]] = {}
        texts: dict[str, list[tuple[str, Subject]]] = {}
        for each in self.results:
            subject = Subject.of(each)
            for name, call in each.calls.items():
                if call.outcome in OPEN and (key := general(call.reason, subject)) not in known:
                    calls.setdefault(key, {})[name] = None
                    texts.setdefault(key, []).append((call.reason, subject))
        return {common(texts[key]): tuple(names) for key, names in calls.items()}

    @property
    def outcomes(self) -> tuple[Assessment | Failure, ...]:
        """Return the results, then the failures."""
        return (*self.results, *self.failures)

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Return each account and region, in order; the region of a whole account is ""."""
        return tuple(sorted({(each.account, each.region) for each in self.outcomes}))

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Return the accounts, in order."""
        return tuple(sorted({account for account, _ in self.places}))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Return the regions of all accounts, in order."""
        return tuple(sorted({region for _, region in self.places if region}))

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Return the rules, in order."""
        return tuple(sorted({each.rule for each in self.outcomes if each.rule}))

    @property
    def count(self) -> int:
        """Return how many results it breaks, or keeps from being assessed. An account that could
        not be read counts as none: how many results it has is not known."""
        return len(self.results) + sum(bool(failure.region) for failure in self.failures)

    @property
    def unread_accounts(self) -> int:
        """Return how many accounts could not be read."""
        return sum(not failure.region for failure in self.failures)

    def _common(self, text_of: Callable[[Assessment], str]) -> str:
        """Return a text that is true of every result: that of the shown one, in which ACCOUNT or
        REGION stands for what differs."""
        if not self.results:
            return ""
        return common((text_of(each), Subject.of(each)) for each in self.own_region_first)

    def _distinct(self, text_of: Callable[[Assessment], str]) -> tuple[str, ...]:
        return tuple(filter(None, dict.fromkeys(map(text_of, self.own_region_first))))


def find_causes(findings: Findings) -> tuple[Cause, ...]:
    """Return the causes of everything that is open or could not be assessed, numbered.

    First come those that count, then those that are excepted, then errors; each by the number of
    results, the severity and the title.
    """
    severities = {control.name: control.severity for control in findings.controls}
    results: dict[Hashable, list[Assessment]] = {}
    for result in findings.results:
        if result.outcome in OPEN:
            key = (findings.exception_of(result), _key(result))
            results.setdefault(key, []).append(result)
    failures: dict[str, list[Failure]] = {}
    for failure in findings.failures:
        failures.setdefault(general(failure.error, Subject.of(failure)), []).append(failure)
    causes = [_of_results(findings, group, severities) for group in results.values()]
    causes += [
        Cause(NOT_ASSESSED, (), tuple(group), _worst(severities, (each.rule for each in group)))
        for group in failures.values()
    ]
    return tuple(
        replace(cause, number=number) for number, cause in enumerate(sorted(causes, key=_order), 1)
    )


def _of_results(
    findings: Findings, group: list[Assessment], severities: Mapping[str, str]
) -> Cause:
    changes = Counter(filter(None, map(findings.change_of, group)))
    return Cause(
        group[0].outcome.value,
        tuple(group),
        (),
        _worst(severities, (each.rule for each in group)),
        findings.exception_of(group[0]),
        {change: changes[change] for change in Change if changes[change]},
    )


def _key(result: Assessment) -> Hashable:
    """Return what results of one cause have in common; the exception is compared apart."""
    subject, link = Subject.of(result), result.fault
    if link is None:
        return result.outcome, general(result.annotation, subject)
    fix = general(result.remedy or link.judgement.reason, subject)
    permission = result.outcome is Outcome.UNKNOWN and fix.startswith(_ALLOW)
    where = "" if permission else general(fault_location(result, link), subject)
    return result.outcome, "" if permission else link.link, where, fix


def _reason(result: Assessment) -> str:
    """Return the reason of the deciding link, or the annotation if there is none."""
    return result.annotation if result.fault is None else result.fault.judgement.reason


def _is_elsewhere(result: Assessment) -> bool:
    """Return whether the deciding link is not in the result's region."""
    return result.fault is None or result.fault.region != result.region


def _worst(severities: Mapping[str, str], rules: Iterable[str]) -> str:
    """Return the highest severity of the rules, "" without one."""
    found = {severities[rule] for rule in rules if rule in severities}
    return min(found, key=_rank, default="")


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def _order(cause: Cause) -> tuple[object, ...]:
    """Return the place of a cause in a report: numbers and texts to sort by."""
    last = 2 if cause.failures else int(cause.acceptance is not None)
    number = cause.unread_accounts, cause.count
    return (last, *(-each for each in number), _rank(cause.severity), cause.title, cause.places)
