"""Findings that are the same in several regions, as one group each.

A multi-region trail gives all regions one chain, so most audits have few different findings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from alarmchain.chain.judgement import Status
from alarmchain.control import Control
from alarmchain.decision.assessment import LINKS, Assessment, CallAssessment, Link, Outcome
from alarmchain.remediation.remediation_hint import remediation_commands, remediation_hint
from alarmchain.report import record
from alarmchain.report.fault_location import fault_location
from alarmchain.report.findings import Findings
from alarmchain.report.grouping import group_assessments

_ORDER = (Outcome.NOT_COVERED, Outcome.UNKNOWN, Outcome.COVERED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the drawn chain; `status` is that of its judgement, or unreached."""

    name: str
    status: str
    link: Link | None = None

    @property
    def short(self) -> str:
        """Return the resource's name, without the rest of its ARN."""
        return _resource_name(self.link.resource) if self.link else ""


@dataclass(frozen=True, slots=True)
class Escape:
    """Calls with the same reason, and a record of the first that escapes.

    `pattern`: the filter pattern in pieces, `record`: the record line by line; each with whether
    it shows a deciding field. `because`: the value of each deciding field in the record.
    """

    calls: tuple[str, ...]
    reason: str
    outcome: Outcome
    because: tuple[str, ...]
    pattern: tuple[tuple[bool, str], ...]
    record: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule in one account that differ only by region; `first` is one of them.

    `own`: each finding names its own region in its texts.
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
        """Return the deciding link."""
        return self.first.fault

    @property
    def where(self) -> str:
        """Return where the deciding link is; "" without one."""
        return fault_location(self.first, self.fault) if self.fault else ""

    @property
    def remediation(self) -> str:
        """Return the remediation that may be started, "" if none would help."""
        return remediation_hint(self.first)

    @property
    def command(self) -> str:
        """Return the command that starts the remediation in all regions."""
        return remediation_commands(replace(self.first, region=each) for each in self.regions)


def groups(findings: Findings) -> tuple[Group, ...]:
    """Return all findings, ordered by account, outcome (not covered first) and rule."""
    controls = {control.name: control for control in findings.controls}
    grouped = sorted(
        group_assessments(findings.results, _description),
        key=lambda group: (group[0].account, _ORDER.index(group[0].outcome), group[0].rule),
    )
    return tuple(
        _group(f"finding-{number}", group, controls[group[0].rule])
        for number, group in enumerate(grouped, 1)
    )


def _description(assessment: Assessment) -> str:
    """Return all that the page says of a finding, except its region.

    Counterexamples are left out: they differ only by their region.
    """
    calls = [
        (name, replace(call, counterexample=None))
        for name, call in sorted(assessment.calls.items())
    ]
    return repr(
        (
            assessment.account,
            assessment.rule,
            assessment.outcome,
            assessment.compliance,
            assessment.annotation,
            assessment.chain,
            calls,
        )
    )


def _group(identifier: str, assessments: tuple[Assessment, ...], control: Control) -> Group:
    first = assessments[0]
    return Group(
        id=identifier,
        first=first,
        regions=tuple(each.region for each in assessments),
        own=_description(first) != _description(assessments[-1]),
        control=control,
        steps=tuple(_steps(first)),
        escapes=tuple(_escapes(first)),
        covered=tuple(
            name for name, call in first.calls.items() if call.outcome is Outcome.COVERED
        ),
    )


def _steps(assessment: Assessment) -> Iterator[Step]:
    """Yield every link of a chain, also those that the event does not reach.

    Of several links of a kind (a topic's subscriptions), the deciding one is drawn, else the first.
    """
    fault = assessment.fault
    fault_index = LINKS.index(fault.link) if fault else len(LINKS)
    for index, kind in enumerate(LINKS):
        links = [link for link in assessment.chain if link.link == kind]
        name = kind.replace("_", " ")
        if fault is not None and kind == fault.link:
            yield Step(name, fault.judgement.status.value, fault)
        elif links and (index < fault_index or links[0].judgement.status is Status.OK):
            yield Step(name, links[0].judgement.status.value, links[0])
        else:
            yield Step(name, "unreached")


def _escapes(assessment: Assessment) -> Iterator[Escape]:
    by_reason: dict[Any, list[tuple[str, CallAssessment]]] = {}
    for name, call in assessment.calls.items():
        if call.outcome is not Outcome.COVERED:
            by_reason.setdefault((call.outcome, call.reason, call.deciding), []).append(
                (name, call)
            )
    pattern = next(
        (link.judgement.observed for link in assessment.chain if link.link == "metric_filter"), ""
    )
    for (outcome, reason, deciding), calls in by_reason.items():
        example = calls[0][1].counterexample
        names = tuple(name for name, _ in calls)
        lines = tuple(record.lines(example, deciding)) if example is not None else ()
        marked = tuple(_marked(pattern, deciding)) if lines else ()
        because = tuple(record.described(name, example) for name in deciding) if lines else ()
        yield Escape(names, reason, outcome, because, marked, lines)


def _marked(pattern: str, deciding: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """Yield the pattern in pieces, each with whether it is a deciding selector."""
    if not deciding:
        yield False, pattern
        return
    longest = sorted(deciding, key=len, reverse=True)
    alternatives = "|".join(re.escape(name) for name in longest)
    for number, piece in enumerate(re.split(rf"((?:{alternatives})(?![\w.\[]))", pattern)):
        if piece:
            yield number % 2 == 1, piece


def _resource_name(resource: str) -> str:
    if not resource.startswith("arn:"):
        return resource
    name = resource.split(":", 5)[5].removesuffix(":*")
    for prefix in ("trail/", "log-group:", "alarm:"):
        name = name.removeprefix(prefix)
    return name
