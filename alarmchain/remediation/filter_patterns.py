"""The filter patterns that the remediation, the template and the guides write. Pure."""

from collections.abc import Iterable

from alarmchain.control import Call, Control
from alarmchain.remediation.steps.patterns import patterns


def filter_patterns(control: Control, calls: Iterable[Call]) -> list[str]:
    """Return the patterns for the calls; several if 1,024 characters are not enough.

    For the control's list `cis` it is the benchmark's own text, which other tools compare.
    """
    cis = [str(call) for call in control.calls["cis"]]
    return patterns([str(call) for call in calls], cis, control.cis_pattern)
