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


def cis_patterns(control: Control, narrowed_by: str = "", without: str = "") -> list[str]:
    """Return filter patterns that match what the list `cis` requires, each in brackets.

    `narrowed_by`: a condition that each of them requires, too. `without`: the name of a call that
    they leave out.
    """
    calls = [call for call in control.calls["cis"] if call.event_name != without]
    texts = filter_patterns(control, calls, control.records["cis"])
    return [f"{{ ({text.strip()[1:-1].strip()}){narrowed_by} }}" for text in texts]
