"""Does one event bring an alarm from rest to ALARM, and does the alarm rest again afterwards?

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" and
"Evaluating an alarm": the cases of M out of N follow from their tables. The default value of a
metric filter is sparse: it is written only for minutes with log events that do not match.
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
"""Each ComparisonOperator with its sign."""
_OUTSIDE = {">=": "below", ">": "at or below", "<": "at or above", "<=": "above"}
"""Where a value lies that does not breach the threshold."""
MISSING = ("missing", "ignore", "breaching", "notBreaching")
"""The values of TreatMissingData."""
LATEST = 900
"""Seconds after which a record has surely come. CloudTrail delivers within about 5 minutes on
average (CloudTrail user guide, "Getting and viewing your CloudTrail log files"), and mostly within
15."""

_NOT_BREACHING = "set TreatMissingData to notBreaching"
_ONE_OF_ONE = "set DatapointsToAlarm and EvaluationPeriods to 1"
_NO_ALARM = "no ALARM without an event"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How an alarm evaluates its series.

    `alarm`: what a message calls the alarm. `sign`: that of the operator. `period`: seconds.
    `evaluation_periods`: N. `datapoints_to_alarm`: M. `missing`: how it treats missing data.
    """

    alarm: str
    sign: str
    threshold: float
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str

    def breach(self, value: Interval) -> bool | None:
        """Return whether the value breaches the threshold, None if that is not known."""
        return compare(self.sign, value, exactly(self.threshold))

    @property
    def condition(self) -> str:
        """The operator and the threshold, as in ">= 1"."""
        return f"{self.sign} {figure(self.threshold)}"

    @property
    def m_of_n(self) -> str:
        """M of N periods."""
        return f"{self.datapoints_to_alarm} of {self.evaluation_periods} periods"


def judge_series(series: Series, evaluation: Evaluation, name: str) -> Judgement:
    """Return whether one event brings the alarm to ALARM and lets it rest before and after.

    `name`: the statistic or expression, for messages.
    """
    event = series.event.value
    if event is None:
        return broken(f"{evaluation.alarm} receives no data of the event in {name}")
    breach = evaluation.breach(event)
    if breach is False and not is_in_alarm_at_rest(series, evaluation):
        return _never_breaches(event, evaluation, name)
    restless = _judge_rest(series, evaluation, name)
    if restless is not None:
        return restless
    if breach is None:
        threshold = figure(evaluation.threshold)
        return unknown(
            f"{evaluation.alarm} needs {name} {evaluation.condition}; one event may leave it"
            f" {_OUTSIDE[evaluation.sign]} {threshold}",
            observed=f"the value is {event} after one event",
            wanted=f"{name} {evaluation.condition}",
            remedy="use the statistic Sum and the threshold >= 1",
        )
    if not series.event.certain:
        return unknown(f"{evaluation.alarm} may receive no data of the event in {name}")
    return _judge_periods(series, evaluation)


def is_in_alarm_at_rest(series: Series, evaluation: Evaluation) -> bool | None:
    """Return whether the alarm is in ALARM without an event, None if that is not known."""
    rest = series.rest.value
    if rest is None:
        return evaluation.missing == "breaching"
    return evaluation.breach(rest)


def _never_breaches(event: Interval, evaluation: Evaluation, name: str) -> Judgement:
    value = event.exact
    counts = name in ("Sum", "SampleCount") and ">" in evaluation.sign
    if counts and value is not None and value > 0:
        ratio = evaluation.threshold / value
        needed = ceil(ratio) if evaluation.sign == ">=" else floor(ratio) + 1
        return broken(
            f"{evaluation.alarm} needs {needed} events within {evaluation.period} s"
            f" (threshold {evaluation.condition})",
            observed=f"threshold {evaluation.condition}",
            wanted="a threshold that one event reaches",
            remedy=f"lower the threshold to >= {figure(value)}",
        )
    return broken(
        f"{evaluation.alarm} needs {name} {evaluation.condition}; one event brings it to {event}",
        observed=f"threshold {evaluation.condition}",
        wanted=f"an operator and a threshold that {name} breaches after one event",
        remedy="use the statistic Sum and the threshold >= 1",
    )


