"""The documented shape of a CloudTrail record, as data.

Sources: CloudTrail user guide, "CloudTrail record contents for management, data, and network
activity events" and "CloudTrail userIdentity element". A documented string is a string wherever it
is present: never null, a number, an array or an object. A field that is not named here is free.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What a field can be."""

    ABSENT = "absent"
    NULL = "null"
    FALSE = "false"
    TRUE = "true"
    NUMBER = "number"
    STRING = "string"
    OBJECT = "object"
    ARRAY = "array"


@dataclass(frozen=True)
class Shape:
    """What is documented of one field.

    `kinds` is what it can be, ABSENT included. A string is one of `values`, unless these are empty,
    and has the `form`, where there is one: a regular expression for the whole string that filter
    patterns and Python read alike. `members` are the documented members of an
    object; all others are free. An array's elements are free.
    """

    kinds: frozenset[Kind]
    values: tuple[str, ...] = ()
    form: str = ""
    members: Mapping[str, "Shape"] = field(default_factory=dict, hash=False)

    @property
    def is_required(self) -> bool:
        """Whether the field is there wherever its object is."""
        return Kind.ABSENT not in self.kinds

    def member(self, name: str) -> "Shape":
        """Return the shape of a member of the object."""
        return self.members.get(name, FREE)


FREE = Shape(frozenset(Kind))
"""A field of which nothing is documented."""


def _shape(*kinds: Kind, optional: bool = True) -> Shape:
    return Shape(frozenset(kinds) | ({Kind.ABSENT} if optional else set()))


def _object(*, optional: bool = True, **members: Shape) -> Shape:
    kinds = _shape(Kind.OBJECT, optional=optional).kinds
    return Shape(kinds, members=members)


_TEXT = _shape(Kind.STRING)
_REQUIRED_TEXT = _shape(Kind.STRING, optional=False)
_FLAG = _shape(Kind.TRUE, Kind.FALSE)
_REQUIRED_FLAG = _shape(Kind.TRUE, Kind.FALSE, optional=False)
_PAYLOAD = _shape(Kind.OBJECT, Kind.NULL)

_SESSION_ISSUER = _object(type=_TEXT, principalId=_TEXT, arn=_TEXT, accountId=_TEXT, userName=_TEXT)
_SESSION_CONTEXT = _object(
    attributes=_object(
        mfaAuthenticated=Shape(_TEXT.kinds, values=("true", "false")), creationDate=_TEXT
    ),
    sessionIssuer=_SESSION_ISSUER,
    webIdFederationData=_object(),
)
_USER_IDENTITY = _object(
    optional=False,
    type=Shape(_REQUIRED_TEXT.kinds, form=".+"),
    principalId=_TEXT,
    arn=_TEXT,
    accountId=_TEXT,
    accessKeyId=_TEXT,
    userName=_TEXT,
    invokedBy=_TEXT,
    identityProvider=_TEXT,
    sessionContext=_SESSION_CONTEXT,
)
_MEMBERS: Mapping[str, Shape] = {
    "eventVersion": Shape(_REQUIRED_TEXT.kinds, form=r"1\.[0-9]+"),
    "eventTime": _REQUIRED_TEXT,
    "eventSource": _REQUIRED_TEXT,
    "eventName": _REQUIRED_TEXT,
    "awsRegion": _REQUIRED_TEXT,
    "eventID": _REQUIRED_TEXT,
    "eventType": _REQUIRED_TEXT,
    "recipientAccountId": _REQUIRED_TEXT,
    "sourceIPAddress": _REQUIRED_TEXT,
    "userIdentity": _USER_IDENTITY,
    "readOnly": _REQUIRED_FLAG,
    "managementEvent": _REQUIRED_FLAG,
    "eventCategory": _REQUIRED_TEXT,
    "errorCode": _TEXT,
    "errorMessage": _TEXT,
    "requestParameters": _PAYLOAD,
    "responseElements": _PAYLOAD,
    "additionalEventData": _PAYLOAD,
    "serviceEventDetails": _PAYLOAD,
    "userAgent": _TEXT,
    "requestID": _TEXT,
    "sharedEventID": _TEXT,
    "vpcEndpointId": _TEXT,
    "apiVersion": _TEXT,
    "resources": _shape(Kind.ARRAY),
    "tlsDetails": _object(tlsVersion=_TEXT, cipherSuite=_TEXT, clientProvidedHostHeader=_TEXT),
    "sessionCredentialFromConsole": _TEXT,
    "addendum": _object(),
    "edgeDeviceDetails": _object(),
    "eventContext": _object(),
    "insightDetails": _object(),
}


def _record(**changed: Shape) -> Shape:
    return Shape(frozenset({Kind.OBJECT}), members={**_MEMBERS, **changed})


API_CALL = ("AwsApiCall",)
SIGN_IN = ("AwsConsoleSignIn", "AwsConsoleSignin")


@dataclass(frozen=True)
class RecordKind:
    """The shape of all records of some event types: `event_types`, or all `others`."""

    event_types: tuple[str, ...]
    others: bool
    shape: Shape = field(hash=False)

    def includes(self, event_type: str) -> bool:
        """Return whether records of this event type have the shape."""
        return (event_type in self.event_types) is not self.others


RECORD_KINDS = (
    RecordKind(API_CALL, others=False, shape=_record()),
    # Of console sign-ins, some records lack readOnly and the two fields that came after it.
    RecordKind(
        SIGN_IN,
        others=False,
        shape=_record(readOnly=_FLAG, managementEvent=_FLAG, eventCategory=_TEXT),
    ),
    # Of a service's own event, userIdentity may hold nothing but its service.
    RecordKind(
        (*API_CALL, *SIGN_IN),
        others=True,
        shape=_record(
            userIdentity=_object(optional=False),
            readOnly=_FLAG,
            managementEvent=_FLAG,
            eventCategory=_TEXT,
        ),
    ),
)
"""All records there are, by what is documented of their event types."""


def kind_of(value: object) -> Kind:
    """Return the kind of a JSON value, or of the ABSENT marker."""
    if value is None:
        return Kind.NULL
    if isinstance(value, bool):
        return Kind.TRUE if value else Kind.FALSE
    if isinstance(value, str):
        return Kind.STRING
    if isinstance(value, int | float):
        return Kind.NUMBER
    if isinstance(value, Mapping):
        return Kind.OBJECT
    return Kind.ARRAY if isinstance(value, list) else Kind.ABSENT


def is_valid(value: object, shape: Shape) -> bool:
    """Return whether the JSON value has the shape."""
    if shape is FREE:
        return True
    kind = kind_of(value)
    if kind not in shape.kinds:
        return False
    if isinstance(value, str):
        if shape.values and value not in shape.values:
            return False
        return not shape.form or re.fullmatch(shape.form, value) is not None
    if isinstance(value, Mapping):
        return all(
            is_valid(value[name], member) if name in value else Kind.ABSENT in member.kinds
            for name, member in shape.members.items()
        )
    return True
