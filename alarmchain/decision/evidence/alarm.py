"""What was observed of an alarm: metric, statistic, period, threshold; or the rule of alarms."""

from collections.abc import Sequence

from alarmchain.chain.api_item import text
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.decision.evidence.facts import facts, joined, named, written
from alarmchain.snapshot.alarm_index import AlarmIndex
from alarmchain.snapshot.snapshot import Item

_DEFINITION = (
    "Namespace",
    "MetricName",
    "Dimensions",
    "Metrics",
    "Statistic",
    "ExtendedStatistic",
    "Unit",
    "Period",
    "ComparisonOperator",
    "Threshold",
    "ThresholdMetricId",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "EvaluationState",
    "WarmUpConfiguration",
    "ScheduledQueryConfiguration",
    "AlarmRule",
    "ActionsSuppressor",
    "ActionsSuppressedBy",
)
_STATE = ("StateValue", "StateTransitionedTimestamp", "StateUpdatedTimestamp")
_ACTIONS = ("ActionsEnabled", "AlarmActions")


def describe_alarm(alarms: AlarmIndex, name: str, mute_rules: Sequence[Item] | None = None) -> str:
    """Return what was observed of the alarm, and of the alarms on which a composite alarm depends.

    `mute_rules`: those of the alarm, None if they do not matter.
    """
    item = alarms.item(name)
    parts = [f"AlarmName {written(name)}", *facts(item, (*_DEFINITION, *_STATE, *_ACTIONS))]
    if mute_rules is not None:
        shown = [facts(rule, ("AlarmMuteRuleArn", "Status")) for rule in mute_rules]
        parts += [f"mute rule {', '.join(rule)}" for rule in shown] or ["no mute rule"]
    if text(item, "AlarmRule") and (composite := alarms.composites.get(name)):
        items = alarms.states(alarms.beneath([composite]).values())
        parts += [_child(child, items[child]) for child in sorted(items) if child != name]
    return joined(parts)


def describe_no_alarm(alarms: AlarmIndex, metric: Metric) -> str:
    """Return that no alarm is on the metric, and which are on others of its namespace or name."""
    near = alarms.near(metric)
    others = f"; on other metrics of its namespace or name: {named(near)}" if near else ""
    count = f"{alarms.count} alarm{'' if alarms.count == 1 else 's'} read"
    dimensions = "".join(f", {written(name)}={written(value)}" for name, value in metric.dimensions)
    return (
        f"no alarm on Namespace {written(metric.namespace)},"
        f" MetricName {written(metric.name)}{dimensions}; {count}{others}"
    )


def _child(name: str, item: Item) -> str:
    return ", ".join([f"refers to alarm {written(name)}", *facts(item, (*_DEFINITION, *_STATE))])
