"""The reads of an account as data: `assess` asks for them, `collect` answers them."""

from dataclasses import dataclass
from enum import Enum


class ReadKind(Enum):
    """The kinds of reads, each with the IAM action that it requires."""

    TRAILS = "cloudtrail:DescribeTrails"
    TRAIL_STATUS = "cloudtrail:GetTrailStatus"
    TRAIL_SELECTORS = "cloudtrail:GetEventSelectors"
    LOG_GROUP = "logs:DescribeLogGroups"
    METRIC_FILTERS = "logs:DescribeMetricFilters"
    METRIC_ALARMS = "cloudwatch:DescribeAlarmsForMetric"
    ALL_ALARMS = "cloudwatch:DescribeAlarms"
    MUTE_RULES = "cloudwatch:ListAlarmMuteRules"
    OAM_LINKS = "oam:ListLinks"
    TOPIC = "sns:GetTopicAttributes"
    SUBSCRIPTIONS = "sns:ListSubscriptionsByTopic"
    SUBSCRIPTION = "sns:GetSubscriptionAttributes"
    KEY = "kms:DescribeKey"
    KEY_POLICY = "kms:GetKeyPolicy"
    ASSUME_ROLE = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class Read:
    """One read in one region of one account ("" is the audited account).

    `what` names the resource: the trail's ARN, the log group, the alarm, the topic's or the
    subscription's ARN, or the key. It is empty for a read of the whole region. METRIC_FILTERS takes
    (log group,) or (namespace, metric name), METRIC_ALARMS (namespace, metric name, dimension name,
    dimension value, ...).
    """

    kind: ReadKind
    region: str
    what: tuple[str, ...] = ()
    account: str = ""
