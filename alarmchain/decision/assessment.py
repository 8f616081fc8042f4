"""The result of `assess`: a verdict with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.subscription.subscriber import Subscriber
from alarmchain.records.record_fields import Json
from alarmchain.snapshot.reads import Read

MOST_ANNOTATION = 256
"""AWS Config's limit on an annotation, in characters."""


class Outcome(Enum):
    """Whether every record of a class, or of all classes, reaches a person.

    `NOT_APPLICABLE`: another region records the class.
    """

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


LINKS = ("trail", "log_group", "metric_filter", "alarm", "topic", "subscription")


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain that got furthest; `link` is one of LINKS.

    `subscribers`: of the link "subscription", the confirmed subscriptions of the topic that are not
    known to drop the message.
    """

    link: str
    account: str
    region: str
    resource: str
    judgement: Judgement
    subscribers: tuple[Subscriber, ...] = ()


@dataclass(frozen=True, slots=True)
class CallAssessment:
    """The verdict on one call.

    `reason`: why it is not covered, "" if it is. `counterexample`: a record that no working filter
    matches. `deciding`: the selectors of the patterns that do not match it.
    """

    outcome: Outcome
    reason: str = ""
    counterexample: dict[str, Json] | None = None
    deciding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """One rule in one region of one account.

    `compliance`: AWS Config's word for the outcome under the rule's parameters. `annotation`: 1 to
    MOST_ANNOTATION characters. `remedy`: what to do first, "" if covered. `calls`: by name.
    `collected_at`: when the account was read, in epoch seconds.
    `chain`: the links of the path that got furthest, in LINKS' order, up to the first that does not
    work. `missing_reads`: the reads that could still change the verdict; empty if it is final.
    """

    rule: str
    account: str
    region: str
    collected_at: float
    outcome: Outcome
    compliance: str
    annotation: str
    remedy: str
    calls: Mapping[str, CallAssessment]
    breadth: str
    chain: tuple[Link, ...]
    missing_reads: tuple[Read, ...] = ()

    @property
    def subscribers(self) -> tuple[Subscriber, ...]:
        """Return whom the chain notifies: protocols and kinds, no addresses."""
        return tuple(subscriber for link in self.chain for subscriber in link.subscribers)

    @property
    def fault(self) -> Link | None:
        """Return the first broken link of the chain, else the first unknown one, else None."""
        for status in (Status.BROKEN, Status.UNKNOWN):
            for link in self.chain:
                if link.judgement.status is status:
                    return link
        return None
