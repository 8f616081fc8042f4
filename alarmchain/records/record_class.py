"""Classes of CloudTrail records: the fields that are known of every record of a class.

A proof is about all records of a class. The known fields have their values; every other field may
hold anything or be absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

Json = Any
"""A JSON value as Python's `json` reads it."""


class Special(Enum):
    """What can be known of a field whose value is not known."""

    ABSENT = "absent"
    STRING = "some string"


ABSENT = Special.ABSENT
STRING = Special.STRING


@dataclass(frozen=True)
class RecordClass:
    """All records in which the top-level fields named in `known` hold the values given there.

    `known` holds (field, value) pairs. A value is a JSON scalar, ABSENT, or STRING (the field
    holds a string, but which one is not known). `name` is the name that reports use; for an API
    call it is the call's name.
    """

    name: str
    known: tuple[tuple[str, Json], ...]

    @cached_property
    def fields(self) -> Mapping[str, Json]:
        """All known fields by name."""
        return dict(self.known)

    @cached_property
    def values(self) -> Mapping[str, Json]:
        """The known fields that hold a JSON value, by name: neither ABSENT nor STRING."""
        return {name: value for name, value in self.known if not isinstance(value, Special)}

    def holds(self, record: Mapping[str, Json]) -> bool:
        """Return whether the record belongs to the class."""
        return all(_agrees(record.get(name, ABSENT), value) for name, value in self.known)


def _agrees(value: Json, known: Json) -> bool:
    if known is STRING:
        return isinstance(value, str)
    return type(value) is type(known) and bool(value == known)


SIGN_IN = "signin.amazonaws.com"
"""The event source of console sign-ins. Their ConsoleLogin event is not an API call."""


def api_call(
    event_source: str,
    event_name: str,
    *,
    region: str | Special = "us-east-1",
    account: str | Special = "123456789012",
    read_only: bool | None = False,
    failed: bool | None = False,
) -> RecordClass:
    """Return the class of all records of one management API call in one region and account.

    STRING for `region` or `account` means any of them; None for `read_only` or `failed` means
    either. The record of a successful call has neither errorCode nor errorMessage. Console
    sign-ins write records of several event types. Source: CloudTrail user guide, "CloudTrail
    record contents" and "Console sign-in events".
    """
    known: dict[str, Json] = {
        "eventSource": event_source,
        "eventName": event_name,
        "awsRegion": region,
        "recipientAccountId": account,
        "eventType": STRING if event_source == SIGN_IN else "AwsApiCall",
        "eventCategory": "Management",
        "managementEvent": True,
    }
    if read_only is not None:
        known["readOnly"] = read_only
    if failed is False:
        known |= {"errorCode": ABSENT, "errorMessage": ABSENT}
    return RecordClass(event_name, tuple(known.items()))


ANY_RECORD = RecordClass(
    "any record",
    tuple(
        (field, STRING)
        for field in (
            "eventVersion",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "eventID",
            "eventType",
        )
    ),
)
"""The class of all CloudTrail records: the fields that every record has are strings."""
