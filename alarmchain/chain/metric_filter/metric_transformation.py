"""What does a metric filter write when the call comes, and to which metric?

Sources: CloudWatch Logs API reference (MetricTransformation) and user guide ("Creating metric
filters", "Publishing dimensions", "System fields").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import clip, mapping, number, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.metric.metric_signal import Contribution, Metric
from alarmchain.chain.metric_filter.filter_input import origins
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, read_pattern
from alarmchain.filter_pattern.ast import Exists, JsonPattern
from alarmchain.filter_pattern.match.semantics import select
from alarmchain.records.record_class import RecordClass
from alarmchain.records.record_fields import ABSENT

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{0,300})?([eE][+-]?\d{1,2})?", re.ASCII)

_LARGEST = 2.0**360
"""CloudWatch rejects data points beyond it (PutMetricData)."""


@dataclass(frozen=True, slots=True)
class MetricTransformation:
    """What one matching record makes the filter write; the judgement says whether it is sure."""

    metric: Metric
    contribution: Contribution
    judgement: Judgement


def metric_transformations(
    metric_filter: MetricFilter, records: RecordClass, account: str, region: str
) -> list[MetricTransformation]:
    """What the filter writes, for each of its transformations, when it counts such a record."""
    system = origins(records, account, region)
    result = []
    for item in metric_filter.transformations:
        dimensions, judgement = _dimensions(metric_filter, mapping(item, "dimensions"), records)
        for key in metric_filter.system_dimensions:
            values = system.get(key, ())
            dimensions[key] = values[0] if values else ""
            if len(values) != 1:
                strange = unknown(f"{metric_filter.shown} emits {clip(key, 40)}: value not known")
                judgement = all_of([judgement, strange])
        metric = Metric(
            text(item, "metricNamespace"),
            text(item, "metricName"),
            tuple(sorted(dimensions.items())),
        )
        contribution, judged_value = _contribution(metric_filter, item)
        result.append(MetricTransformation(metric, contribution, all_of([judgement, judged_value])))
    return result


def _dimensions(
    metric_filter: MetricFilter, selectors: Mapping[str, Any], records: RecordClass
) -> tuple[dict[str, str], Judgement]:
    dimensions: dict[str, str] = {}
    judgements = []
    for name, selector in selectors.items():
        value = _known_value(str(selector), records)
        dimensions[name] = value if isinstance(value, str) else str(selector)
        if isinstance(value, str):
            continue
        what = f"{metric_filter.shown}: dimension {clip(name, 30)} is {clip(str(selector), 50)}"
        fault = broken if value is ABSENT else unknown
        why = "the call does not have" if value is ABSENT else "has no value that is known"
        judgements.append(
            fault(
                f"{what}, which {why}",
                observed=str(selector),
                wanted="no dimension",
                remedy=f"remove the dimension from {metric_filter.shown}",
            )
        )
    return dimensions, all_of(judgements)


def _known_value(selector: str, records: RecordClass) -> object:
    """What the record class knows at the selector: a value, ABSENT, or None if nothing."""
    pattern = read_pattern(f"{{ {selector} = * }}")
    if not isinstance(pattern, JsonPattern) or not isinstance(pattern.condition, Exists):
        return None
    steps = pattern.condition.selector.steps
    if str(steps[0]) not in records.fields:
        return None
    known = {name: value for name, value in records.known if value is not ABSENT}
    return select(known, steps)


def _contribution(
    metric_filter: MetricFilter, item: Mapping[str, Any]
) -> tuple[Contribution, Judgement]:
    written = item.get("metricValue")
    value = float(written) if isinstance(written, str) and _NUMBER.fullmatch(written) else None
    if value is not None and abs(value) > _LARGEST:
        value = None
    contribution = Contribution(value, number(item, "defaultValue"), text(item, "unit") or "None")
    if value is not None:
        return contribution, ok()
    name = metric_filter.shown
    return contribution, unknown(
        f"{name} writes the value {clip(str(written), 60)}, which is not known beforehand",
        observed=str(written),
        wanted="1",
        remedy=f"set metricValue of {name} to 1",
    )
