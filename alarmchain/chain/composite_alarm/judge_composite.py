"""A composite alarm: would it ring when alarms of our chain do?

Facts: botocore's PutCompositeAlarm, CloudWatch user guide "Composite alarms", "Alarm suppression".
At rest no alarm is in ALARM; when the event comes, the alarms that are not ours may be anywhere.
"""

from collections.abc import Callable, Collection, Mapping

from alarmchain.chain.alarm.alarm_state import DAY
from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.composite_alarm import alarm_rule
from alarmchain.chain.composite_alarm.alarm_rule import Rule
from alarmchain.chain.composite_alarm.child_states import ChildStates, Item, resolve
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok, unknown
from alarmchain.three_valued import NO, YES, Truth, doubt

__all__ = ["CompositeAlarm", "judge_composite", "judge_suppressor", "judge_transition"]


def judge_composite(
    composite: CompositeAlarm,
    ringing: Collection[str],
    states: Mapping[str, Item],
    now: float,
    maybe: Collection[str] = (),
) -> Judgement:
    """Whether the composite goes to ALARM by a transition, and unsuppressed, with the event.

    `ringing`: names or ARNs of the alarms that surely go to ALARM with it, `maybe`: of those that
    may. `states`: by name or ARN, the DescribeAlarms items of the alarms that were read.
    """
    around = ChildStates(composite.arn, ringing, maybe, states)
    return all_of((judge_transition(composite, around, now), judge_suppressor(composite, around)))


def judge_transition(composite: CompositeAlarm, around: ChildStates, now: float) -> Judgement:
    """Whether it goes to ALARM, under all readings of its rule alike."""
    if not composite.rules:
        return unknown(clip(composite.problem, 100))
    found = [_by_rule(composite, rule, around, now) for rule in composite.rules]
    if len({one.status for one in found}) > 1:
        return unknown(
            "its rule mixes AND and OR without parentheses",
            remedy="add parentheses to the rule",
        )
    return all_of((found[0], composite.standing.judge(now, _limit(composite, around))))


def _limit(composite: CompositeAlarm, around: ChildStates) -> float:
    return max([DAY, *(around.limit(one) for one in composite.children())])


def _by_rule(composite: CompositeAlarm, rule: Rule, around: ChildStates, now: float) -> Judgement:
    at_rest = _truth(rule, composite.arn, around.at_rest)
    if at_rest.is_yes:
        return broken(
            "stands in ALARM at rest: its rule is true without an event",
            wanted="a rule that is false without an event",
            remedy="mend its rule",
        )
    if not at_rest.is_no:
        return unknown(f"its rule may be true at rest: hangs on {_names(at_rest)}")
    held = _held(composite, rule, around, now)
    return _on_event(composite, rule, around) if held is None else held


def _held(
    composite: CompositeAlarm, rule: Rule, around: ChildStates, now: float
) -> Judgement | None:
    """Whether alarms that are not ours hold it in ALARM now: then an event is no transition."""
    if not _truth(rule, composite.arn, around.now).is_yes:
        return None
    for child in composite.children():
        standing = around.standing(child)
        if child in around.ringing or standing is None or standing.state != "ALARM":
            continue
        verdict = standing.judge(now, around.limit(child))
        reason = f"alarm {quote(child)} holds it in ALARM"
        if verdict.status is Status.BROKEN:
            return broken(reason, observed=verdict.observed, remedy=verdict.remedy)
        return unknown(f"{reason} now")
    return unknown("other alarms hold it in ALARM now")


def _on_event(composite: CompositeAlarm, rule: Rule, around: ChildStates) -> Judgement:
    ours = [child for child in composite.children() if child in around.ringing]
    for alone in ours:
        if _with(rule, composite, around.anywhere, [alone]).is_yes:
            return ok()
    together = _with(rule, composite, around.anywhere, ours)
    if together.is_yes:
        timings = {around.timing(child) for child in ours}
        if len(timings) == 1 and None not in timings:
            return ok()
        return unknown("needs several alarms at once, which may ring at different times")
    for states in (around.during, around.during_as_now):
        if _truth(rule, composite.arn, states).is_no:
            return _stays_false(composite, ours, around)
    if together.is_no:
        return unknown("its rule is true, if at all, only while its alarms change one by one")
    return unknown(f"{_names(together)} can keep its rule false")


def _stays_false(composite: CompositeAlarm, ours: list[str], around: ChildStates) -> Judgement:
    others = [quote(one) for one in composite.children() if one not in around.ringing]
    if not ours:
        reason = "its rule refers to no alarm that rings"
    elif others:
        reason = f"its rule stays false: it hangs on {clip(', '.join(others))} too"
    else:
        reason = "its rule stays false with the event"
    return broken(
        reason,
        wanted="a rule that is true with each of its alarms in ALARM",
        remedy="let the rule be ALARM(...) of the alarm",
    )


def judge_suppressor(composite: CompositeAlarm, around: ChildStates) -> Judgement:
    """Whether its actions run: not while the suppressor is in ALARM, or awaited."""
    name = composite.suppressor
    if not name:
        return ok()
    standing = around.standing(name)
    remedy = "remove its ActionsSuppressor"
    if name in around.ringing:
        return broken(f"alarm {quote(name)} suppresses it, and rings too", remedy=remedy)
    if composite.suppressed or (standing is not None and standing.state == "ALARM"):
        return broken(
            f"alarm {quote(name)} is in ALARM and suppresses its actions",
            observed="ALARM",
            remedy=remedy,
        )
    return unknown(f"alarm {quote(name)} can suppress its actions", remedy=remedy)


def _with(
    rule: Rule,
    composite: CompositeAlarm,
    states: Callable[[str], frozenset[str]],
    ringing: Collection[str],
) -> Truth:
    alarm = frozenset({"ALARM"})
    return _truth(rule, composite.arn, lambda one: alarm if one in ringing else states(one))


def _truth(rule: Rule, arn: str, states: Callable[[str], frozenset[str]]) -> Truth:
    def in_state(reference: str, state: str) -> Truth:
        name = resolve(reference, arn)
        possible = states(name)
        if state not in possible:
            return NO
        return YES if len(possible) == 1 else doubt(f"alarm {quote(name)}")

    return alarm_rule.holds(rule, in_state)


def _names(verdict: Truth) -> str:
    return clip(", ".join(sorted(verdict.doubts)), 70)
