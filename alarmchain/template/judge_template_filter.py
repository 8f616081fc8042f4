"""Does a metric filter of a template count all the records that its pattern matches?"""

from collections.abc import Iterator
from dataclasses import replace

from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import metric_transformations
from alarmchain.records.record_class import RecordClass
from alarmchain.template.template_filter import TemplateFilter


def filter_doubts(template_filter: TemplateFilter, records: RecordClass) -> tuple[str, ...]:
    """Return why the filter may not count each record of the class that its pattern matches.

    A template does not say from which accounts and regions its trail brings records. So each
    field selection may leave records out, and each system field may divide the metric.
    """
    item = {**template_filter.item, "filterName": template_filter.name}
    metric_filter = MetricFilter.read({**item, "filterPattern": template_filter.pattern})
    name, doubts = metric_filter.called, list(template_filter.doubts)
    if metric_filter.criteria:
        criteria = clip(metric_filter.criteria)
        doubts.append(f"{name} selects records by account or region: {criteria}")
    if metric_filter.system_dimensions:
        dimensions = ", ".join(metric_filter.system_dimensions)
        doubts.append(f"{name} emits {clip(dimensions, 40)}, which divides its metric")
    plain = replace(metric_filter, criteria="", system_dimensions=())
    doubts += [
        judgement.reason
        for judgement in _judgements(plain, records)
        if judgement.status is not Status.OK
    ]
    return tuple(dict.fromkeys(doubts))


def _judgements(metric_filter: MetricFilter, records: RecordClass) -> Iterator[Judgement]:
    yield judge_filter(metric_filter, records, "", "")
    for transformation in metric_transformations(metric_filter, records, "", ""):
        yield transformation.judgement
