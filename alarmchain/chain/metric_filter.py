"""What does a metric filter write when the call comes, and to which metric?

Sources: CloudWatch Logs API reference (MetricFilter, MetricTransformation) and user guide
("Creating metric filters", "Field selection", "System fields").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

from alarmchain.chain.field_selection import judge_criteria
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.shape import mapping, number, strings, structures, text
from alarmchain.chain.signal import Contribution, Metric
from alarmchain.pattern.breadth import Breadth, breadth
from alarmchain.pattern.errors import PatternSyntaxError
from alarmchain.pattern.parser import parse
from alarmchain.pattern.prove import Proof, Verdict, may_match, prove
from alarmchain.pattern.semantics import find
from alarmchain.pattern.syntax import Exists, JsonPattern, Pattern
from alarmchain.records import ABSENT, STRING, RecordClass

NEWER_MEMBERS = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
"""Members that narrow or move what a filter writes, and that an old boto3 silently drops."""


@dataclass(frozen=True, slots=True)
class MetricFilter:
    """A DescribeMetricFilters item."""

    name: str
    log_group: str
    text: str
    transformations: tuple[Mapping[str, Any], ...]
    transformed: bool
    criteria: str
    system_dimensions: tuple[str, ...]

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> "MetricFilter":
        """Reads the item; absent members have the API's defaults."""
        return cls(
            name=text(item, "filterName"),
            log_group=text(item, "logGroupName"),
            text=text(item, "filterPattern"),
            transformations=structures(item, "metricTransformations"),
            transformed=item.get("applyOnTransformedLogs") is True,
            criteria=text(item, "fieldSelectionCriteria"),
            system_dimensions=strings(item, "emitSystemFieldDimensions"),
        )

    @property
    def pattern(self) -> Pattern | PatternSyntaxError:
        """The pattern's tree, or why it cannot be read."""
        return read_pattern(self.text)

    def may_match(self, records: RecordClass) -> bool:
        """False where the filter certainly counts no record of the class."""
        pattern = self.pattern
        return isinstance(pattern, PatternSyntaxError) or _may_match(self.text, records)

    def covers(self, records: RecordClass) -> bool:
        """Whether the filter alone counts every record of the class."""
        return proof((self.text,), records).verdict is Verdict.COVERED

    def breadth(self) -> Breadth:
        """How much else it counts."""
        return _breadth(self.text)


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern | PatternSyntaxError:
    """The tree of a pattern's text, or the error that says why there is none."""
    try:
        return parse(text)
    except PatternSyntaxError as error:
        return error


@lru_cache(maxsize=4096)
def _may_match(text: str, records: RecordClass) -> bool:
    pattern = read_pattern(text)
    return isinstance(pattern, PatternSyntaxError) or may_match(pattern, records)


@lru_cache(maxsize=4096)
def proof(texts: tuple[str, ...], records: RecordClass) -> Proof:
    """`prove` for the patterns with these texts; one that cannot be read is left out."""
    patterns = [read_pattern(text) for text in texts]
    return prove([one for one in patterns if not isinstance(one, PatternSyntaxError)], records)


@lru_cache(maxsize=1024)
def _breadth(text: str) -> Breadth:
    pattern = read_pattern(text)
    return Breadth.NARROW if isinstance(pattern, PatternSyntaxError) else breadth(pattern)


@dataclass(frozen=True, slots=True)
class Publication:
    """What one matching record makes the filter write; the judgement says whether it is sure."""

    metric: Metric
    contribution: Contribution
    judgement: Judgement


def judge_filter(
    metric_filter: MetricFilter, account: str, region: str, blind: Mapping[str, str]
) -> Judgement:
    """Whether the filter sees the trail's records as they are.

    `account`, `region`: of the log group, which are what the system fields hold. `blind`: members
    that the reader's boto3 cannot see, by name, with its version.
    """
    name = f"metric filter '{metric_filter.name}'"
    pattern = metric_filter.pattern
    judgements = []
    if isinstance(pattern, PatternSyntaxError):
        judgements.append(
            unknown(f"{name}: its pattern cannot be read: {pattern}", observed=metric_filter.text)
        )
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
        judgements.append(judge_criteria(metric_filter.criteria, name, account, region))
    judgements += [
        unknown(f"boto3 {blind[member]} of this runtime cannot see {member}")
        for member in NEWER_MEMBERS
        if member in blind
    ]
    return all_of(judgements)


def publications(
    metric_filter: MetricFilter, records: RecordClass, account: str, region: str
) -> list[Publication]:
    """What the filter writes, for each of its transformations, when it counts such a record."""
    system = {"@aws.account": account, "@aws.region": region}
    result = []
    for item in metric_filter.transformations:
        dimensions, judgement = _dimensions(metric_filter, mapping(item, "dimensions"), records)
        for key in metric_filter.system_dimensions:
            dimensions[key] = system.get(key, "")
        metric = Metric(
            text(item, "metricNamespace"),
            text(item, "metricName"),
            tuple(sorted(dimensions.items())),
        )
        contribution, judged_value = _contribution(metric_filter, item)
        result.append(Publication(metric, contribution, all_of([judgement, judged_value])))
    return result


def _dimensions(
    metric_filter: MetricFilter, selectors: Mapping[str, str], records: RecordClass
) -> tuple[dict[str, str], Judgement]:
    dimensions: dict[str, str] = {}
    judgements = []
    for name, selector in selectors.items():
        value = _known_value(selector, records)
        dimensions[name] = value if isinstance(value, str) else selector
        if value is ABSENT:
            judgements.append(
                broken(
                    f"metric filter '{metric_filter.name}': dimension {name} is {selector}, which"
                    f" {records.name} does not have",
                    observed=selector,
                    remedy="remove the dimension",
                )
            )
        elif not isinstance(value, str):
            judgements.append(
                unknown(
                    f"metric filter '{metric_filter.name}': dimension {name} is {selector}, whose"
                    " value is not known",
                    observed=selector,
                    remedy="remove the dimension",
                )
            )
    return dimensions, all_of(judgements)


def _known_value(selector: str, records: RecordClass) -> object:
    """What the record class knows at the selector: a value, ABSENT, or None if nothing."""
    pattern = read_pattern(f"{{ {selector} = * }}")
    if not isinstance(pattern, JsonPattern) or not isinstance(pattern.condition, Exists):
        return None
    steps = pattern.condition.selector.steps
    if records.fields.get(str(steps[0]), STRING) is STRING:
        return None
    known = {name: value for name, value in records.known if value is not ABSENT}
    return find(known, steps)


def _contribution(
    metric_filter: MetricFilter, item: Mapping[str, Any]
) -> tuple[Contribution, Judgement]:
    written = text(item, "metricValue")
    value = _number(written)
    unit = text(item, "unit") or "None"
    contribution = Contribution(value, number(item, "defaultValue"), unit)
    if value is not None:
        return contribution, ok()
    name = f"metric filter '{metric_filter.name}'"
    if written.startswith("$"):
        return contribution, unknown(
            f"{name} writes the value of {written}, which is not known",
            observed=written,
            wanted="1",
            remedy=f"set metricValue of {name} to 1",
        )
    return contribution, broken(
        f"{name} writes {written!r}, which is no number",
        observed=written,
        wanted="1",
        remedy=f"set metricValue of {name} to 1",
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
