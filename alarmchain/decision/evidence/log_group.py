"""What was observed of a log group."""

from alarmchain.decision.evidence.facts import facts, joined
from alarmchain.snapshot.snapshot import Item


def describe_log_group(item: Item | None, arn: str) -> str:
    """Return what was observed of the log group.

    `item`: of DescribeLogGroups, None if there is none or it was not read. `arn`: by which the
    trail names it.
    """
    if item is None:
        return f"CloudWatchLogsLogGroupArn {arn}"
    of_class = facts(item, ("logGroupClass",)) or ["no logGroupClass, which means STANDARD"]
    protection = facts(item, ("kmsKeyId", "dataProtectionStatus", "inheritedProperties"))
    return joined([f"log group {arn}", *of_class, *protection])
