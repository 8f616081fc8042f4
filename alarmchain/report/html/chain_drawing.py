"""The drawn chain of a finding: every link, also those that the event does not reach."""

from collections.abc import Iterator
from dataclasses import dataclass

from alarmchain.arn import Arn
from alarmchain.chain.judgement import Status
from alarmchain.chain.subscription.subscriber import Kind
from alarmchain.decision.assessment import LINKS, Assessment, Link, Outcome
from alarmchain.report.fault_location import lacks_filter

_RECEIVERS = {
    "sqs": "a queue",
    "lambda": "a function",
    "firehose": "a stream",
    "application": "a mobile app",
}
"""Whom a protocol notifies, if it is not a person."""


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the drawn chain; `status` is that of its judgement, or unreached. `link`: None if
    there is no resource to name."""

    name: str
    status: str
    link: Link | None = None

    @property
    def short(self) -> str:
        """Return the resource's name, without the rest of its ARN."""
        return _resource_name(self.link.resource) if self.link else ""


def steps(assessment: Assessment) -> Iterator[Step]:
    """Yield every link of a chain.

    Of several links of a kind (a topic's subscriptions), the deciding one is drawn, else the first.
    """
    fault = assessment.fault
    fault_index = LINKS.index(fault.link) if fault else len(LINKS)
    for index, kind in enumerate(LINKS):
        links = [link for link in assessment.chain if link.link == kind]
        name = kind.replace("_", " ")
        if fault is not None and kind == fault.link:
            is_missing = lacks_filter(assessment, fault)
            yield Step(name, fault.judgement.status.value, None if is_missing else fault)
        elif links and (index < fault_index or links[0].judgement.status is Status.OK):
            yield Step(name, links[0].judgement.status.value, links[0])
        else:
            yield Step(name, "unreached")


def receiver(assessment: Assessment, audience: str) -> str:
    """Return who is at the end of the chain: who is notified, else the audience of the audit."""
    if assessment.outcome is not Outcome.COVERED or not assessment.subscribers:
        return audience
    if any(each.kind is Kind.PERSON and each.checked for each in assessment.subscribers):
        return "a person"
    return _RECEIVERS.get(assessment.subscribers[0].protocol, audience)


def _resource_name(resource: str) -> str:
    arn = Arn.parse(resource)
    if arn is None:
        return resource
    name = arn.resource.removesuffix(":*")
    for prefix in ("trail/", "log-group:", "alarm:"):
        name = name.removeprefix(prefix)
    return name
