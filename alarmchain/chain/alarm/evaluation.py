"""Does one event bring an alarm from rest to ALARM: spec/event-to-notification.md, section 3.

The table of M of N and missing data follows from AWS's page "Configuring how CloudWatch alarms
treat missing data". A zero between events is sparse: it comes with log events that don't match.
"""

from dataclasses import dataclass
from math import ceil, floor

from alarmchain.chain.api_item import figure
from alarmchain.chain.judgement import Judgement, broken, ok, unknown
from alarmchain.chain.metric.interval import Interval, compare, exactly
from alarmchain.chain.metric.time_series import Series

SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}
MISSING = ("missing", "ignore", "breaching", "notBreaching")
LATE = 900
"""Seconds by which CloudTrail's records may come late: about 5 minutes on average (user guide),
within 15 typically. Where a point is there before them (FILL), the alarm must look back as far."""

SILENT = "set TreatMissingData to notBreaching"
ONE_OF_ONE = "set DatapointsToAlarm and EvaluationPeriods to 1"


@dataclass(frozen=True, slots=True)
class Terms:
    """By what an alarm judges its series: `sign` of the operator, `period` in seconds, the N of
    `evaluation_periods`, the M of `datapoints_to_alarm`, and how it treats `missing` data."""

    sign: str
    threshold: float
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str

    def breach(self, value: Interval) -> bool | None:
        """Whether the value breaches: True surely, False surely not, None maybe."""
        return compare(self.sign, value, exactly(self.threshold))

    @property
    def limit(self) -> str:
        """The threshold in words."""
        return f"{self.sign} {figure(self.threshold)}"


def judge_series(series: Series, terms: Terms, name: str, doubt: str = "") -> Judgement:
    """Whether one event makes the alarm ring and leaves it at rest again.

    `name`: the statistic (or expression) as reasons call it. `doubt`: why the metric may hold
    other data too; what then depends on its rest is unknown.
    """
    event = series.event.value
    if event is None:
        return broken(f"no data of the event comes into {name}")
    breach = terms.breach(event)
    if breach is False and not (_rests_in_alarm(series, terms) and not doubt):
        return _never(event, terms, name)
    if doubt:
        return unknown(doubt)
    at_rest = _judge_rest(series, terms, name)
    if at_rest is not None:
        return at_rest
    if breach is None:
        return unknown(
            f"one event brings {name} to {event}: maybe not {terms.limit}",
            observed=f"{name} {event}",
            wanted=f"{name} {terms.limit}",
            remedy="use the statistic Sum and a threshold of >= 1",
        )
    if not series.event.certain:
        return unknown(f"the event may bring no data into {name}")
    return _judge_points(series, terms)


def _rests_in_alarm(series: Series, terms: Terms) -> bool:
    rest = series.rest.value
    if rest is None:
        return terms.missing == "breaching"
    return terms.breach(rest) is True


def _never(event: Interval, terms: Terms, name: str) -> Judgement:
    value = event.exact
    if name in ("Sum", "SampleCount") and value is not None and value > 0 and ">" in terms.sign:
        ratio = terms.threshold / value
        needed = ceil(ratio) if terms.sign == ">=" else floor(ratio) + 1
        return broken(
            f"needs {needed} events in {terms.period} s (threshold {terms.limit})",
            observed=f"threshold {terms.limit}",
            wanted="one event is enough",
            remedy=f"lower the threshold to >= {figure(value)}",
        )
    return broken(
        f"one event brings {name} to {event}, never {terms.limit}",
        observed=f"{name} {terms.limit}",
        wanted=f"an operator and a threshold that {name} {event} breaches",
        remedy="alarm on Sum >= 1",
    )


def _judge_rest(series: Series, terms: Terms, name: str) -> Judgement | None:
    """What spoils the alarm while nothing happens; None where it rests."""
    rest = series.rest.value
    if rest is None:
        if terms.missing != "breaching":
            return None
        return broken(
            "stands in ALARM at rest: missing data is breaching",
            observed="TreatMissingData breaching",
            wanted="no ALARM without an event",
            remedy=SILENT,
        )
    breach = terms.breach(rest)
    if breach is None:
        return unknown(
            f"may stand in ALARM at rest: {name} {rest} against {terms.limit}",
            observed=f"{name} {rest} without an event",
            wanted="no ALARM without an event",
        )
    if breach:
        return broken(
            f"stands in ALARM at rest: {name} {rest} is {terms.limit}",
            observed=f"{name} {rest} without an event",
            wanted="no ALARM without an event",
            remedy="set the filter's default value to 0, or none, and the threshold above it",
        )
    return None


def _judge_points(series: Series, terms: Terms) -> Judgement:
    """The table of M of N; the event's point breaches, the others do not."""
    several = terms.datapoints_to_alarm > 1
    if series.rest.value is None:
        return _without_rest(terms, several)
    if series.rest.certain:
        return _with_every_point(terms, several)
    if several and terms.missing in ("ignore", "notBreaching"):
        return _must_breach(terms)
    if several:
        return unknown(
            f"{_m_of_n(terms)} must breach, among sparse default values",
            observed=_m_of_n(terms),
            wanted="1 period",
            remedy=ONE_OF_ONE,
        )
    if terms.missing == "breaching":
        return unknown(
            "missing data is breaching: only default values keep it from standing in ALARM",
            observed="TreatMissingData breaching",
            wanted="no ALARM without an event",
            remedy=SILENT,
        )
    return ok()


def _without_rest(terms: Terms, several: bool) -> Judgement:
    if terms.missing == "notBreaching":
        return _must_breach(terms) if several else ok()
    if terms.missing == "missing":
        late = (terms.datapoints_to_alarm - 1) * terms.period
        return ok(note=f"rings {late} s late" if several else "")
    if several:
        return _must_breach(terms)
    return broken(
        "missing data is ignored: after one event it stays in ALARM, a second is not told",
        observed="TreatMissingData ignore",
        wanted="a return to rest after an event",
        remedy=SILENT,
    )


def _with_every_point(terms: Terms, several: bool) -> Judgement:
    if several:
        return _must_breach(terms)
    if (terms.evaluation_periods - 1) * terms.period >= LATE:
        return ok()
    return unknown(
        "a filled point may stand before the late event's: the newest period decides",
        observed=f"1 of {terms.evaluation_periods} periods of {terms.period} s",
        wanted=f"1 of N periods that look back {LATE} s",
        remedy="leave FILL out, or raise EvaluationPeriods and keep DatapointsToAlarm at 1",
    )


def _must_breach(terms: Terms) -> Judgement:
    return broken(
        f"{_m_of_n(terms)} must breach, one event fills one",
        observed=_m_of_n(terms),
        wanted="1 period",
        remedy=ONE_OF_ONE,
    )


def _m_of_n(terms: Terms) -> str:
    return f"{terms.datapoints_to_alarm} of {terms.evaluation_periods} periods"
