"""One way from a call to a person, as far as it was followed."""

from dataclasses import dataclass, replace

from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.decision.assessment import Link


@dataclass(frozen=True, slots=True)
class ChainPath:
    """Links in their order, the last of them perhaps broken; and the metric filter among them."""

    links: tuple[Link, ...] = ()
    metric_filter: MetricFilter | None = None

    def to(
        self, link: str, account: str, region: str, resource: str, judgement: Judgement
    ) -> "ChainPath":
        """The path with one link more."""
        return replace(self, links=(*self.links, Link(link, account, region, resource, judgement)))

    def through(self, metric_filter: MetricFilter) -> "ChainPath":
        """The path, now through this metric filter."""
        return replace(self, metric_filter=metric_filter)

    def then(self, rest: "ChainPath") -> "ChainPath":
        """The path with the links of another after its own."""
        return replace(self, links=(*self.links, *rest.links))

    def with_filter_judgement(self, judgement: Judgement) -> "ChainPath":
        """The path with another answer at its metric filter, and without what follows it."""
        kept: list[Link] = []
        for link in self.links:
            if link.link == "metric_filter":
                return replace(self, links=(*kept, replace(link, judgement=judgement)))
            kept.append(link)
        return self

    @property
    def status(self) -> Status:
        """Broken if any link is, else unknown if any is, else OK."""
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
    def progress(self) -> int:
        """How many links hold before the fault."""
        fault = self.fault
        return len(self.links) if fault is None else self.links.index(fault)
