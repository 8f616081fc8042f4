"""Do several matching records within one period bring an alarm to ALARM, where one does not?

Source: CloudWatch user guide, "CloudWatch statistics definitions": a statistic is of all data of a
period.
"""

from dataclasses import replace

from alarmchain.chain.alarm.judge_alarm import Signals, judge_alarm
from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.judgement import Judgement, Status


def judge_events(
    alarm: MetricAlarm, signals: Signals, now: float, allowed: int
) -> tuple[Judgement, int]:
    """Return whether at most `allowed` events bring the alarm to ALARM, and how many it takes.

    `signals`: what one event writes. `now`: when the alarm was read, epoch seconds. The events come
    within one period of the alarm. If they are not enough, the judgement is that of one event.
    Every number of events from the needed one up to `allowed` must be enough.
    """
    alone = judge_alarm(alarm, signals, now)
    if alone.status is Status.OK or allowed == 1:
        return alone, 1
    needed, verdict = 0, alone
    for count in range(allowed, 1, -1):
        judgement = judge_alarm(alarm, _repeated(signals, count), now)
        if judgement.status is not Status.OK:
            break
        needed, verdict = count, judgement
    if not needed:
        return alone, 1
    note = f"{alarm.called} needs {needed} matching records within {_period(alarm)} s"
    reason = f"{note}; {verdict.reason}" if verdict.reason else note
    return replace(verdict, reason=reason), needed


def _repeated(signals: Signals, count: int) -> Signals:
    return {
        metric: replace(signal, sure=signal.sure * count, maybe=signal.maybe * count)
        for metric, signal in signals.items()
    }


def _period(alarm: MetricAlarm) -> int:
    return max([alarm.period or 0, *(query.period or 0 for query in alarm.queries)])
