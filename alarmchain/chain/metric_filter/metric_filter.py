"""A metric filter, read from a DescribeMetricFilters item: which records does it count?

Source: CloudWatch Logs API reference, MetricFilter and MetricTransformation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from alarmchain.chain.api_item import number, quote, strings, structures, text
from alarmchain.filter_pattern.ast import JsonPattern, Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, covers, may_match, prove
from alarmchain.records.record_class import RecordClass


@dataclass(frozen=True, slots=True)
class MetricFilter:
    """A DescribeMetricFilters item.

    `transformed`: applyOnTransformedLogs. `criteria`: fieldSelectionCriteria. `malformed`: a member
    that does not have the API's type, "" for none; it makes the judgement unknown.
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
        """Return the filter in the item; absent members have the API's defaults."""
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
    def called(self) -> str:
        """What a message calls the filter."""
        return f"metric filter {quote(self.name)}"

    @property
    def pattern(self) -> Pattern | PatternSyntaxError:
        """The pattern's syntax tree, or the error if it cannot be read."""
        return read_pattern(self.text)

    @property
    def matches_unknown(self) -> bool:
        """Whether its pattern does not decide which records it counts."""
        return self.transformed or isinstance(self.pattern, PatternSyntaxError)

    def may_match(self, records: RecordClass) -> bool:
        """Return False if the filter surely counts no record of the class."""
        return self.transformed or _may_match(self.text, records)

    def covers(self, records: RecordClass) -> bool:
        """Return whether the filter alone counts every record of the class."""
        return _covers(self.text, records)


def counts_no_more_than(one: MetricFilter, other: MetricFilter) -> bool:
    """Return whether `one` surely counts only records that `other` would count too.

    An application's log event, which need not look like a record, is not counted either.
    """
    pattern = one.pattern
    if one.transformed or not isinstance(pattern, JsonPattern) or not match(pattern, {}).is_no:
        return False
    return one.text == other.text or other.covers(RecordClass(one.name, pattern=one.text))


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
    """Return the first member that is present but not of the API's type, "" if there is none."""
    malformed = [name for name, kind in _FILTER_TYPES.items() if _is_not(item.get(name), kind)]
    for transformation in structures(item, "metricTransformations"):
        malformed += [
            name
            for name, kind in _TRANSFORMATION_TYPES.items()
            if _is_not(transformation.get(name), kind)
        ]
        default = transformation.get("defaultValue")
        if default is not None and number(transformation, "defaultValue") is None:
            malformed.append("defaultValue")
    for name in ("emitSystemFieldDimensions", "metricTransformations"):
        readable = strings(item, name) or structures(item, name)
        if not malformed and item.get(name) and len(readable) != len(item[name]):
            malformed.append(name)
    if len(structures(item, "metricTransformations")) > 1:  # AWS accepts only one.
        malformed.append("metricTransformations")
    return malformed[0] if malformed else ""


def _is_not(value: object, kind: type) -> bool:
    return value is not None and not isinstance(value, kind)


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern | PatternSyntaxError:
    """Return the syntax tree of a pattern, or the error if it cannot be read."""
    try:
        return parse(text)
    except PatternSyntaxError as error:
        return error


@lru_cache(maxsize=4096)
def _may_match(text: str, records: RecordClass) -> bool:
    pattern = read_pattern(text)
    return isinstance(pattern, PatternSyntaxError) or may_match(pattern, records)


@lru_cache(maxsize=4096)
def _covers(text: str, records: RecordClass) -> bool:
    pattern = read_pattern(text)
    return not isinstance(pattern, PatternSyntaxError) and covers((pattern,), records)


@lru_cache(maxsize=4096)
def proof(texts: tuple[str, ...], records: RecordClass) -> Proof:
    """Return the proof for the union of these patterns; an unreadable one is left out."""
    patterns = [read_pattern(text) for text in texts]
    return prove([tree for tree in patterns if not isinstance(tree, PatternSyntaxError)], records)
