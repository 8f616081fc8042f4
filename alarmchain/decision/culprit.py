"""Which of several paths to blame for a call that is not covered.

A metric filter is made for a call if it names the call, or its service. Other filters match some of
its records by chance, such as a filter on all calls of the root user. They are never blamed:
a wider filter would no longer serve its own purpose, and its alarm could stay in ALARM.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from alarmchain.chain.api_item import quote
from alarmchain.chain.judgement import Judgement, Status, broken
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, proof, read_pattern
from alarmchain.decision.evidence.metric_filter import describe_no_filter
from alarmchain.decision.path import ChainPath
from alarmchain.filter_pattern.ast import JsonPattern
from alarmchain.filter_pattern.match.match import match
from alarmchain.place import Place
from alarmchain.proof.prove import Verdict, is_empty
from alarmchain.records.record_class import RecordClass, api_call
from alarmchain.records.typical_record import typical_records
from alarmchain.snapshot.query import SnapshotQuery

_EXAMPLE = "ExampleCall"
_OTHER_CALL = api_call(
    "example.amazonaws.com",
    _EXAMPLE,
    region=None,
    account=None,
    read_only=None,
    failed=None,
)
"""A call that no filter names."""
_OTHER_SUCCESS = api_call(
    "example.amazonaws.com", _EXAMPLE, region=None, account=None, read_only=None
)
"""The same, if it does not fail."""


def is_made_for(metric_filter: MetricFilter, records: RecordClass) -> bool:
    """Return whether the filter names the call or its service.

    For a class that is not one call, one of three conditions is enough: the filter matches no
    record outside the class (`_is_within`), of typical records only those of the class
    (`_is_typically_within`), or neither all successful calls nor only certain calls
    (`_is_specific`).
    """
    if "eventName" not in records.values:
        kinds = (_is_within, _is_typically_within, _is_specific)
        return any(is_kind(metric_filter, records) for is_kind in kinds)
    name = str(records.values["eventName"])
    if metric_filter.transformed or not isinstance(metric_filter.pattern, JsonPattern):
        return name in metric_filter.text
    return metric_filter.may_match(records) and not metric_filter.may_match(_OTHER_CALL)


def _is_within(metric_filter: MetricFilter, records: RecordClass) -> bool:
    """Return whether the filter surely matches no records outside the class."""
    is_readable = isinstance(metric_filter.pattern, JsonPattern)
    matched = RecordClass(metric_filter.name, pattern=metric_filter.text if is_readable else "")
    return proof((records.pattern,), matched).verdict is Verdict.COVERED


def _is_typically_within(metric_filter: MetricFilter, records: RecordClass) -> bool:
    """Return whether the filter may match typical records of a call that it does not name, and
    only those of the class: it lacks a condition that others of the class's filters have."""
    pattern, of_class = metric_filter.pattern, read_pattern(records.pattern)
    if not isinstance(pattern, JsonPattern) or not isinstance(of_class, JsonPattern):
        return False
    any_call = replace(records, known=(*records.known, ("eventName", _EXAMPLE)))
    matched = [each for each in typical_records(any_call) if not match(pattern, each).is_no]
    return bool(matched) and all(match(of_class, each).is_yes for each in matched)


def _is_specific(metric_filter: MetricFilter, records: RecordClass) -> bool:
    """Return whether the filter matches no successful call, unless it names the call, and is not
    limited to certain calls if the class is not."""
    if not metric_filter.may_match(records) or metric_filter.may_match(_OTHER_SUCCESS):
        return False
    any_call = replace(records, known=(*records.known, ("eventName", _EXAMPLE)))
    return is_empty(any_call) or metric_filter.may_match(any_call)


