"""Which SNS topics does an alarm notify when it goes to ALARM?

Source: CloudWatch API reference, PutMetricAlarm (ActionsEnabled, AlarmActions, OKActions,
InsufficientDataActions).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from alarmchain.chain.api_item import quote, strings
from alarmchain.chain.judgement import Judgement, broken, ok


@dataclass(frozen=True, slots=True)
class Actions:
    """The targets (ARNs) of an alarm's actions by state, and whether the actions are enabled."""

    enabled: bool
    alarm: tuple[str, ...]
    ok: tuple[str, ...]
    insufficient_data: tuple[str, ...]

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Actions":
        """Return the actions of a DescribeAlarms item; `ActionsEnabled` defaults to true."""
        return cls(
            item.get("ActionsEnabled", True) is True,
            strings(item, "AlarmActions"),
            strings(item, "OKActions"),
            strings(item, "InsufficientDataActions"),
        )


class Notifier(Protocol):
    """A metric alarm, a composite alarm or a log alarm."""

    @property
    def name(self) -> str: ...
    @property
    def arn(self) -> str: ...
    @property
    def actions(self) -> Actions: ...


def notified_topics(alarm: Notifier, region: str) -> tuple[tuple[str, ...], Judgement]:
    """Return the ARNs of the SNS topics that the alarm notifies of ALARM; OK if there are any.

    CloudWatch does not check the targets when an alarm is created: it accepts a topic of another
    region or partition, which it never reaches.
    """
    actions, name = alarm.actions, f"alarm {quote(alarm.name)}"
    if not actions.enabled:
        return (), broken(
            f"{name} has its actions disabled",
            observed="ActionsEnabled false",
            wanted="ActionsEnabled true",
            remedy=f"enable the actions of {name}",
        )
    topics = tuple(dict.fromkeys(target for target in actions.alarm if is_topic(target)))
    partition = _partition(alarm.arn)
    reachable = tuple(topic for topic in topics if _is_reachable(topic, partition, region))
    if reachable:
        return reachable, ok()
    return (), broken(
        f"{name} {_without_topic(actions, topics, region)}",
        observed=f"AlarmActions {list(actions.alarm)}",
        wanted=f"an SNS topic of {region} in AlarmActions",
        remedy=f"add an SNS topic of {region} to the AlarmActions of {name}",
    )


def is_topic(arn: str) -> bool:
    """Return whether it is the ARN of an SNS topic (a subscription's ARN has one part more)."""
    parts = arn.split(":")
    return len(parts) == 6 and parts[0] == "arn" and parts[2] == "sns" and all(parts)


def _partition(arn: str) -> str:
    """Return the partition of an alarm's ARN, "" if it has none."""
    return arn.split(":")[1] if arn.startswith("arn:") and arn.count(":") > 1 else ""


def _is_reachable(topic: str, partition: str, region: str) -> bool:
    parts = topic.split(":")
    return parts[3] == region and partition in ("", parts[1])


def _without_topic(actions: Actions, topics: tuple[str, ...], region: str) -> str:
    """Return what the alarm does instead of notifying a topic of its region, as a predicate."""
    if topics:
        return f"notifies {quote(topics[0].split(':', 3)[3])}, which is not in {region}"
    if actions.alarm:
        services = sorted(
            {target.split(":")[2] if target.count(":") > 1 else target for target in actions.alarm}
        )
        return f"has no SNS topic among its alarm actions, only {quote(', '.join(services))}"
    if actions.ok or actions.insufficient_data:
        return "notifies of OK or INSUFFICIENT_DATA, but not of ALARM"
    return "has no alarm action"
