"""Does the trail record every record of a class, by its event selectors?

Sources: CloudTrail API reference, EventSelector and GetEventSelectors; CloudTrail user guide,
"Logging management events" and "About global service events".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import clip, strings
from alarmchain.chain.judgement import Judgement, any_of, broken, ok, unknown
from alarmchain.chain.trail.advanced_event_selectors import judge_advanced_selector
from alarmchain.chain.trail.class_selection import has_record_of, is_of_sources, judge_class
from alarmchain.chain.trail.trail import Trail
from alarmchain.place import leader_region
from alarmchain.records.data_events import DATA_EVENTS
from alarmchain.records.record_class import RecordClass

REGIONAL = tuple(
    f"{service}.amazonaws.com"
    for service in ("cloudtrail", "config", "ec2", "kms", "organizations", "s3")
)
"""Event sources that surely do not belong to a global service.

Organizations' events are recorded in the leader region alone, and by every trail of that region.
S3 has regional endpoints, and AWS's records of bucket-level calls have the bucket's region as
awsRegion (S3 user guide, "CloudTrail log file entries for Amazon S3": PutBucketAcl,
DeleteBucketPolicy in us-west-2). CloudTrail names IAM, STS and CloudFront as global services
("Global service events"), not S3.
"""
GLOBAL = "iam.amazonaws.com"
"""An event source that surely belongs to one. Source: CloudTrail API reference, CreateTrail."""


def judge_selectors(trail: Trail, item: Mapping[str, Any], records: RecordClass) -> Judgement:
    """Return whether the trail records the class, by its basic or advanced event selectors.

    `item` holds "EventSelectors" and/or "AdvancedEventSelectors" as GetEventSelectors returns
    them. A record is recorded if any selector records it. A trail has selectors of one kind: if
    both are present, both must give the same answer.
    """
    basic = _selectors(item, "EventSelectors")
    advanced = _selectors(item, "AdvancedEventSelectors")
    if basic is None or advanced is None:
        return _unreadable(trail)
    if not basic and not advanced:
        return unknown(f"{trail.called} reports no event selectors")
    source, name = records.values.get("eventSource"), records.values.get("eventName")
    if (source, name) in DATA_EVENTS:
        return unknown(
            f"{name} is a data event; whether {trail.called} records it is not known",
            observed="selectors of data events are not supported",
            wanted="a management event",
            remedy=f"take {name} out of the required calls, and check its alarm by hand",
        )
    if source is None:
        by_kind = [
            judge_class(trail.called, selectors, records, advanced=selectors is advanced)
            for selectors in (basic, advanced)
            if selectors
        ]
        outside = not is_of_sources(records, REGIONAL)
    else:
        by_kind = [
            any_of(judgements, judgements[0])
            for judgements in (
                [_judge_basic_selector(trail, selector, records) for selector in basic],
                [judge_advanced_selector(trail.called, each, records) for each in advanced],
            )
            if judgements
        ]
        outside = source not in REGIONAL
    if len({judgement.status for judgement in by_kind}) > 1:
        return unknown(f"the basic and advanced event selectors of {trail.called} disagree")
    left_out = not trail.global_events and _may_hold_global_events(records)
    if left_out and not trail.multi_region and has_record_of(records, GLOBAL):
        return broken(
            f"{trail.called} leaves out global services, such as {GLOBAL}",
            observed="IncludeGlobalServiceEvents false",
            wanted="IncludeGlobalServiceEvents true",
            remedy=f"include global service events in {trail.called}",
        )
    if left_out and outside:
        return unknown(
            f"{trail.called} leaves out global services; whether"
            f" {source or 'the service'} is global is not known",
            observed="IncludeGlobalServiceEvents false",
            wanted="IncludeGlobalServiceEvents true",
            remedy=f"include global service events in {trail.called}",
        )
    return by_kind[0]


def _may_hold_global_events(records: RecordClass) -> bool:
    """Return whether the class's region may be the leader, which records global services.

    Source: CloudTrail user guide, "Global service events".
    """
    region = records.values.get("awsRegion")
    return not isinstance(region, str) or region == leader_region(region)


def _selectors(item: Mapping[str, Any], member: str) -> Sequence[Mapping[str, Any]] | None:
    """Return the selectors, () if there are none, None if they are not a list of structures."""
    value = item.get(member)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        return None
    return value


def _unreadable(trail: Trail) -> Judgement:
    return unknown(f"the event selectors of {trail.called} cannot be read")


def _judge_basic_selector(
    trail: Trail, selector: Mapping[str, Any], records: RecordClass
) -> Judgement:
    """Return whether one EventSelectors item records the call; absent members have defaults."""
    name = trail.called
    source, read_only = records.values["eventSource"], records.values.get("readOnly")
    remedy = f"record all management events on {name}"
    included = selector.get("IncludeManagementEvents")
    if included is False:
        return broken(
            f"{name} records no management events",
            observed="IncludeManagementEvents false",
            wanted="IncludeManagementEvents true",
            remedy=remedy,
        )
    excluded = strings(selector, "ExcludeManagementEventSources")
    kind = selector.get("ReadWriteType")
    sources = selector.get("ExcludeManagementEventSources")
    readable = sources is None or (
        isinstance(sources, list | tuple) and len(sources) == len(excluded)
    )
    if not readable or not (included is None or included is True):
        return _unreadable(trail)
    if source in excluded:
        return broken(
            f"{name} excludes {source}",
            observed=f"ExcludeManagementEventSources {source}",
            wanted=f"{source} not excluded",
            remedy=f"stop excluding {source} on {name}",
        )
    if kind in (None, "All"):
        return ok()
    if read_only is None or kind not in ("ReadOnly", "WriteOnly"):
        return unknown(
            f"{name} records only {clip(str(kind), 20)} events; whether"
            f" {records.values['eventName']} is one of them is not known",
            observed=f"ReadWriteType {kind}",
            wanted="ReadWriteType All",
            remedy=remedy,
        )
    if kind == ("ReadOnly" if read_only else "WriteOnly"):
        return ok()
    return broken(
        f"{name} records only {kind} events",
        observed=f"ReadWriteType {kind}",
        wanted="ReadWriteType All",
        remedy=remedy,
    )