class Culprit:
    """Chooses the path to blame."""

    def __init__(self, calls: Mapping[str, RecordClass], query: SnapshotQuery, region: str) -> None:
        """`calls`: the records of all calls of the rule, by name. `region`: the audited one."""
        self._calls = calls
        self._query = query
        self._region = region

    def of(self, paths: Iterable[ChainPath]) -> ChainPath:
        """Return the path whose filter is made for most of the rule's calls; of several such paths
        the one that got furthest, and of these the first."""
        return max(paths, key=lambda path: (self._purpose(path.metric_filter), path.progress))

    def eligible(self, paths: Iterable[ChainPath], records: RecordClass) -> list[ChainPath]:
        """Return the paths that can be blamed for a call; at least one if there is a path.

        A path through a filter that is not made for the call ends at its log group, which then has
        no filter for the call. A filter that matches the whole call serves it, too.
        """
        eligible: list[ChainPath] = []
        without: dict[tuple[str, str, str], ChainPath] = {}
        served: set[tuple[str, str, str]] = set()
        for path in paths:
            metric_filter = path.metric_filter
            if metric_filter is None:
                eligible.append(path)
                continue
            group = next(link for link in path.links if link.link == "log_group")
            key = (group.account, group.region, metric_filter.log_group)
            if is_made_for(metric_filter, records) or metric_filter.covers(records):
                eligible.append(path)
                served.add(key)
            else:
                without.setdefault(key, path)
        for key, path in without.items():
            if key not in served:
                eligible.append(self._without_filter(path, Place(*key[:2]), key[2], records))
        return eligible

    def _without_filter(
        self, path: ChainPath, place: Place, log_group: str, records: RecordClass
    ) -> ChainPath:
        """Return the path up to its log group, and that this has no filter for the call."""
        nothing = _no_filter(f"log group {quote(log_group)}{self._where(place.region)}", records)
        filters = self._query.metric_filters(log_group, place).value
        describe = partial(describe_no_filter, log_group, filters)
        return path.up_to("log_group").to("metric_filter", place, log_group, nothing, describe)

    def _purpose(self, metric_filter: MetricFilter | None) -> int:
        """Return for how many of the rule's calls the filter is made."""
        if metric_filter is None:
            return 0
        return sum(is_made_for(metric_filter, records) for records in self._calls.values())

    def remedies(
        self, lacking: Sequence[str], path: ChainPath, filters: Iterable[MetricFilter]
    ) -> tuple[str, str]:
        """Return what to do about calls that no filter of the path's log group names: with all
        calls, and with the first alone.

        `filters`: those of the log group that serve the rule's other calls.
        """
        are_calls = all("eventName" in self._calls[name].values for name in lacking)
        purposes = {each.called: self._purpose(each) for each in filters if are_calls}
        best = max(purposes, key=lambda called: purposes[called], default="")
        others = len(lacking) - 1
        every = " and ".join(", ".join(lacking).rsplit(", ", 1))
        more = f" and {others} more call{'s' if others > 1 else ''}" if others else ""
        first = lacking[0] + more
        if best and purposes[best]:
            return f"add {every} to {best}", f"add {first} to {best}"
        where = self._where(path.links[-1].region)
        create = f"create a metric filter on log group {quote(path.log_group)}{where} for"
        return f"{create} {every}", f"{create} {first}"

    def _where(self, region: str) -> str:
        """Return a log group's region for a message, "" for the audited one."""
        return "" if region == self._region else f" in {region}"


def lacks_filter(path: ChainPath) -> bool:
    """Return whether the path ends at a log group that has filters, but none for the call."""
    fault = path.fault
    return (
        fault is not None
        and fault.link == "metric_filter"
        and fault.judgement.status is Status.BROKEN
        and path.metric_filter is None
    )


def _no_filter(log_group: str, records: RecordClass) -> Judgement:
    return broken(
        f"no metric filter on {log_group} names the {records.noun}",
        observed="metric filters for other events, which match only some of its records",
        wanted=f"a metric filter that matches {records.name}",
        remedy=f"create a metric filter on {log_group} for {records.name}",
    )
