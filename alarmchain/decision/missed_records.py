"""Why the metric filters of paths to a person miss records of a class."""

from collections.abc import Iterable
from functools import partial

from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.judgement import Status, broken
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, proof
from alarmchain.decision.evidence.metric_filter import describe_filters
from alarmchain.decision.path import ChainPath
from alarmchain.proof.prove import Verdict
from alarmchain.records.record_class import RecordClass


def with_escape(
    path: ChainPath, filters: tuple[MetricFilter, ...], records: RecordClass
) -> ChainPath:
    """Return the path; if its filter misses some records, its metric-filter link is broken."""
    metric_filter = path.metric_filter
    if metric_filter is None or (path.fault and path.fault.link == "metric_filter"):
        return path
    used = filters if path.status is not Status.BROKEN and filters else (metric_filter,)
    texts = dict.fromkeys((*(other.text for other in used), metric_filter.text))
    coverage = proof(tuple(texts), records)
    if coverage.verdict is not Verdict.ESCAPES:
        return path
    where = " and ".join(clip(selector) for selector in coverage.deciding[:2])
    remedy = (
        f"remove the condition on {where}, or add a metric filter for the other {records.members}"
    )
    return path.stopped_at(
        "metric_filter",
        broken(
            f"{filter_names(used)} {'miss' if len(used) > 1 else 'misses'} some {records.members}"
            + (f", depending on {where}" if where else ""),
            observed=metric_filter.text,
            wanted=f"a pattern that matches every {records.name}",
            remedy=remedy if where else f"let a metric filter match every {records.name}",
        ),
        partial(describe_filters, used),
    )


def with_spread_events(path: ChainPath, paths: list[ChainPath], records: RecordClass) -> ChainPath:
    """Return the path, which works, with why an alarm does not go off after `events` records."""
    filters = distinct(each.metric_filter for each in paths if each.status is Status.OK)
    events = f"{records.events} {records.members}"
    return path.stopped_at(
        "alarm",
        broken(
            f"{filter_names(filters)} count in several metrics; {events} spread over them may raise"
            " no alarm",
            wanted=f"an alarm after {events}",
            remedy=f"count every {records.name} in one metric, or lower the thresholds",
        ),
    )


def distinct(filters: Iterable[MetricFilter | None]) -> tuple[MetricFilter, ...]:
    """Return each filter once, in order. Log groups of several regions may have the same name."""
    return tuple(
        {
            (metric_filter.log_group, metric_filter.name, metric_filter.text): metric_filter
            for metric_filter in filters
            if metric_filter
        }.values()
    )


def filter_names(filters: tuple[MetricFilter, ...]) -> str:
    """Return what a message calls the filters; it names at most three."""
    shown = ", ".join(quote(metric_filter.name) for metric_filter in filters[:3])
    rest = f" and {len(filters) - 3} more" if len(filters) > 3 else ""
    return f"metric filter{'s' if len(filters) > 1 else ''} {shown}{rest}"
