"""Does a metric filter see the trail's records, and which of them does it count?

Source: CloudWatch Logs API reference, MetricFilter and MetricTransformation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from alarmchain.chain.field_selection import judge_criteria
from alarmchain.chain.judgement import Judgement, all_of, unknown
from alarmchain.chain.shape import clip, number, quote, strings, structures, text
from alarmchain.pattern.breadth import Breadth, breadth
from alarmchain.pattern.errors import PatternSyntaxError
from alarmchain.pattern.parser import parse
from alarmchain.pattern.prove import Proof, Verdict, may_match, prove
from alarmchain.pattern.syntax import Pattern
from alarmchain.records import RecordClass

NEWER_MEMBERS = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
"""Members that narrow or move what a filter writes, and that an old boto3 silently drops."""


@dataclass(frozen=True, slots=True)
class MetricFilter:
    """A DescribeMetricFilters item.

    `transformed`: applyOnTransformedLogs. `criteria`: fieldSelectionCriteria. `malformed`: a member
    that has not the API's type, "" for none; it makes the judgement unknown.
    """

    name: str
    log_group: str
    text: str
    transformations: tuple[Mapping[str, Any], ...]
    transformed: bool
    criteria: str
    system_dimensions: tuple[str, ...]
    malformed: str

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
            malformed=_malformed(item),
        )

    @property
    def shown(self) -> str:
        """What a sentence calls it."""
        return f"metric filter {quote(self.name)}"

    @property
    def pattern(self) -> Pattern | PatternSyntaxError:
        """The pattern's tree, or why it cannot be read."""
        return read_pattern(self.text)

    @property
    def matches_unknown(self) -> bool:
        """Whether the text does not tell which records it counts."""
        return self.transformed or isinstance(self.pattern, PatternSyntaxError)

    def may_match(self, records: RecordClass) -> bool:
        """False where the filter certainly counts no record of the class."""
        return self.transformed or _may_match(self.text, records)

    def covers(self, records: RecordClass) -> bool:
        """Whether the filter alone counts every record of the class."""
        return proof((self.text,), records).verdict is Verdict.COVERED

    def breadth(self) -> Breadth:
        """How much else it counts."""
        return _breadth(self.text)


_FILTER_TYPES: Mapping[str, type] = {
    "filterPattern": str,
    "metricTransformations": list,
    "applyOnTransformedLogs": bool,
    "fieldSelectionCriteria": str,
    "emitSystemFieldDimensions": list,
}
_TRANSFORMATION_TYPES: Mapping[str, type] = {
    "metricName": str,
    "metricNamespace": str,
    "metricValue": str,
    "dimensions": dict,
    "unit": str,
}


def _malformed(item: Mapping[str, Any]) -> str:
    """The first member that is there, but not of the API's type."""
    found = [name for name, kind in _FILTER_TYPES.items() if _is_other(item.get(name), kind)]
    for one in structures(item, "metricTransformations"):
        found += [
            name for name, kind in _TRANSFORMATION_TYPES.items() if _is_other(one.get(name), kind)
        ]
        if one.get("defaultValue") is not None and number(one, "defaultValue") is None:
            found.append("defaultValue")
    for name in ("emitSystemFieldDimensions", "metricTransformations"):
        kept = strings(item, name) or structures(item, name)
        if not found and item.get(name) and len(kept) != len(item[name]):
            found.append(name)
    if len(structures(item, "metricTransformations")) > 1:  # AWS takes just one
        found.append("metricTransformations")
    return found[0] if found else ""


def _is_other(value: object, kind: type) -> bool:
    return value is not None and not isinstance(value, kind)


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
    metric_filter: MetricFilter,
    records: RecordClass,
    account: str,
    region: str,
    blind: Mapping[str, str],
) -> Judgement:
    """Whether the filter sees the trail's records as they are.

    `account`, `region`: of the log group. `blind`: members that the reader's boto3 cannot see, by
    name, with its version.
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
    judgements += [
        unknown(f"boto3 {blind[member]} of this runtime cannot see {member}")
        for member in NEWER_MEMBERS
        if member in blind
    ]
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
