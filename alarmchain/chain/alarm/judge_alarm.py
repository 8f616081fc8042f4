"""Does one event bring a metric alarm to ALARM?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alarmchain.chain.alarm.evaluation import is_in_alarm_at_rest, judge_series
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, unknown
from alarmchain.chain.metric.metric_signal import Metric, MetricSignal
from alarmchain.chain.metric.statistic import percentile, statistic_series, units
from alarmchain.chain.metric.time_series import Undecided
from alarmchain.chain.metric_math.metric_math import MetricMath

Signals = Mapping[Metric, MetricSignal]


def judge_alarm(alarm: MetricAlarm, signals: Signals, now: float) -> Judgement:
    """Return whether one event that writes `signals` brings the alarm to ALARM by a transition.

    A metric that is not among the signals may have any value; a metric that surely gets no data has
    a signal without contributions. `now`: when the alarm was read, epoch seconds.
    """
    verdict = _judge_definition(alarm, signals)
    if verdict.status is Status.OK:
        verdict = _judge_with_other_events(alarm, signals, verdict)
    else:
        verdict = _blame_routine(alarm, signals, verdict)
    if verdict.status is Status.OK:
        verdict = _judge_with_possible(alarm, signals, verdict)
    return all_of((verdict, alarm.state.judge(alarm.called, now, alarm.longest_alarm)))


def is_in_alarm_without_event(alarm: MetricAlarm, signals: Signals) -> bool | None:
    """Return whether the alarm is in ALARM without an event, None if that is not known.

    `signals`: the data that its metrics receive without an event, for those to which metric filters
    write. An alarm on other metrics is assumed to be at rest.
    """
    if not signals:
        return False
    with_possible = {metric: _with_possible(signal) for metric, signal in signals.items()}
    answers = {_rests(alarm, case) for case in (signals, with_possible)}
    return answers.pop() if len(answers) == 1 else None


def _rests(alarm: MetricAlarm, signals: Signals) -> bool | None:
    if alarm.unsupported:
        return None
    try:
        if alarm.metric is not None:
            series = statistic_series(signals[alarm.metric], alarm.statistic, alarm.unit)
            evaluation = alarm.evaluation(alarm.period)
        else:
            math = MetricMath(alarm.queries, signals, alarm.account)
            series, evaluation = math.watched(), alarm.evaluation(math.period)
    except Undecided:
        return None
    return is_in_alarm_at_rest(series, evaluation)


def _blame_routine(alarm: MetricAlarm, signals: Signals, verdict: Judgement) -> Judgement:
    """Return the verdict; it blames the filters of routine records if they are the only fault."""
    names = (signal.routine_writers for signal in signals.values())
    writers = next((name for name in names if name), "")
    alone = {metric: replace(signal, routine=()) for metric, signal in signals.items()}
    if not writers or _judge_definition(alarm, alone).status is not Status.OK:
        return verdict
    also = f"{writers} also count{'' if writers.startswith('metric filters') else 's'}"
    effect = "stays in ALARM" if verdict.status is Status.BROKEN else "may stay in ALARM"
    return replace(
        verdict,
        reason=f"{also} routine calls, so {alarm.called} {effect}",
        observed=verdict.observed,
        wanted="an alarm that counts the calls to watch and little else",
        remedy=f"narrow {writers} to the calls to watch",
    )


def _judge_with_possible(alarm: MetricAlarm, signals: Signals, alone: Judgement) -> Judgement:
    """Return `alone`, the answer so far, if what filters may write all day cannot change it."""
    if not any(signal.possible for signal in signals.values()):
        return alone
    with_possible = {metric: _with_possible(signal) for metric, signal in signals.items()}
    verdict = _judge_definition(alarm, with_possible)
    if verdict.status is Status.OK:
        return alone
    doubtful = next(signal for signal in signals.values() if signal.possible)
    return unknown(
        doubtful.possible_reason,
        observed=verdict.observed,
        wanted="no other records that the alarm's metric counts",
        remedy=doubtful.possible_remedy,
    )


def _with_possible(signal: MetricSignal) -> MetricSignal:
    return replace(signal, routine=(*signal.routine, *signal.possible), possible=())


def _judge_with_other_events(alarm: MetricAlarm, signals: Signals, alone: Judgement) -> Judgement:
    """Return `alone`, the answer for the event by itself, if other events cannot change it.

    They may come in the same period; and if several periods must breach, in a period of their own.
    """
    cases = [signals]
    if alarm.datapoints_to_alarm != 1:
        silent = {m: replace(signal, sure=(), maybe=()) for m, signal in signals.items()}
        cases += [
            {**silent, metric: replace(silent[metric], sure=(contribution,))}
            for metric, signal in signals.items()
            for contribution in signal.others
        ]
    verdicts = [_judge_definition(alarm, case, busy=True) for case in cases]
    failure = next((verdict for verdict in verdicts if verdict.status is not Status.OK), None)
    if failure is None:
        return alone
    return unknown(
        f"{alarm.called} may not go to ALARM if other events come shortly before or after",
        observed=failure.observed,
        wanted="an alarm that goes to ALARM whatever other events come",
        remedy="alarm on Sum >= 1 of a metric to which all filters write 1",
    )


def _judge_definition(alarm: MetricAlarm, signals: Signals, *, busy: bool = False) -> Judgement:
    """Return whether the event brings the alarm to ALARM by its definition, whatever its state.

    `busy`: any number of other events come in the event's period.
    """
    name = alarm.called
    if alarm.unsupported:
        return unknown(f"{name} {alarm.unsupported}, which is not supported")
    watched = alarm.watches()
    if alarm.metric is None and not alarm.queries:
        return unknown(f"{name} names no metric, which is not supported")
    if not any(metric in signals for metric in watched):
        return _watches_another_metric(alarm, watched, signals)
    try:
        if alarm.metric is not None:
            return _judge_metric(alarm, signals[alarm.metric], busy)
        return _judge_math(alarm, signals, busy)
    except Undecided as obstacle:
        return unknown(f"{name} cannot be judged: {obstacle}", observed=str(obstacle))


def _judge_math(alarm: MetricAlarm, signals: Signals, busy: bool) -> Judgement:
    math = MetricMath(alarm.queries, signals, alarm.account, busy=busy)
    ignores_few = alarm.low_samples == "ignore"
    if ignores_few and any(percentile(query.statistic) for query in alarm.queries):
        raise Undecided("metric math on percentiles that ignores low sample counts")
    return judge_series(math.watched(), alarm.evaluation(math.period), math.label)


def _judge_metric(alarm: MetricAlarm, signal: MetricSignal, busy: bool) -> Judgement:
    written = units(signal)
    if alarm.unit and written and alarm.unit not in written:
        unit = "no unit" if written == ("None",) else clip(", ".join(written))
        return broken(
            f"{alarm.called} has the Unit {alarm.unit}, but the filter writes {unit}",
            observed=f"Unit {alarm.unit}",
            wanted="no Unit",
            remedy=f"remove Unit from {alarm.called}",
        )
    if not alarm.statistic:
        raise Undecided("it names no statistic")
    if alarm.low_samples == "ignore" and percentile(alarm.statistic) is not None:
        return _judge_low_samples(alarm)
    series = statistic_series(signal, alarm.statistic, alarm.unit, busy=busy)
    evaluation = alarm.evaluation(alarm.period)
    return judge_series(series, evaluation, alarm.statistic)


def _judge_low_samples(alarm: MetricAlarm) -> Judgement:
    """Return broken: with fewer than 10/(1-p), or 10/p, samples the state does not change.

    Source: CloudWatch user guide, "Percentile-based alarms and low data samples".
    """
    if percentile(alarm.statistic) == 100:
        raise Undecided("p100 that ignores low sample counts is undocumented")
    return broken(
        f"{alarm.called} ignores low sample counts, and one sample is too few for"
        f" {alarm.statistic}",
        observed="EvaluateLowSampleCountPercentile ignore",
        wanted="EvaluateLowSampleCountPercentile evaluate",
        remedy="use the statistic Sum",
    )


def _watches_another_metric(
    alarm: MetricAlarm, watched: Iterable[Metric], signals: Signals
) -> Judgement:
    """Return broken: a metric is the same only with the same namespace, name and dimensions, in
    the same region and account."""
    read = [_shown(metric) for metric in watched] or [
        f"{_shown(query.metric)} of {query.account}" for query in alarm.queries if query.metric
    ]
    written = [_shown(metric) for metric in signals]
    if not read:
        return unknown(f"{alarm.called} names no metric in its expressions, which is not supported")
    varies = any(value.startswith("$") for metric in signals for _, value in metric.dimensions)
    return broken(
        f"{alarm.called} watches {clip(read[0], 44)}, but the filter writes"
        f" {clip(', '.join(written) or 'none', 44)}",
        observed=", ".join(read),
        wanted=", ".join(written),
        remedy="remove the dimensions, whose values differ between records, from the metric filter"
        if varies
        else f"let {alarm.called} watch the metric that the filter writes",
    )


def _shown(metric: Metric) -> str:
    pairs = ", ".join(f"{name}={value}" for name, value in metric.dimensions)
    return f"{metric.namespace} {metric.name}" + (f" {{{pairs}}}" if pairs else "")
