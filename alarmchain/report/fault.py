"""The link of a finding that decides, and where it is."""

from alarmchain.chain.judgement import Status
from alarmchain.decision.assessment import Assessment, Link


def fault(one: Assessment) -> Link | None:
    """The first broken link of its chain, else the first unknown one, else None."""
    for status in (Status.BROKEN, Status.UNKNOWN):
        for link in one.chain:
            if link.judgement.status is status:
                return link
    return None


def where(one: Assessment, link: Link) -> str:
    """Its ARN. A metric filter has none: its name, and the log group on which it is or is missing.

    A name alone would leave open in which of the account's log groups, and of which region.
    """
    if link.link != "metric_filter":
        return link.resource
    groups = [each.resource.removesuffix(":*") for each in one.chain if each.link == "log_group"]
    if not groups:
        return link.resource
    missing = not link.resource or groups[-1].endswith(f":{link.resource}")
    return groups[-1] if missing else f"{link.resource} on {groups[-1]}"
