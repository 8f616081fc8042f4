"""What does a metric filter write when it counts a record, and to which metric?

Sources: CloudWatch Logs API reference (MetricTransformation) and user guide ("Creating metric
filters", "Publishing dimensions", "System fields").
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from alarmchain.chain.api_item import clip, mapping, number, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.metric.metric_signal import Contribution, Metric
from alarmchain.chain.metric_filter.filter_input import origins
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, read_pattern
from alarmchain.filter_pattern.ast import Exists, JsonPattern, Step
from alarmchain.filter_pattern.match.semantics import select
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import ABSENT, Json

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{0,300})?([eE][+-]?\d{1,2})?", re.ASCII)

_LARGEST = 2.0**360
"""CloudWatch rejects larger values (CloudWatch API reference, MetricDatum)."""


@dataclass(frozen=True, slots=True)
class MetricTransformation:
    """What the filter writes for one matching record; the judgement says whether that is sure."""

    metric: Metric
    contribution: Contribution
    judgement: Judgement


def metric_transformations(
    metric_filter: MetricFilter, records: RecordClass, account: str, region: str
) -> list[MetricTransformation]:
    """Return what each transformation of the filter writes when it counts such a record.

    `account`, `region`: of the log group.
    """
    system = origins(records, account, region)
    result = []
    for item in metric_filter.transformations:
        dimensions, judgement = _dimensions(metric_filter, mapping(item, "dimensions"), records)
        for key in metric_filter.system_dimensions:
            values = system.get(key, ())
            dimensions[key] = values[0] if values else ""
            if len(values) != 1:
                not_known = unknown(
                    f"{metric_filter.called} emits {clip(key, 40)}, whose value is not known"
                )
                judgement = all_of([judgement, not_known])
        metric = Metric(
            text(item, "metricNamespace"),
            text(item, "metricName"),
            tuple(sorted(dimensions.items())),
        )
        contribution, of_value = _contribution(metric_filter, item)
        result.append(MetricTransformation(metric, contribution, all_of([judgement, of_value])))
    return result


def metric_of_record(
    metric_filter: MetricFilter, record: Mapping[str, Json], account: str, region: str
) -> Iterator[Metric]:
    """Yield the metrics that the filter writes to when it counts this record.

    A record that lacks the field of a dimension is not written. `account`, `region`: of the log
    group; a system field may also hold the record's own.
    """
    own = {
        "@aws.account": (account, record.get("recipientAccountId")),
        "@aws.region": (region, record.get("awsRegion")),
    }
    for item in metric_filter.transformations:
        choices: list[list[tuple[str, str]]] = []
        for name, selector in mapping(item, "dimensions").items():
            steps = _steps(str(selector))
            value = None if steps is None else select(record, steps)
            choices.append([(name, value)] if isinstance(value, str) else [])
        for key in metric_filter.system_dimensions:
            values = dict.fromkeys(own.get(key, ("",)))
            choices.append([(key, value) for value in values if isinstance(value, str)])
        for dimensions in product(*choices):
            yield Metric(
                text(item, "metricNamespace"),
                text(item, "metricName"),
                tuple(sorted(dimensions)),
            )


def _dimensions(
    metric_filter: MetricFilter, selectors: Mapping[str, Any], records: RecordClass
) -> tuple[dict[str, str], Judgement]:
    """Return the dimensions with their values; a selector itself if its value is not known."""
    dimensions: dict[str, str] = {}
    judgements = []
    for name, selector in selectors.items():
        value = _known_value(str(selector), records)
        dimensions[name] = value if isinstance(value, str) else str(selector)
        if isinstance(value, str):
            continue
        verdict = broken if value is ABSENT else unknown
        why = "which the call does not have" if value is ABSENT else "whose value is not known"
        judgements.append(
            verdict(
                f"{metric_filter.called} has the dimension {clip(name, 30)} ="
                f" {clip(str(selector), 50)}, {why}",
                observed=str(selector),
                wanted="no dimension",
                remedy=f"remove the dimension from {metric_filter.called}",
            )
        )
    return dimensions, all_of(judgements)


def _known_value(selector: str, records: RecordClass) -> object:
    """Return the value that all records of the class have at the selector.

    ABSENT: none of them has the field. None: the value is not known.
    """
    steps = _steps(selector)
    if steps is None or str(steps[0]) not in records.fields:
        return None
    known = {name: value for name, value in records.known if value is not ABSENT}
    return select(known, steps)


def _steps(selector: str) -> tuple[Step, ...] | None:
    """Return the steps of a selector, None if it cannot be read."""
    pattern = read_pattern(f"{{ {selector} = * }}")
    if not isinstance(pattern, JsonPattern) or not isinstance(pattern.condition, Exists):
        return None
    return pattern.condition.selector.steps


def _contribution(
    metric_filter: MetricFilter, item: Mapping[str, Any]
) -> tuple[Contribution, Judgement]:
    metric_value = item.get("metricValue")
    is_number = isinstance(metric_value, str) and _NUMBER.fullmatch(metric_value)
    value = float(str(metric_value)) if is_number else None
    if value is not None and abs(value) > _LARGEST:
        value = None
    contribution = Contribution(value, number(item, "defaultValue"), text(item, "unit") or "None")
    if value is not None:
        return contribution, ok()
    name = metric_filter.called
    return contribution, unknown(
        f"{name} writes the value {clip(str(metric_value), 60)}, which is not known in advance",
        observed=str(metric_value),
        wanted="1",
        remedy=f"set the metricValue of {name} to 1",
    )
