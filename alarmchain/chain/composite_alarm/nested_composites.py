"""Judge all composite alarms of a region, also those that refer to other composite alarms.

Source: CloudWatch API reference, PutCompositeAlarm: CloudWatch stops evaluating a cycle of
composite alarms when it finds one.
"""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from alarmchain.chain.composite_alarm.child_states import ChildStates, Item
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.composite_alarm.judge_composite import (
    is_true_without_event,
    judge_suppressor,
    judge_transition,
)
from alarmchain.chain.judgement import Judgement, Status, all_of, broken, unknown


def judge_composites(
    composites: Iterable[CompositeAlarm],
    triggered: Collection[str],
    items: Mapping[str, Item],
    now: float,
    maybe: Collection[str] = (),
    without_event: Mapping[str, bool | None] = MappingProxyType({}),
) -> dict[str, Judgement]:
    """Return by name whether each composite goes to ALARM with the event, and its actions run.

    `triggered`: names or ARNs of the alarms that surely go to ALARM with the event; `maybe`: of
    those that may. `items`: by name or ARN, the DescribeAlarms items of the alarms that were read.
    `now`: when they were read, epoch seconds. `without_event`: the metric alarms that are in ALARM
    without an event (True), or may be (None).
    """
    by_name = {composite.name: composite for composite in composites}
    cyclic = _on_cycles(by_name)
    arn = next((composite.arn for composite in by_name.values()), "")
    children = ChildStates(arn, triggered, maybe, items, without_event)
    judged: dict[str, Judgement] = {}
    for composite in _children_first(by_name):
        if composite.name in cyclic:
            verdict = broken(
                f"{composite.called} is part of a cycle of composite alarms, which CloudWatch does"
                " not evaluate",
                remedy="change the rule that closes the cycle",
            )
        elif cyclic & set(composite.children()):
            verdict = unknown(f"{composite.called} refers to a cycle of composite alarms")
        else:
            verdict = judge_transition(composite, children, now)
            children.without_event[composite.name] = is_true_without_event(composite, children)
        if verdict.status is Status.OK:
            children.triggered.add(composite.name)
        elif verdict.status is Status.UNKNOWN:
            children.maybe.add(composite.name)
        judged[composite.name] = all_of((verdict, judge_suppressor(composite, children)))
    return judged


def _children_first(by_name: Mapping[str, CompositeAlarm]) -> list[CompositeAlarm]:
    """Return each composite after those to which it refers, but for cycles; without recursion."""
    order: dict[str, CompositeAlarm] = {}
    visited: set[str] = set()
    for name in by_name:
        stack = [name]
        while stack:
            top = stack[-1]
            children = () if top in visited else by_name[top].children()
            visited.add(top)
            stack.extend(c for c in children if c in by_name and c not in visited)
            if stack[-1] == top:
                order.setdefault(stack.pop(), by_name[top])
    return list(order.values())


def _on_cycles(by_name: Mapping[str, CompositeAlarm]) -> set[str]:
    """Return the names of the composites that refer to themselves, directly or through others."""
    links = {
        name: [child for child in composite.children() if child in by_name]
        for name, composite in by_name.items()
    }

    def reaches_itself(name: str) -> bool:
        reached, waiting = set[str](), list(links[name])
        while waiting:
            child = waiting.pop()
            if child not in reached:
                reached.add(child)
                waiting.extend(links[child])
        return name in reached

    return {name for name in links if links[name] and reaches_itself(name)}
