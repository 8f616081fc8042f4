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
    ORGANIZATION = "organizations:DescribeOrganization"
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

    @property
    def may_find_nothing(self) -> bool:
        """Whether "not found" can be the answer: only what is named can be missing.

        While a whole region is read, a resource that was just listed may vanish; then the answer is
        not complete. An account that is in no organization has none.
        """
        return bool(self.what) or self.kind is ReadKind.ORGANIZATION

    @property
    def of_region(self) -> "Read | None":
        """The read of the whole region whose answer includes this one's, None if there is none.

        Of a trail, a log group, a topic or a key there is none: one of them serves many rules.
        """
        kind = _OF_REGION.get(self.kind)
        whole = None if kind is None else Read(kind, self.region, (), self.account)
        return None if whole == self else whole


_OF_REGION = {
    ReadKind.METRIC_FILTERS: ReadKind.METRIC_FILTERS,
    ReadKind.METRIC_ALARMS: ReadKind.ALL_ALARMS,
    ReadKind.MUTE_RULES: ReadKind.MUTE_RULES,
}
