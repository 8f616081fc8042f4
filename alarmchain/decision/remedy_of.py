"""What a person can do about a link that stops an event, or may stop it."""

from collections.abc import Mapping

from alarmchain.decision.assessment import Link

_ANOTHER: Mapping[str, str] = {
    "trail": "create a multi-region trail that delivers to a CloudWatch Logs log group",
    "log_group": "deliver the trail to a log group of class STANDARD",
    "metric_filter": "create another metric filter on the log group",
    "alarm": "create an alarm on the metric with Sum, a period of 300 s and the threshold >= 1",
    "topic": "notify another topic, in whose policy cloudwatch.amazonaws.com may sns:Publish",
    "subscription": "subscribe a person to the topic and have them confirm",
}
"""By link: what surely works instead, for a resource whose effect AWS does not document."""


def remedy_of(fault: Link | None) -> str:
    """Return the remedy of the judgement, or else what works instead; "" without a fault."""
    if fault is None:
        return ""
    return fault.judgement.remedy or _ANOTHER[fault.link]
