"""Classes of CloudTrail records: what is known of them, and what an ordinary one looks like.

A class is what a proof ranges over: every record in which the known fields have their values and
all other fields hold anything, or are absent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

Json = Any
"""A JSON value as Python's `json` reads it."""
FieldPath = tuple[str | int, ...]
"""The way to a field: the names of objects' members and the indices of arrays' elements."""


class Special(Enum):
    """What can be said of a field without a value."""

    ABSENT = "absent"
    STRING = "some string"


ABSENT = Special.ABSENT
STRING = Special.STRING


@dataclass(frozen=True)
class RecordClass:
    """Records of which the top-level fields of `known` are known: (field, value) pairs.

    A value is a JSON scalar, ABSENT, or STRING (there, and a string, but which one is not known).
    `name` is what people call the class, for an API call its name.
    """

    name: str
    known: tuple[tuple[str, Json], ...]

    @cached_property
    def fields(self) -> Mapping[str, Json]:
        """The known fields by name."""
        return dict(self.known)

    @cached_property
    def values(self) -> Mapping[str, Json]:
        """The fields whose values are known."""
        return {name: value for name, value in self.known if not isinstance(value, Special)}

    def holds(self, record: Mapping[str, Json]) -> bool:
        """Whether the record is of this class."""
        return all(_is(record.get(name, ABSENT), value) for name, value in self.known)


def _is(value: Json, known: Json) -> bool:
    if known is STRING:
        return isinstance(value, str)
    return type(value) is type(known) and bool(value == known)


SIGN_IN = "signin.amazonaws.com"
"""The event source of the console's sign-in, whose ConsoleLogin is no API call."""


def api_call(
    event_source: str,
    event_name: str,
    *,
    region: str | Special = "us-east-1",
    account: str | Special = "123456789012",
    read_only: bool | None = False,
    failed: bool | None = False,
) -> RecordClass:
    """Every record of one management API call in one region and account (STRING: in any).

    `read_only`, `failed`: None means that either may be; a call that did not fail carries neither
    errorCode nor errorMessage. What the console's sign-in records is of several types. Source:
    CloudTrail user guide, "CloudTrail record contents" and "Console sign-in events".
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
"""Every CloudTrail record there is: the fields that all of them carry are strings."""


def example(record_class: RecordClass) -> dict[str, Json]:
    """An ordinary record of the class: the call made by an assumed role, what is free as usual."""
    fields = record_class.fields
    account = _known_string(fields, "recipientAccountId", "123456789012")
    region = _known_string(fields, "awsRegion", "us-east-1")
    role = f"arn:aws:iam::{account}:role/Operator"
    record: dict[str, Json] = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLEEXAMPLEEXA:jane",
            "arn": f"arn:aws:sts::{account}:assumed-role/Operator/jane",
            "accountId": account,
            "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLEEXAMPLEEXA",
                    "arn": role,
                    "accountId": account,
                    "userName": "Operator",
                },
                "attributes": {
                    "creationDate": "2026-01-15T09:00:00Z",
                    "mfaAuthenticated": "true",
                },
            },
        },
        "eventTime": "2026-01-15T09:30:00Z",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging",
        "awsRegion": region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.27.0",
        "requestParameters": {},
        "responseElements": None,
        "requestID": "11111111-2222-4333-8444-555555555555",
        "eventID": "66666666-7777-4888-9999-000000000000",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        "sessionCredentialFromConsole": "true",
    }
    for field, value in record_class.known:
        if value is ABSENT:
            record.pop(field, None)
        elif value is not STRING:
            record[field] = value
    return record


def _known_string(fields: Mapping[str, Json], name: str, otherwise: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else otherwise


USUAL_VALUES: Mapping[FieldPath, tuple[Json, ...]] = {
    ("userIdentity", "type"): ("IAMUser", "Root", "AWSService", "AssumedRole"),
    ("userIdentity", "accountId"): ("210987654321",),
    ("userIdentity", "arn"): ("arn:aws:iam::123456789012:user/jane",),
    ("userIdentity", "invokedBy"): ("cloudformation.amazonaws.com", "config.amazonaws.com"),
    ("userIdentity", "userName"): ("jane",),
    ("awsRegion",): ("eu-central-1", "us-east-1"),
    ("recipientAccountId",): ("210987654321",),
    ("errorCode",): ("AccessDenied", "ValidationException"),
    ("errorMessage",): ("User is not authorized to perform this operation",),
    ("sourceIPAddress",): ("198.51.100.7", "cloudformation.amazonaws.com"),
    ("userAgent",): ("aws-cli/2.27.0", "cloudformation.amazonaws.com"),
    ("vpcEndpointId",): ("vpce-0a1b2c3d",),
    ("sharedEventID",): ("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",),
}
"""What fields that patterns like to ask for hold in practice, so that examples read well."""


def with_value(record: Mapping[str, Json], path: FieldPath, value: Json) -> dict[str, Json]:
    """A copy of the record in which the field at `path` holds `value`, or is gone (ABSENT).

    What is missing on the way is made; what is in the way is replaced.
    """
    changed: dict[str, Json] = _changed(record, path, value)
    return changed


def _changed(holder: Json, path: FieldPath, value: Json) -> Json:
    step, rest = path[0], path[1:]
    if value is ABSENT and value_at(holder, path) is ABSENT:
        return holder
    copied: Json
    if isinstance(step, str):
        copied = dict(holder) if isinstance(holder, Mapping) else {}
        below = copied.get(step)
    else:
        elements = list(holder) if isinstance(holder, list) else []
        copied = elements + [None] * (step + 1 - len(elements))
        below = copied[step]
    if rest:
        copied[step] = _changed(below, rest, value)
    elif value is not ABSENT:
        copied[step] = value
    elif isinstance(step, str):
        del copied[step]
    else:
        del copied[step:]
    return copied


def value_at(record: Json, path: FieldPath) -> Json:
    """The value at the path, or ABSENT."""
    value = record
    for step in path:
        if isinstance(step, str):
            if not isinstance(value, Mapping) or step not in value:
                return ABSENT
        elif not isinstance(value, list) or step >= len(value):
            return ABSENT
        value = value[step]
    return value


def leaves(value: Json) -> Iterator[tuple[FieldPath, Json]]:
    """Every scalar in `value` with the way to it, from top to bottom, however deep it nests."""
    waiting: list[tuple[FieldPath, Json]] = [((), value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(((*path, key), below) for key, below in reversed(item.items()))
        elif isinstance(item, list):
            waiting.extend(((*path, at), item[at]) for at in reversed(range(len(item))))
        else:
            yield path, item
