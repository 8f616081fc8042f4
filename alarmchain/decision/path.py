"""One path from a call's record to a person, as far as it was followed."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.subscription.subscriber import Subscriber
from alarmchain.decision.assessment import Link, no_evidence
from alarmchain.place import Place


@dataclass(frozen=True, slots=True)
class ChainPath:
    """The links in their order, and the metric filter among them. The last link may be broken.

    `metric`: to which the filter writes. `events`: so many records of the class that the filter
    matches within a period must come before somebody is notified.
    """

    links: tuple[Link, ...] = ()
    metric_filter: MetricFilter | None = None
    metric: Metric | None = None
    events: int = 1

    def to(
        self,
        link: str,
        place: Place,
        resource: str,
        judgement: Judgement,
        describe: Callable[[], str] = no_evidence,
        subscribers: tuple[Subscriber, ...] = (),
    ) -> "ChainPath":
        """Return the path with one more link.

        `describe` returns the evidence; without it the judgement says what was observed.
        """
        at = (link, place.account, place.region, resource)
        new = Link(*at, judgement, subscribers, describe=describe)
        return replace(self, links=(*self.links, new))

    def through(self, metric_filter: MetricFilter) -> "ChainPath":
        """Return the path with this metric filter."""
        return replace(self, metric_filter=metric_filter)

    def then(self, rest: "ChainPath") -> "ChainPath":
        """Return the path with the links of `rest` after its own."""
        return replace(self, links=(*self.links, *rest.links), events=rest.events)

    def up_to(self, link: str) -> "ChainPath":
        """Return the path up to this kind of link, without a metric filter."""
        kinds = [each.link for each in self.links]
        return ChainPath(self.links[: kinds.index(link) + 1])

    def stopped_at(
        self, name: str, judgement: Judgement, describe: Callable[[], str] | None = None
    ) -> "ChainPath":
        """Return the path up to the link of that name, which gets another judgement.

        `describe`: returns its evidence, None for the evidence that it has.
        """
        kept: list[Link] = []
        for link in self.links:
            if link.link == name:
                describe = describe or link.describe
                last = replace(link, judgement=judgement, describe=describe)
                return replace(self, links=(*kept, last))
            kept.append(link)
        return self

    def with_remedy(self, remedy: str) -> "ChainPath":
        """Return the path with another remedy for its fault."""
        return replace(
            self,
            links=tuple(
                replace(link, judgement=replace(link.judgement, remedy=remedy))
                if link is self.fault
                else link
                for link in self.links
            ),
        )

    @property
    def log_group(self) -> str:
        """The name of its log group, "" if it has none."""
        arns = (link.resource for link in self.links if link.link == "log_group")
        return next(arns, "").partition(":log-group:")[2].removesuffix(":*")

    @property
    def status(self) -> Status:
        """BROKEN if any link is broken, else UNKNOWN if any is unknown, else OK."""
        statuses = {link.judgement.status for link in self.links}
        if Status.BROKEN in statuses:
            return Status.BROKEN
        return Status.UNKNOWN if Status.UNKNOWN in statuses else Status.OK

    @property
    def fault(self) -> Link | None:
        """The link that decides the status: the first broken one, else the first unknown one."""
        status = self.status
        if status is Status.OK:
            return None
        return next(link for link in self.links if link.judgement.status is status)

    @property
    def reason(self) -> str:
        """What is wrong with the fault, "" if the path works."""
        fault = self.fault
        return fault.judgement.reason if fault else ""

    @property
    def progress(self) -> int:
        """How many links work before the fault."""
        fault = self.fault
        return len(self.links) if fault is None else self.links.index(fault)
