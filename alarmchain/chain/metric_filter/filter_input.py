"""Does a metric filter receive the trail's records unchanged, and all of them?

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
    """Return the possible values of each system field for a record in a log group.

    `account`, `region`: of the log group. A system field holds "the source" of an event (CloudWatch
    Logs API reference, PutMetricFilter): the log group's account and region or, if a trail brings
    the record from another region or account, perhaps the record's own.
    """
    possible = {
        "@aws.account": (account, records.values.get("recipientAccountId")),
        "@aws.region": (region, records.values.get("awsRegion")),
    }
    return {
        name: tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
        for name, values in possible.items()
    }


def judge_filter(
    metric_filter: MetricFilter, records: RecordClass, account: str, region: str
) -> Judgement:
    """Return whether the filter receives the trail's records unchanged, and all of them.

    `account`, `region`: of the log group.
    """
    name = metric_filter.called
    pattern = metric_filter.pattern
    judgements = []
    if isinstance(pattern, PatternSyntaxError):
        judgements.append(
            unknown(
                f"the pattern of {name} cannot be read: {clip(str(pattern), 80)}",
                observed=metric_filter.text,
                remedy=f"fix the pattern of {name}",
            )
        )
    if metric_filter.malformed:
        judgements.append(unknown(f"the {metric_filter.malformed} of {name} cannot be read"))
    if metric_filter.transformed:
        judgements.append(
            unknown(
                f"{name} receives transformed logs, not CloudTrail's records",
                observed="applyOnTransformedLogs true",
                wanted="applyOnTransformedLogs false",
                remedy=f"turn off applyOnTransformedLogs of {name}",
            )
        )
    if metric_filter.criteria:
        judgements.append(_judge_selection(metric_filter, origins(records, account, region)))
    return all_of(judgements)


def _judge_selection(
    metric_filter: MetricFilter, possible: Mapping[str, tuple[str, ...]]
) -> Judgement:
    answers = [
        judge_criteria(metric_filter.criteria, metric_filter.called, account, region)
        for account, region in product(possible["@aws.account"], possible["@aws.region"])
    ]
    if len({answer.status for answer in answers}) == 1:
        return answers[0]
    return unknown(
        f"whether the field selection of {metric_filter.called} lets in records of another region"
        " or account is not documented",
        observed=metric_filter.criteria,
        wanted="a field selection that lets in every account and region of the trail",
        remedy=f"remove the field selection of {metric_filter.called}",
    )
