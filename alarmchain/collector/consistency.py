"""Whether an answer can be true, beside what was read before.

Some reads lie seconds apart, and an account may change in between. A chain of which one half is
from before and the other from after was never whole; so such an account is read again.
"""

from collections.abc import Iterable

from alarmchain.chain.api_item import structures
from alarmchain.collector.errors import CollectError
from alarmchain.collector.readers import Filing
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import KEYS, Item, Region, Snapshot


def check(read: Read, before: Snapshot, filings: Iterable[Filing]) -> None:
    """Raises CollectError, which another try may well mend: an item that does not say what it is,
    or one that was there before and is not among those that AWS tells now."""
    filings = tuple(filings)
    for filing in filings:
        for item in filing.items:
            for key in KEYS[filing.collection]:
                if not isinstance(item.get(key), str) or not item[key]:
                    raise _changed(read, f"tells an item without {key}")
    if read.kind is ReadKind.MUTE_RULES and read.what and not filings:
        raise _changed(read, f"no longer knows alarm '{read.what[0]}'")
    if read.kind is ReadKind.METRIC_FILTERS and len(read.what) == 2:
        known = {_name(item) for item in _writers(read, before)}
        told = {_name(item) for filing in filings for item in filing.items}
        for group, name in sorted(known - told):
            raise _changed(read, f"no longer tells metric filter '{name}' of log group '{group}'")


def _writers(read: Read, before: Snapshot) -> list[Item]:
    """The metric filters read so far that write to the metric that is asked about."""
    region = before.regions.get(read.region, Region())
    return [
        item
        for item in region.collections.get("metric_filters", ())
        if any(
            (one.get("metricNamespace"), one.get("metricName")) == read.what
            for one in structures(item, "metricTransformations")
        )
    ]


def _name(item: Item) -> tuple[str, str]:
    return str(item.get("logGroupName")), str(item.get("filterName"))


def _changed(read: Read, what: str) -> CollectError:
    return CollectError(f"{read.kind.value} in {read.region} {what}", transient=True)
