"""Where the link is that decides a finding."""

from alarmchain.chain.judgement import Status
from alarmchain.decision.assessment import Assessment, Link


def fault_location(assessment: Assessment, link: Link) -> str:
    """Return the link's ARN; of a metric filter, which has no ARN, its name and its log group.

    Without the log group, the account and region of the filter would be unknown. If the filter is
    missing, the log group alone is returned.
    """
    if link.link != "metric_filter":
        return link.resource
    log_group = _log_group(assessment)
    if not log_group:
        return link.resource
    return log_group if _is_missing(assessment, link) else f"{link.resource} on {log_group}"


def lacks_filter(assessment: Assessment, link: Link) -> bool:
    """Return whether what is wrong is that the log group surely has no filter for the rule."""
    broken = link.link == "metric_filter" and link.judgement.status is Status.BROKEN
    return broken and _is_missing(assessment, link)


def _is_missing(assessment: Assessment, link: Link) -> bool:
    """Return whether the link of a metric filter names its log group, since there is no filter."""
    return not link.resource or _log_group(assessment).endswith(f":{link.resource}")


def _log_group(assessment: Assessment) -> str:
    """Return the ARN of the chain's last log group, "" without one."""
    arns = [each.resource for each in assessment.chain if each.link == "log_group"]
    return arns[-1].removesuffix(":*") if arns else ""
