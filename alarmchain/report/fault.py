"""The link of a finding that decides."""

from alarmchain.assessment import Assessment, Link
from alarmchain.chain.judgement import Status


def fault(one: Assessment) -> Link | None:
    """The first broken link of its chain, else the first unknown one, else None."""
    for status in (Status.BROKEN, Status.UNKNOWN):
        for link in one.chain:
            if link.judgement.status is status:
                return link
    return None
