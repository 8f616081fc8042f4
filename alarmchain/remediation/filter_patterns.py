"""The filter patterns that the remediation, the template and the guides write. Pure."""

from collections.abc import Iterable

from alarmchain.control import Call, Control, MatchingRecords
from alarmchain.remediation.steps.patterns import patterns


def filter_patterns(
    control: Control, calls: Iterable[Call], records: Iterable[MatchingRecords] = ()
) -> list[str]:
    """Return the patterns for the calls and the classes of records; several if one is too long.

    For the control's list `cis` it is the benchmark's own text, which other tools compare.
    """
    cis = [str(call) for call in control.calls["cis"]]
    return [
        *record_patterns(records),
        *patterns([str(call) for call in calls], cis, control.cis_pattern),
    ]


def record_patterns(records: Iterable[MatchingRecords]) -> list[str]:
    """Return the pattern for each class of records, each pattern once."""
    return list(dict.fromkeys(each.published or each.pattern for each in records))
