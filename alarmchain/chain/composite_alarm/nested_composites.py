"""Composite alarms of composite alarms."""

from collections.abc import Collection, Iterable, Mapping

from alarmchain.chain.composite_alarm.child_states import ChildStates, Item
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.composite_alarm.judge_composite import judge_suppressor, judge_transition
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, unknown


def judge_composites(
    composites: Iterable[CompositeAlarm],
    ringing: Collection[str],
    states: Mapping[str, Item],
    now: float,
    maybe: Collection[str] = (),
) -> dict[str, Judgement]:
    """judge_composite for all composites of a region, by name, whatever their nesting.

    One in a cycle is broken: CloudWatch stops evaluating when it finds a cycle [B].
    """
    known = {one.name: one for one in composites}
    found: dict[str, Judgement] = {}
    looped = _on_cycles(known)
    beside = next((one.arn for one in known.values()), "")
    around = ChildStates(beside, ringing, maybe, states)
    for composite in _children_first(known):
        if composite.name in looped:
            verdict = broken(
                "is part of a cycle of composite alarms: CloudWatch stops evaluating it",
                remedy="change the rule that closes the cycle",
            )
        elif looped & set(composite.children()):
            verdict = unknown("refers to a cycle of composite alarms")
        else:
            verdict = judge_transition(composite, around, now)
        if verdict.status is Status.OK:
            around.ringing.add(composite.name)
        elif verdict.status is Status.UNKNOWN:
            around.maybe.add(composite.name)
        found[composite.name] = all_of((verdict, judge_suppressor(composite, around)))
    return found


def _children_first(known: Mapping[str, CompositeAlarm]) -> list[CompositeAlarm]:
    """Each composite after those to which it refers (but for cycles), without recursion."""
    order: dict[str, CompositeAlarm] = {}
    seen: set[str] = set()
    for name in known:
        stack = [name]
        while stack:
            top = stack[-1]
            ahead = [] if top in seen else [c for c in known[top].children() if c in known]
            seen.add(top)
            stack.extend(one for one in ahead if one not in seen)
            if stack[-1] == top:
                order.setdefault(stack.pop(), known[top])
    return list(order.values())


def _on_cycles(known: Mapping[str, CompositeAlarm]) -> set[str]:
    """The composites that reach themselves."""
    links = {name: [c for c in one.children() if c in known] for name, one in known.items()}

    def reaches_itself(name: str) -> bool:
        reached, waiting = set[str](), list(links[name])
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting.extend(links[one])
        return name in reached

    return {name for name in links if links[name] and reaches_itself(name)}
