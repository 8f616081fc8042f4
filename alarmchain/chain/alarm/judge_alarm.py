"""Would one event make a metric alarm ring?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alarmchain.chain.alarm.evaluation import judge_series
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, unknown
from alarmchain.chain.metric.metric_signal import Metric, MetricSignal
from alarmchain.chain.metric.statistic import observe, percentile, units
from alarmchain.chain.metric.time_series import Undecided
from alarmchain.chain.metric_math.metric_math import MetricMath

__all__ = ["MetricAlarm", "judge_alarm"]


def judge_alarm(
    alarm: MetricAlarm, signals: Mapping[Metric, MetricSignal], now: float
) -> Judgement:
    """Whether one event that writes `signals` brings the alarm to ALARM by a transition.

    A metric that is not among the signals may hold anything; one that surely stays silent is there
    with no contributions. `now`: when the alarm was read, epoch seconds.
    """
    rings = _rings(alarm, signals)
    if rings.status is Status.OK:
        rings = _among_others(alarm, signals, rings)
    return all_of((rings, alarm.standing.judge(now, alarm.limit)))


def _among_others(
    alarm: MetricAlarm, signals: Mapping[Metric, MetricSignal], alone: Judgement
) -> Judgement:
    """What holds of the event alone must hold as well when others come in its period; and where
    several periods must breach, in one with nothing but others."""
    periods = [signals]
    if alarm.datapoints_to_alarm != 1:
        silent = {metric: replace(one, sure=(), maybe=()) for metric, one in signals.items()}
        periods += [
            {**silent, metric: replace(silent[metric], sure=(other,))}
            for metric, one in signals.items()
            for other in one.others
        ]
    found = [_rings(alarm, one, busy=True) for one in periods]
    held = next((one for one in found if one.status is not Status.OK), None)
    if held is None:
        return alone
    return unknown(
        "may stay silent when other events come soon before or after",
        observed=held.reason,
        wanted="an alarm that more events cannot hold back",
        remedy="alarm on Sum >= 1 of a metric to which all filters write 1",
    )


def _rings(
    alarm: MetricAlarm, signals: Mapping[Metric, MetricSignal], *, busy: bool = False
) -> Judgement:
    if alarm.not_followed:
        return unknown(alarm.not_followed)
    watched = alarm.watches()
    if alarm.metric is None and not alarm.queries:
        return unknown("names no metric: what it watches can't be followed")
    if not any(one in signals for one in watched):
        return _watches_another(alarm, watched, signals)
    try:
        if alarm.metric is not None:
            return _rings_on_metric(alarm, signals[alarm.metric], busy)
        return _rings_on_math(alarm, signals, busy)
    except Undecided as why:
        return unknown(str(why))


def _rings_on_math(
    alarm: MetricAlarm, signals: Mapping[Metric, MetricSignal], busy: bool
) -> Judgement:
    math = MetricMath(alarm.queries, signals, alarm.account, busy=busy)
    if alarm.low_samples == "ignore" and any(percentile(one.statistic) for one in alarm.queries):
        raise Undecided("metric math on percentiles that ignore low sample counts")
    doubts = (signals[one].doubt for one in alarm.watches() if one in signals)
    doubt = next((one for one in doubts if one), "")
    return judge_series(math.watched(), alarm.terms(math.period), math.label, doubt)


def _rings_on_metric(alarm: MetricAlarm, signal: MetricSignal, busy: bool) -> Judgement:
    writes = units(signal)
    if alarm.unit and writes and alarm.unit not in writes:
        wrong = "no unit" if writes == ("None",) else clip(", ".join(writes))
        return broken(
            f"alarm's Unit is {alarm.unit}, the filter writes {wrong}",
            observed=f"Unit {alarm.unit}",
            wanted="no Unit",
            remedy="remove Unit from the alarm",
        )
    if not alarm.statistic:
        raise Undecided("names no statistic")
    if alarm.low_samples == "ignore" and percentile(alarm.statistic) is not None:
        return _low_samples(alarm.statistic)
    series = observe(signal, alarm.statistic, alarm.unit, busy=busy)
    return judge_series(series, alarm.terms(alarm.period), alarm.statistic, signal.doubt)


def _low_samples(statistic: str) -> Judgement:
    """The state does not change with fewer than 10/(1-p), or 10/p, samples (user guide)."""
    if percentile(statistic) == 100:
        raise Undecided("p100 that ignores low sample counts is undocumented")
    return broken(
        f"one sample is too few for {statistic}: low sample counts are ignored",
        observed="EvaluateLowSampleCountPercentile ignore",
        wanted="EvaluateLowSampleCountPercentile evaluate",
        remedy="use the statistic Sum",
    )


def _watches_another(
    alarm: MetricAlarm, watched: Iterable[Metric], signals: Mapping[Metric, MetricSignal]
) -> Judgement:
    """Namespaces, names and dimensions must be equal, in one region and account."""
    mine = [_full(one) for one in watched] or [
        f"{_full(one.metric)} of {one.account}" for one in alarm.queries if one.metric
    ]
    theirs = [_full(one) for one in signals]
    if not mine:
        return unknown("watches no metric by name: its expression can't be followed")
    return broken(
        f"watches {clip(mine[0], 44)}, the filter writes {clip(', '.join(theirs) or 'none', 44)}",
        observed=", ".join(mine),
        wanted=", ".join(theirs),
        remedy="let the alarm watch the metric that the filter writes",
    )


def _full(metric: Metric) -> str:
    pairs = ", ".join(f"{name}={value}" for name, value in metric.dimensions)
    return f"{metric.namespace} {metric.name}" + (f" {{{pairs}}}" if pairs else "")
