"""Does the trail record the call?

Sources: CloudTrail API reference (EventSelector, GetEventSelectors); CloudTrail user guide,
"Logging management events" and "About global service events".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import clip, quote, strings
from alarmchain.chain.judgement import Judgement, any_of, broken, ok, unknown
from alarmchain.chain.trail.advanced_event_selectors import selected
from alarmchain.chain.trail.trail import Trail
from alarmchain.control import Call

REGIONAL = tuple(f"{service}.amazonaws.com" for service in ("cloudtrail", "config", "ec2", "kms"))
"""Event sources that are surely none of a global service."""


def selects(trail: Trail, item: Mapping[str, Any], call: Call) -> Judgement:
    """Whether the trail records the call, by its event selectors, basic or advanced.

    `item` holds "EventSelectors" and/or "AdvancedEventSelectors" as GetEventSelectors returns
    them. A call is recorded if any selector records it. A trail has selectors of one kind: where
    both are told, both must record it.
    """
    basic = _selectors(item, "EventSelectors")
    advanced = _selectors(item, "AdvancedEventSelectors")
    name = quote(trail.name)
    if basic is None or advanced is None:
        return unknown(f"trail {name}: its event selectors can't be read")
    if not basic and not advanced:
        return unknown(f"trail {name} reports no event selectors")
    kinds = [
        any_of(found, found[0])
        for found in (
            [_basic(name, selector, call) for selector in basic],
            [selected(name, selector, call) for selector in advanced],
        )
        if found
    ]
    if len({one.status for one in kinds}) > 1:
        return unknown(f"trail {name}: its basic and advanced event selectors disagree")
    if not trail.global_events and call.event_source not in REGIONAL:
        return unknown(
            f"trail {name} leaves out global services; whether {call.event_source} is one is not"
            " known",
            observed="IncludeGlobalServiceEvents false",
            wanted="IncludeGlobalServiceEvents true",
            remedy=f"include global service events in trail {name}",
        )
    return kinds[0]


def _selectors(item: Mapping[str, Any], member: str) -> Sequence[Mapping[str, Any]] | None:
    """The selectors, none if there are none, None if they are no list of structures."""
    value = item.get(member)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
        return None
    return value


def _basic(name: str, selector: Mapping[str, Any], call: Call) -> Judgement:
    """Source: EventSelector of the CloudTrail API; absent members have recording defaults."""
    remedy = f"record all management events on trail {name}"
    included = selector.get("IncludeManagementEvents")
    if included is False:
        return broken(
            f"trail {name} records no management events",
            observed="IncludeManagementEvents false",
            wanted="IncludeManagementEvents true",
            remedy=remedy,
        )
    excluded = strings(selector, "ExcludeManagementEventSources")
    kind = selector.get("ReadWriteType")
    listed = selector.get("ExcludeManagementEventSources")
    readable = listed is None or (isinstance(listed, list | tuple) and len(listed) == len(excluded))
    if not readable or not (included is None or included is True):
        return unknown(f"trail {name}: its event selectors can't be read")
    if call.event_source in excluded:
        return broken(
            f"trail {name} excludes {call.event_source}",
            observed=f"ExcludeManagementEventSources {call.event_source}",
            wanted=f"{call.event_source} not excluded",
            remedy=f"stop excluding {call.event_source} on trail {name}",
        )
    if kind in (None, "All"):
        return ok("all management events")
    if call.read_only is None or kind not in ("ReadOnly", "WriteOnly"):
        return unknown(
            f"trail {name} records {clip(str(kind), 20)} events; whether {call.event_name} is one"
            " is not known",
            observed=f"ReadWriteType {kind}",
            wanted="ReadWriteType All",
            remedy=remedy,
        )
    if kind == ("ReadOnly" if call.read_only else "WriteOnly"):
        return ok(f"{kind} management events")
    return broken(
        f"trail {name} records {kind} events only",
        observed=f"ReadWriteType {kind}",
        wanted="ReadWriteType All",
        remedy=remedy,
    )
