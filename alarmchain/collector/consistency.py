"""Check whether an answer is consistent with what was read before.

Some reads are seconds apart, and an account may change in between. A chain of which one half is
older than the change and the other newer never existed, so the account must be read again.
"""

from collections.abc import Iterable, Iterator

from alarmchain.chain.api_item import structures
from alarmchain.collector.errors import CollectError
from alarmchain.collector.readers import CollectedItems
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import KEYS, Item, Snapshot, identity


def check(read: Read, before: Snapshot, answer: Iterable[CollectedItems]) -> None:
    """Raise a transient CollectError for an answer that cannot be right.

    That is an item without its identity, or an answer that lacks an item that was there before.
    """
    answer = tuple(answer)
    for items in answer:
        for item in items.items:
            for key in KEYS[items.collection]:
                if not isinstance(item.get(key), str) or not item[key]:
                    raise _error(read, f"returned an item without {key}")
    if read.kind is ReadKind.MUTE_RULES and read.what and not answer:
        raise _error(read, f"no longer knows alarm '{read.what[0]}'")
    returned = {
        (items.collection, identity(items.collection, item))
        for items in answer
        for item in items.items
    }
    for collection, item in _read_before(read, before):
        names = identity(collection, item)
        if (collection, names) not in returned:
            called = " of log group ".join(f"'{name}'" for name in reversed(names))
            what = f"{_NOUNS[collection]} {called}, which was read before"
            raise _error(read, f"does not return {what}")


_NOUNS = {
    "metric_filters": "metric filter",
    "metric_alarms": "alarm",
    "composite_alarms": "alarm",
    "log_alarms": "alarm",
}


def _read_before(read: Read, before: Snapshot) -> list[tuple[str, Item]]:
    """Return the items read so far that this read returns too, each with its collection."""
    match read.kind:
        case ReadKind.METRIC_FILTERS:
            known = _of_region(before, read.region, "metric_filters")
            return [(name, item) for name, item in known if _is_asked_for(item, read.what)]
        case ReadKind.ALL_ALARMS:
            alarms = ("metric_alarms", "composite_alarms", "log_alarms")
            return list(_of_region(before, read.region, *alarms))
    return []


def _of_region(before: Snapshot, region: str, *collections: str) -> Iterator[tuple[str, Item]]:
    for collection in collections:
        for item in before.collection(collection, region):
            yield collection, item


def _is_asked_for(metric_filter: Item, what: tuple[str, ...]) -> bool:
    """Return whether a read of `what` returns the metric filter: that of its log group, of one of
    its metrics, or of all filters."""
    match what:
        case (group,):
            return bool(metric_filter["logGroupName"] == group)
        case (namespace, metric):
            return any(
                (transformation.get("metricNamespace"), transformation.get("metricName"))
                == (namespace, metric)
                for transformation in structures(metric_filter, "metricTransformations")
            )
    return True


def _error(read: Read, what: str) -> CollectError:
    return CollectError(f"{read.kind.value} in {read.region} {what}", transient=True)
