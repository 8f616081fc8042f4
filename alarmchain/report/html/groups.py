"""Findings that are one and the same in several regions, told once.

A multi-region trail gives all regions one chain, so most audits have few different findings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from alarmchain.chain.judgement import Status
from alarmchain.control import Control
from alarmchain.decision.assessment import LINKS, Assessment, CallAssessment, Link, Outcome
from alarmchain.remediation.remediation_hint import remediation_command, remediation_hint
from alarmchain.report import record
from alarmchain.report.fault import fault, where
from alarmchain.report.findings import Findings
from alarmchain.report.grouping import alike

LINK_NAMES = {
    "trail": "trail",
    "log_group": "log group",
    "metric_filter": "metric filter",
    "alarm": "alarm",
    "topic": "topic",
    "subscription": "subscription",
}
_ORDER = (Outcome.NOT_COVERED, Outcome.UNKNOWN, Outcome.COVERED)


@dataclass(frozen=True, slots=True)
class Step:
    """A link as it is drawn; `status` is ok, broken, unknown, or unreached behind a broken one."""

    name: str
    status: str
    link: Link | None = None

    @property
    def short(self) -> str:
        """The resource without what comes before its name in an ARN."""
        return _short(self.link.resource) if self.link else ""


@dataclass(frozen=True, slots=True)
class Escape:
    """Calls that fare alike, the record of the first that escapes, and where it does.

    `pattern`: the filter pattern in pieces, `record`: the record line by line; each with whether
    it shows a field that decides. `because`: what each of those is in the record.
    """

    calls: tuple[str, ...]
    reason: str
    outcome: Outcome
    because: tuple[str, ...]
    pattern: tuple[tuple[bool, str], ...]
    record: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule in one account that differ in their region alone; `first` is one.

    `own`: in each region they name that one, where `first` names its own.
    """

    id: str
    first: Assessment
    regions: tuple[str, ...]
    own: bool
    control: Control
    steps: tuple[Step, ...]
    escapes: tuple[Escape, ...]
    covered: tuple[str, ...]

    @property
    def fault(self) -> Link | None:
        """The link that decides."""
        return fault(self.first)

    @property
    def where(self) -> str:
        """Where that link is; "" without one."""
        return where(self.first, self.fault) if self.fault else ""

    @property
    def remediation(self) -> str:
        """The document that may be started, "" if none would help."""
        return remediation_hint(self.first)

    @property
    def command(self) -> str:
        """What starts it in all of the regions."""
        return remediation_command(self.first, self.regions)


def groups(findings: Findings) -> tuple[Group, ...]:
    """All findings, by account, what is not covered first, and then by rule."""
    controls = {control.name: control for control in findings.controls}
    found = sorted(
        alike(findings.results, _told),
        key=lambda ones: (ones[0].account, _ORDER.index(ones[0].outcome), ones[0].rule),
    )
    return tuple(
        _group(f"finding-{number}", ones, controls[ones[0].rule])
        for number, ones in enumerate(found, 1)
    )


def _told(one: Assessment) -> str:
    """What two findings have to share; a record that escapes differs by its region alone."""
    calls = [(name, replace(call, counterexample=None)) for name, call in sorted(one.calls.items())]
    return repr(
        (one.account, one.rule, one.outcome, one.compliance, one.annotation, one.chain, calls)
    )


def _group(name: str, ones: tuple[Assessment, ...], control: Control) -> Group:
    first = ones[0]
    return Group(
        id=name,
        first=first,
        regions=tuple(one.region for one in ones),
        own=_told(first) != _told(ones[-1]),
        control=control,
        steps=tuple(_steps(first)),
        escapes=tuple(_escapes(first)),
        covered=tuple(
            name for name, call in first.calls.items() if call.outcome is Outcome.COVERED
        ),
    )


def _steps(one: Assessment) -> Iterator[Step]:
    """Every link of a chain, those included that the event did not get to.

    Of several of a kind (a topic's subscriptions) the one that decides is drawn, else the first.
    """
    decides = fault(one)
    place = LINKS.index(decides.link) if decides else len(LINKS)
    for index, kind in enumerate(LINKS):
        links = [link for link in one.chain if link.link == kind]
        name = LINK_NAMES[kind]
        if decides is not None and kind == decides.link:
            yield Step(name, decides.judgement.status.value, decides)
        elif links and (index < place or links[0].judgement.status is Status.OK):
            yield Step(name, links[0].judgement.status.value, links[0])
        else:
            yield Step(name, "unreached")


def _escapes(one: Assessment) -> Iterator[Escape]:
    alike: dict[Any, list[tuple[str, CallAssessment]]] = {}
    for name, call in one.calls.items():
        if call.outcome is not Outcome.COVERED:
            alike.setdefault((call.outcome, call.reason, call.deciding), []).append((name, call))
    pattern = next(
        (link.judgement.observed for link in one.chain if link.link == "metric_filter"), ""
    )
    for (outcome, reason, deciding), calls in alike.items():
        example = calls[0][1].counterexample
        names = tuple(name for name, _ in calls)
        shown = tuple(record.lines(example, deciding)) if example is not None else ()
        marked = tuple(_marked(pattern, deciding)) if shown else ()
        because = tuple(record.described(name, example) for name in deciding) if shown else ()
        yield Escape(names, reason, outcome, because, marked, shown)


def _marked(pattern: str, deciding: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """The pattern in pieces, each with whether it is a selector that decides."""
    if not deciding:
        yield False, pattern
        return
    longest = sorted(deciding, key=len, reverse=True)
    alternatives = "|".join(re.escape(name) for name in longest)
    for place, piece in enumerate(re.split(rf"((?:{alternatives})(?![\w.\[]))", pattern)):
        if piece:
            yield place % 2 == 1, piece


def _short(resource: str) -> str:
    if not resource.startswith("arn:"):
        return resource
    name = resource.split(":", 5)[5].removesuffix(":*")
    for prefix in ("trail/", "log-group:", "alarm:"):
        name = name.removeprefix(prefix)
    return name
