"""Does a metric filter see the trail's records as they are?

Source: CloudWatch Logs API reference, MetricFilter and PutMetricFilter.
"""

from collections.abc import Mapping
from itertools import product

from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Judgement, all_of, unknown
from alarmchain.chain.metric_filter.field_selection import judge_criteria
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.records.record_class import RecordClass


def origins(records: RecordClass, account: str, region: str) -> Mapping[str, tuple[str, ...]]:
    """What each system field may hold of a record in a log group of `account` and `region`.

    They tell "the source" of an event [API]: the log group's or, as may be, the record's own, where
    a trail brings it from another region or account.
    """
    found = {
        "@aws.account": (account, records.values.get("recipientAccountId")),
        "@aws.region": (region, records.values.get("awsRegion")),
    }
    return {
        name: tuple(dict.fromkeys(one for one in values if isinstance(one, str)))
        for name, values in found.items()
    }


def judge_filter(
    metric_filter: MetricFilter, records: RecordClass, account: str, region: str
) -> Judgement:
    """Whether the filter sees the trail's records as they are.

    `account`, `region`: of the log group.
    """
    name = metric_filter.shown
    pattern = metric_filter.pattern
    judgements = []
    if isinstance(pattern, PatternSyntaxError):
        judgements.append(
            unknown(
                f"{name}: its pattern can't be read: {clip(str(pattern), 80)}",
                observed=metric_filter.text,
                remedy=f"mend the pattern of {name}",
            )
        )
    if metric_filter.malformed:
        judgements.append(unknown(f"{name}: its {metric_filter.malformed} can't be read"))
    if metric_filter.transformed:
        judgements.append(
            unknown(
                f"{name} sees transformed logs, not CloudTrail's records",
                observed="applyOnTransformedLogs true",
                wanted="applyOnTransformedLogs false",
                remedy=f"turn applyOnTransformedLogs off on {name}",
            )
        )
    if metric_filter.criteria:
        judgements.append(_judge_selection(metric_filter, origins(records, account, region)))
    return all_of(judgements)


def _judge_selection(
    metric_filter: MetricFilter, found: Mapping[str, tuple[str, ...]]
) -> Judgement:
    answers = [
        judge_criteria(metric_filter.criteria, metric_filter.shown, account, region)
        for account, region in product(found["@aws.account"], found["@aws.region"])
    ]
    if len({one.status for one in answers}) == 1:
        return answers[0]
    return unknown(
        f"{metric_filter.shown}: of a record from elsewhere AWS does not say what its field"
        " selection sees",
        observed=metric_filter.criteria,
        wanted="a field selection that lets every account and region of the trail in",
        remedy=f"remove the field selection of {metric_filter.shown}",
    )