def _judge_rest(series: Series, evaluation: Evaluation, name: str) -> Judgement | None:
    """Return why the alarm is or may be in ALARM while nothing happens, None if it rests."""
    rest = series.rest.value
    always = f"{evaluation.alarm} is in ALARM even when nothing happens"
    if rest is None:
        if evaluation.missing != "breaching":
            return None
        return broken(
            f"{always}: it treats missing data as breaching",
            observed="TreatMissingData breaching",
            wanted=_NO_ALARM,
            remedy=_NOT_BREACHING,
        )
    breach = evaluation.breach(rest)
    observed = f"the value is {rest} without an event; the threshold is {evaluation.condition}"
    if breach is None:
        return unknown(
            f"{evaluation.alarm} may be in ALARM even when nothing happens: {name} is {rest}"
            " without an event",
            observed=observed,
            wanted=_NO_ALARM,
        )
    if breach:
        return broken(
            f"{always}: {name} is {rest} without an event",
            observed=observed,
            wanted=_NO_ALARM,
            remedy="set the filter's default value to 0, or none, and the threshold above it",
        )
    return None


def _judge_periods(series: Series, evaluation: Evaluation) -> Judgement:
    """Return the answer for M of N, where the event's period breaches and the others do not."""
    several = evaluation.datapoints_to_alarm > 1
    if series.rest.value is None:
        return _with_no_other_points(evaluation, several)
    if series.rest.certain:
        return _with_every_point(evaluation, several)
    if several and evaluation.missing in ("ignore", "notBreaching"):
        return _needs_several_periods(evaluation)
    if several:
        return unknown(
            f"{evaluation.alarm} needs {evaluation.datapoints_to_alarm} breaching periods of"
            f" {evaluation.evaluation_periods}, and zeros may fill some of them",
            observed=evaluation.m_of_n,
            wanted="1 period",
            remedy=_ONE_OF_ONE,
        )
    if evaluation.missing == "breaching":
        return unknown(
            f"{evaluation.alarm} treats missing data as breaching: only zeros keep it out of ALARM",
            observed="TreatMissingData breaching",
            wanted=_NO_ALARM,
            remedy=_NOT_BREACHING,
        )
    return ok()


def _with_no_other_points(evaluation: Evaluation, several: bool) -> Judgement:
    if evaluation.missing == "notBreaching":
        return _needs_several_periods(evaluation) if several else ok()
    if evaluation.missing == "missing":
        delay = (evaluation.datapoints_to_alarm - 1) * evaluation.period
        return ok(f"{evaluation.alarm} notifies {delay} s late" if several else "")
    if several:
        return _needs_several_periods(evaluation)
    return broken(
        f"{evaluation.alarm} stays in ALARM after one event (TreatMissingData is ignore), so later"
        " events send no notification",
        observed="TreatMissingData ignore",
        wanted="a return to OK after an event",
        remedy=_NOT_BREACHING,
    )


def _with_every_point(evaluation: Evaluation, several: bool) -> Judgement:
    if several:
        return _needs_several_periods(evaluation)
    if (evaluation.evaluation_periods - 1) * evaluation.period >= LATEST:
        return ok()
    return unknown(
        f"{evaluation.alarm} may miss a late record: FILL adds a data point before it, and the"
        " alarm looks back too shortly",
        observed=f"1 of {evaluation.evaluation_periods} periods of {evaluation.period} s",
        wanted=f"1 of N periods that look back {LATEST} s",
        remedy="remove FILL, or raise EvaluationPeriods and keep DatapointsToAlarm at 1",
    )


def _needs_several_periods(evaluation: Evaluation) -> Judgement:
    return broken(
        f"{evaluation.alarm} needs {evaluation.datapoints_to_alarm} breaching periods of"
        f" {evaluation.evaluation_periods}; one event fills only one",
        observed=evaluation.m_of_n,
        wanted="1 period",
        remedy=_ONE_OF_ONE,
    )
