"""The result of `assess`: a verdict with its evidence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from sys import intern

from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.subscription.subscriber import Subscriber
from alarmchain.records.record_fields import Json
from alarmchain.snapshot.reads import Read

MOST_ANNOTATION = 256
"""AWS Config's limit on an annotation, in characters."""


class Outcome(Enum):
    """Whether every record of a class, or of all classes, reaches a person.

    `NOT_APPLICABLE`: another region or account records the class.
    """

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


LINKS = ("trail", "log_group", "metric_filter", "alarm", "topic", "subscription")


def no_evidence() -> str:
    """Return "": there is no resource to describe, and the judgement says what was observed."""
    return ""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain that got furthest; `link` is one of LINKS.

    `subscribers`: of the link "subscription", the confirmed subscriptions of the topic, without
    those that drop the message. `evidence`: what was observed of the resource. `describe`: returns
    it, as long as it is not known whether the link will be reported.
    """

    link: str
    account: str
    region: str
    resource: str
    judgement: Judgement
    subscribers: tuple[Subscriber, ...] = ()
    evidence: str = field(default="", repr=False)
    describe: Callable[[], str] = field(default=no_evidence, repr=False, compare=False)

    def described(self) -> "Link":
        """Return the link with its evidence.

        Many results of an audit share links, such as a trail: the text is in memory once.
        """
        return replace(self, evidence=intern(self.describe()), describe=no_evidence)

    @property
    def fact(self) -> str:
        """The fact by which the link is wrong; the evidence, if that is not one fact alone."""
        return self.judgement.observed or self.evidence

    @property
    def observed(self) -> str:
        """What was observed: the fact by which the link is wrong, if it is, and the evidence.

        It is never empty and never shortened.
        """
        fact = self.judgement.observed
        if not fact or fact in self.evidence:
            return self.evidence
        return f"{fact}; {self.evidence}" if self.evidence else fact


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
    `elsewhere`: where the rule is checked, in words, if it is not applicable here; else "".
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
    elsewhere: str = ""

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
