"""Whom an alarm tells of its transition to ALARM."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from alarmchain.chain.api_item import quote, strings
from alarmchain.chain.judgement import Judgement, broken, ok


@dataclass(frozen=True, slots=True)
class Actions:
    """What an alarm does on its transitions: whether at all, and the targets' ARNs by state."""

    enabled: bool
    alarm: tuple[str, ...]
    ok: tuple[str, ...]
    insufficient_data: tuple[str, ...]

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "Actions":
        """From a DescribeAlarms item; `ActionsEnabled` defaults to true."""
        return cls(
            item.get("ActionsEnabled", True) is True,
            strings(item, "AlarmActions"),
            strings(item, "OKActions"),
            strings(item, "InsufficientDataActions"),
        )


class Notifier(Protocol):
    """A metric or a composite alarm."""

    @property
    def name(self) -> str: ...
    @property
    def arn(self) -> str: ...
    @property
    def actions(self) -> Actions: ...


def notifies(alarm: Notifier, region: str) -> tuple[tuple[str, ...], Judgement]:
    """The SNS topics that the alarm tells of its transition to ALARM, and OK if there is one.

    CloudWatch does not check the targets when an alarm is made: a topic of another region or
    partition is accepted and never reached.
    """
    actions, arn = alarm.actions, alarm.arn
    if not actions.enabled:
        return (), broken(
            "has its actions disabled",
            observed="ActionsEnabled false",
            wanted="ActionsEnabled true",
            remedy=f"enable the actions of alarm {quote(alarm.name)}",
        )
    partition = arn.split(":")[1] if arn.startswith("arn:") and arn.count(":") > 1 else ""
    topics = tuple(dict.fromkeys(one for one in actions.alarm if is_topic(one)))
    near = tuple(one for one in topics if _in(one, partition, region))
    if near:
        return near, ok()
    return (), _nobody(actions, topics, region)


def is_topic(arn: str) -> bool:
    """Whether it is the ARN of an SNS topic (not of a subscription, which has one part more)."""
    parts = arn.split(":")
    return len(parts) == 6 and parts[0] == "arn" and parts[2] == "sns" and all(parts)


def _in(arn: str, partition: str, region: str) -> bool:
    parts = arn.split(":")
    return parts[3] == region and partition in ("", parts[1])


def _nobody(actions: Actions, topics: tuple[str, ...], region: str) -> Judgement:
    if topics:
        reason = f"notifies {quote(topics[0].split(':', 3)[3])}, which is not in {region}"
    elif actions.alarm:
        services = sorted(
            {one.split(":")[2] if one.count(":") > 1 else one for one in actions.alarm}
        )
        reason = f"has no SNS topic among its alarm actions, only {quote(', '.join(services))}"
    elif actions.ok or actions.insufficient_data:
        reason = "notifies only of OK or INSUFFICIENT_DATA, not of ALARM"
    else:
        reason = "has no alarm action"
    return broken(
        reason,
        observed=f"AlarmActions {list(actions.alarm)}",
        wanted=f"an SNS topic of {region} in AlarmActions",
        remedy="add an SNS topic of the alarm's region to AlarmActions",
    )
