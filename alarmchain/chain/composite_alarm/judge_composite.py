"""Does a composite alarm go to ALARM when alarms of the chain do, and do its actions run?

Sources: CloudWatch API reference, PutCompositeAlarm; CloudWatch user guide, "Composite alarms"
and "Suppressing composite alarm actions". At rest no alarm is in ALARM; when the event comes, the
alarms that are not triggered may be in any state.
"""

from collections.abc import Callable, Collection

from alarmchain.chain.alarm.alarm_state import DAY
from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.composite_alarm import alarm_rule
from alarmchain.chain.composite_alarm.alarm_rule import Rule
from alarmchain.chain.composite_alarm.child_states import ChildStates, States, resolve
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, ok, unknown
from alarmchain.three_valued import NO, YES, Truth, doubt


def judge_transition(composite: CompositeAlarm, children: ChildStates, now: float) -> Judgement:
    """Return whether the event brings it to ALARM by a transition, under every reading of its rule.

    `now`: when the alarms were read, epoch seconds.
    """
    if not composite.rules:
        return unknown(
            f"the rule of {composite.called} cannot be read: {clip(composite.rule_error, 80)}"
        )
    verdicts = [_judge_reading(composite, rule, children, now) for rule in composite.rules]
    if len({verdict.status for verdict in verdicts}) > 1:
        return unknown(
            f"the rule of {composite.called} mixes AND and OR without parentheses",
            remedy=f"add parentheses to the rule of {composite.called}",
        )
    limit = max([DAY, *(children.longest_alarm(child) for child in composite.children())])
    return all_of((verdicts[0], composite.state.judge(composite.called, now, limit)))


def is_true_without_event(composite: CompositeAlarm, children: ChildStates) -> bool | None:
    """Return whether it is in ALARM without an event, None if that is not known."""
    rules = [_truth(rule, composite.arn, children.at_rest) for rule in composite.rules]
    if rules and all(rule.is_yes for rule in rules):
        return True
    return False if rules and all(rule.is_no for rule in rules) else None


def judge_suppressor(composite: CompositeAlarm, children: ChildStates) -> Judgement:
    """Return whether its actions run; a suppressor may suppress them at any time."""
    if not composite.suppressor:
        return ok()
    state = children.state(composite.suppressor)
    suppressor, actions = f"alarm {quote(composite.suppressor)}", f"actions of {composite.called}"
    remedy = f"remove the ActionsSuppressor of {composite.called}"
    if composite.suppressor in children.triggered:
        return broken(
            f"{suppressor} suppresses the {actions}, and goes to ALARM with it", remedy=remedy
        )
    if composite.suppressed or (state is not None and state.value == "ALARM"):
        return broken(
            f"{suppressor} is in ALARM and suppresses the {actions}",
            observed="ALARM",
            remedy=remedy,
        )
    return unknown(f"{suppressor} can suppress the {actions}", remedy=remedy)


def _judge_reading(
    composite: CompositeAlarm, rule: Rule, children: ChildStates, now: float
) -> Judgement:
    """Return the answer for one reading of the composite's rule."""
    at_rest = _truth(rule, composite.arn, children.at_rest)
    if at_rest.is_yes:
        return broken(
            f"{composite.called} is in ALARM even when nothing happens: its rule is true without"
            " an event",
            wanted="a rule that is false without an event",
            remedy=f"fix the rule of {composite.called}",
        )
    if not at_rest.is_no:
        return unknown(
            f"the rule of {composite.called} may be true without an event, depending on"
            f" {_names(at_rest)}"
        )
    held = _judge_now(composite, rule, children, now)
    return _judge_event(composite, rule, children) if held is None else held


def _judge_now(
    composite: CompositeAlarm, rule: Rule, children: ChildStates, now: float
) -> Judgement | None:
    """Return what keeps the composite in ALARM now, None if nothing does.

    If alarms that are not triggered keep it in ALARM, the event causes no transition.
    """
    if not _truth(rule, composite.arn, children.now).is_yes:
        return None
    for child in composite.children():
        state = children.state(child)
        if child in children.triggered or state is None or state.value != "ALARM":
            continue
        name = f"alarm {quote(child)}"
        stuck = state.judge(name, now, children.longest_alarm(child))
        reason = f"{name} keeps {composite.called} in ALARM"
        if stuck.status is Status.BROKEN:
            return broken(reason, observed=stuck.observed, remedy=stuck.remedy)
        return unknown(f"{reason} now")
    return unknown(f"other alarms keep {composite.called} in ALARM now")


def _judge_event(composite: CompositeAlarm, rule: Rule, children: ChildStates) -> Judgement:
    """Return whether the triggered alarms make the rule true."""
    triggered = [child for child in composite.children() if child in children.triggered]
    for child in triggered:
        if _truth_with(rule, composite, children.anytime, [child]).is_yes:
            return ok()
    together = _truth_with(rule, composite, children.anytime, triggered)
    if together.is_yes:
        timings = {children.timing(child) for child in triggered}
        if len(timings) == 1 and None not in timings:
            return ok()
        return unknown(
            f"{composite.called} needs several alarms in ALARM at once, which may go there at"
            " different times"
        )
    for states in (children.during, children.during_as_now):
        if _truth(rule, composite.arn, states).is_no:
            return _stays_false(composite, triggered, children)
    if together.is_no:
        return unknown(
            f"the rule of {composite.called} can be true only while its alarms change one by one"
        )
    return unknown(f"{_names(together)} can keep the rule of {composite.called} false")


def _stays_false(
    composite: CompositeAlarm, triggered: list[str], children: ChildStates
) -> Judgement:
    others = [quote(child) for child in composite.children() if child not in children.triggered]
    if not triggered:
        reason = f"the rule of {composite.called} refers to no alarm that the event triggers"
    elif others:
        reason = (
            f"the rule of {composite.called} stays false: it also depends on"
            f" {clip(', '.join(others))}"
        )
    else:
        reason = f"the rule of {composite.called} stays false when the event comes"
    rule = " OR ".join(f'ALARM("{child}")' for child in triggered)
    return broken(
        reason,
        wanted="a rule that is true when any one of its alarms is in ALARM",
        remedy=f"change the rule to {clip(rule, 80) or 'ALARM(...) of an alarm that is triggered'}",
    )


def _truth_with(
    rule: Rule,
    composite: CompositeAlarm,
    states: Callable[[str], States],
    triggered: Collection[str],
) -> Truth:
    """Return whether the rule is true while the `triggered` alarms are in ALARM."""
    in_alarm = frozenset({"ALARM"})
    return _truth(rule, composite.arn, lambda name: in_alarm if name in triggered else states(name))


def _truth(rule: Rule, arn: str, states: Callable[[str], States]) -> Truth:
    """Return whether the rule of the alarm `arn` is true, whichever of its possible states each
    alarm has."""

    def in_state(reference: str, state: str) -> Truth:
        name = resolve(reference, arn)
        possible = states(name)
        if state not in possible:
            return NO
        return YES if len(possible) == 1 else doubt(f"alarm {quote(name)}")

    return alarm_rule.holds(rule, in_state)


def _names(verdict: Truth) -> str:
    return clip(", ".join(sorted(verdict.doubts)), 70)
