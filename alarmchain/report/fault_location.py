"""Where the link is that decides a finding."""

from alarmchain.decision.assessment import Assessment, Link


def fault_location(assessment: Assessment, link: Link) -> str:
    """Return the link's ARN; of a metric filter, which has no ARN, its name and its log group.

    Without the log group, the account and region of the filter would be unknown. If the filter is
    missing, the log group alone is returned.
    """
    if link.link != "metric_filter":
        return link.resource
    log_groups = [
        each.resource.removesuffix(":*") for each in assessment.chain if each.link == "log_group"
    ]
    if not log_groups:
        return link.resource
    missing = not link.resource or log_groups[-1].endswith(f":{link.resource}")
    return log_groups[-1] if missing else f"{link.resource} on {log_groups[-1]}"
