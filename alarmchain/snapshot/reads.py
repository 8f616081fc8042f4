"""What has to be read of an account, as data: asked for by `assess`, answered by `collect`."""

from dataclasses import dataclass
from enum import Enum


class ReadKind(Enum):
    """The reads there are, each with the IAM action that it takes."""

    TRAILS = "cloudtrail:DescribeTrails"
    TRAIL_STATUS = "cloudtrail:GetTrailStatus"
    TRAIL_SELECTORS = "cloudtrail:GetEventSelectors"
    LOG_GROUP = "logs:DescribeLogGroups"
    METRIC_FILTERS = "logs:DescribeMetricFilters"
    METRIC_ALARMS = "cloudwatch:DescribeAlarmsForMetric"
    ALL_ALARMS = "cloudwatch:DescribeAlarms"
    MUTE_RULES = "cloudwatch:ListAlarmMuteRules"
    TOPIC = "sns:GetTopicAttributes"
    SUBSCRIPTIONS = "sns:ListSubscriptionsByTopic"
    SUBSCRIPTION = "sns:GetSubscriptionAttributes"
    KEY = "kms:DescribeKey"
    KEY_POLICY = "kms:GetKeyPolicy"
    ASSUME_ROLE = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class Read:
    """One read in one region of one account ("" is the audited account itself).

    `what` names the thing: the trail's ARN, the log group, the alarm, the topic's or subscription's
    ARN, the key; nothing where all of the region is read. METRIC_FILTERS takes (log group,) or
    (namespace, metric name), METRIC_ALARMS (namespace, metric name) and then the dimensions as
    name, value, name, value, ...
    """

    kind: ReadKind
    region: str
    what: tuple[str, ...] = ()
    account: str = ""
