"""What CloudTrail documents of the fields in pattern_sets.py, written a second time.

Source: CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.records.record_fields import value_at
from tests.proof.pattern_sets import Path

ABSENT_KIND, NULL, FALSE, TRUE, NUMBER, STRING, OBJECT, ARRAY = range(8)
ANY = frozenset(range(8))
_TEXT = frozenset({ABSENT_KIND, STRING})
_REQUIRED = frozenset({STRING})
_OBJECT = frozenset({ABSENT_KIND, OBJECT})
_FLAG = frozenset({ABSENT_KIND, TRUE, FALSE})
MFA = ("sessionContext", "attributes", "mfaAuthenticated")
_IDENTITY: dict[Path, frozenset[int]] = {
    ("type",): _REQUIRED,
    ("userName",): _TEXT,
    ("invokedBy",): _TEXT,
    ("arn",): _TEXT,
    ("sessionContext",): _OBJECT,
    ("sessionContext", "sessionIssuer"): _OBJECT,
    ("sessionContext", "sessionIssuer", "userName"): _TEXT,
    ("sessionContext", "attributes"): _OBJECT,
    MFA: _TEXT,
}
_RECORD: dict[Path, frozenset[int]] = {
    **dict.fromkeys(
        [
            *[("eventName",), ("eventSource",), ("eventType",), ("awsRegion",)],
            *[("sourceIPAddress",), ("recipientAccountId",)],
        ],
        _REQUIRED,
    ),
    **dict.fromkeys([("errorCode",), ("errorMessage",), ("userAgent",), ("vpcEndpointId",)], _TEXT),
    **dict.fromkeys([("requestParameters",), ("responseElements",)], _OBJECT | {NULL}),
    ("resources",): frozenset({ABSENT_KIND, ARRAY}),
    ("userIdentity",): frozenset({OBJECT}),
}
_LATE = {("readOnly",), ("managementEvent",)}
API_CALL = "AwsApiCall"
SIGN_INS = ("AwsConsoleSignIn", "AwsConsoleSignin")


def kinds(path: Path, event_types: str) -> frozenset[int]:
    """Return what a field may be in records of an API call, a sign-in or something else."""
    if path[0] == "userIdentity" and len(path) > 1:
        return ANY if event_types == "others" else _IDENTITY.get(path[1:], ANY)
    if path in _LATE:
        return _FLAG - {ABSENT_KIND} if event_types == "calls" else _FLAG
    if path == ("eventCategory",):
        return _REQUIRED if event_types == "calls" else _TEXT
    return _RECORD.get(path, ANY)


def kind(value: Any) -> int:
    """Return what the value is."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return TRUE if value else FALSE
    found = {str: STRING, int: NUMBER, float: NUMBER, dict: OBJECT, list: ARRAY}
    return found.get(type(value), ABSENT_KIND)


def is_documented(record: Mapping[str, Any]) -> bool:
    """Return whether CloudTrail documents records like this one."""
    event_type = record.get("eventType")
    event_types = "sign-ins" if event_type in SIGN_INS else "others"
    event_types = "calls" if event_type == API_CALL else event_types
    paths = [*_RECORD, *_LATE, ("eventCategory",), *(("userIdentity", *path) for path in _IDENTITY)]
    for path in paths:
        if len(path) > 1 and not isinstance(value_at(record, path[:-1]), dict):
            continue
        if kind(value_at(record, path)) not in kinds(path, event_types):
            return False
    if event_types == "others":
        return True
    mfa = value_at(record, ("userIdentity", *MFA))
    named = value_at(record, ("userIdentity", "type")) != ""
    return named and (not isinstance(mfa, str) or mfa in ("true", "false"))
