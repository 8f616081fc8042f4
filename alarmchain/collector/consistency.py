"""Check whether an answer is consistent with what was read before.

Some reads are seconds apart, and an account may change in between. A chain of which one half is
older than the change and the other newer never existed, so the account must be read again.
"""

from collections.abc import Iterable

from alarmchain.chain.api_item import structures
from alarmchain.collector.errors import CollectError
from alarmchain.collector.readers import CollectedItems
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import KEYS, Item, Snapshot


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
    if read.kind is ReadKind.METRIC_FILTERS and len(read.what) != 1:
        known = {_name(item) for item in _writers(read, before)}
        returned = {_name(item) for items in answer for item in items.items}
        for group, name in sorted(known - returned):
            raise _error(read, f"no longer returns metric filter '{name}' of log group '{group}'")


def _writers(read: Read, before: Snapshot) -> list[Item]:
    """Return the metric filters read so far that this read returns too: those of its metric, or all
    if it names none."""
    return [
        item
        for item in before.collection("metric_filters", read.region)
        if not read.what
        or any(
            (transformation.get("metricNamespace"), transformation.get("metricName")) == read.what
            for transformation in structures(item, "metricTransformations")
        )
    ]


def _name(item: Item) -> tuple[str, str]:
    return str(item.get("logGroupName")), str(item.get("filterName"))


def _error(read: Read, what: str) -> CollectError:
    return CollectError(f"{read.kind.value} in {read.region} {what}", transient=True)
