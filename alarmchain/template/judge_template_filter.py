"""Do metric filters of a template match the records of a class, and count all that they match?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Judgement, Status
from alarmchain.chain.metric_filter.filter_input import judge_filter
from alarmchain.chain.metric_filter.metric_filter import MetricFilter
from alarmchain.chain.metric_filter.metric_transformation import metric_transformations
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.proof.prove import Proof, covers, may_match, prove
from alarmchain.records.record_class import RecordClass
from alarmchain.template.template_filter import TemplateFilter


class FilterJudge:
    """Judges filters of known patterns, each question once: log groups may share the answers."""

    def __init__(self, patterns: Mapping[str, Pattern]) -> None:
        self.patterns = patterns
        self._proofs: dict[tuple[RecordClass, frozenset[str]], Proof] = {}
        self._may_match: dict[tuple[RecordClass, str], bool] = {}
        self._doubts: dict[tuple[RecordClass, str], tuple[str, ...]] = {}

    def proof(self, filters: Iterable[TemplateFilter], records: RecordClass) -> Proof:
        """Return what the patterns of these filters match together."""
        names = frozenset(each.name for each in filters)
        if (records, names) not in self._proofs:
            patterns = [pattern for name, pattern in self.patterns.items() if name in names]
            self._proofs[records, names] = prove(patterns, records)
        return self._proofs[records, names]

    def covers(self, filters: Iterable[TemplateFilter], records: RecordClass) -> bool:
        """Return whether the patterns of these filters match each record of the class."""
        return covers([self.patterns[each.name] for each in filters], records)

    def may_match(self, template_filter: TemplateFilter, records: RecordClass) -> bool:
        """Return False if the pattern surely matches no record of the class."""
        key = records, template_filter.name
        if key not in self._may_match:
            self._may_match[key] = may_match(self.patterns[template_filter.name], records)
        return self._may_match[key]

    def doubts(self, template_filter: TemplateFilter, records: RecordClass) -> tuple[str, ...]:
        """Return why the filter may not count each record that its pattern matches."""
        key = records, template_filter.name
        if key not in self._doubts:
            self._doubts[key] = _filter_doubts(template_filter, records)
        return self._doubts[key]


def _filter_doubts(template_filter: TemplateFilter, records: RecordClass) -> tuple[str, ...]:
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
