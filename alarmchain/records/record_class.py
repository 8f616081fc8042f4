"""Classes of CloudTrail records: all records that the schema allows, with some fields known.

A class is what a proof ranges over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from alarmchain.records.record_fields import ABSENT, Json
from alarmchain.records.schema import RECORD_KINDS, RecordKind, is_valid


@dataclass(frozen=True)
class RecordClass:
    """Records whose top-level fields have the `known` values: (field, value) pairs.

    A value is a JSON scalar or ABSENT. `pattern`, a filter pattern's text, says which records
    belong to the class besides; "" for all. Records that the filter pattern `exempted` surely
    matches do not belong to it; "" for none. `name` is what people call the class; for an API call
    it is the event's name. `events`: so many records of the class within a period of an alarm must
    make the alarm go off.
    """

    name: str
    known: tuple[tuple[str, Json], ...] = ()
    pattern: str = ""
    exempted: str = ""
    events: int = 1

    @property
    def noun(self) -> str:
        """What a message calls the class: a call, or a class of records without a call's name."""
        return "call" if "eventName" in self.values else "class"

    @property
    def members(self) -> str:
        """What a message calls the records of the class."""
        return "calls" if self.noun == "call" else "records"

    @cached_property
    def fields(self) -> Mapping[str, Json]:
        """The known fields by name."""
        return dict(self.known)

    @cached_property
    def values(self) -> Mapping[str, Json]:
        """The fields that are known to be present, by name."""
        return {name: value for name, value in self.known if value is not ABSENT}

    @cached_property
    def kinds(self) -> tuple[RecordKind, ...]:
        """The kinds of records that the class may hold."""
        event_type = self.values.get("eventType")
        return tuple(
            kind for kind in RECORD_KINDS if event_type is None or kind.includes(event_type)
        )

    def allows(self, record: Mapping[str, Json]) -> bool:
        """Return whether the schema and the known fields allow the record; `pattern` apart."""
        if not all(_equal(record.get(name, ABSENT), value) for name, value in self.known):
            return False
        event_type = record.get("eventType")
        return isinstance(event_type, str) and any(
            kind.includes(event_type) and is_valid(record, kind.shape) for kind in self.kinds
        )


def _equal(value: Json, known: Json) -> bool:
    return type(value) is type(known) and bool(value == known)


SIGN_IN_SOURCE = "signin.amazonaws.com"
"""The event source of the console's sign-in."""


def api_call(
    event_source: str,
    event_name: str,
    *,
    region: str | None = "us-east-1",
    account: str | None = "123456789012",
    read_only: bool | None = False,
    failed: bool | None = False,
    exempted: str = "",
    events: int = 1,
) -> RecordClass:
    """Return the class of all records of one management API call in one region and account.

    None for `region`, `account`, `read_only` or `failed` leaves that open. A call that did not fail
    has neither errorCode nor errorMessage. What the console's sign-in records has several event
    types. Source: CloudTrail user guide, "CloudTrail record contents" and "AWS Management Console
    sign-in events".
    """
    known: dict[str, Json] = {"eventSource": event_source, "eventName": event_name}
    if event_source != SIGN_IN_SOURCE:
        known["eventType"] = "AwsApiCall"
    known |= _management_event(region, account)
    if read_only is not None:
        known["readOnly"] = read_only
    if failed is False:
        known |= {"errorCode": ABSENT, "errorMessage": ABSENT}
    return RecordClass(event_name, tuple(known.items()), exempted=exempted, events=events)


def matching_records(
    name: str,
    pattern: str,
    *,
    region: str | None,
    account: str | None,
    exempted: str = "",
    events: int = 1,
) -> RecordClass:
    """Return the class of all management events in one region and account that `pattern` matches.

    None for `region` or `account` leaves that open.
    """
    known = tuple(_management_event(region, account).items())
    return RecordClass(name, known, pattern, exempted, events)


def _management_event(region: str | None, account: str | None) -> dict[str, Json]:
    known: dict[str, Json] = {"eventCategory": "Management", "managementEvent": True}
    if region is not None:
        known["awsRegion"] = region
    if account is not None:
        known["recipientAccountId"] = account
    return known


ANY_RECORD = RecordClass("any record")
"""Every CloudTrail record there is."""
