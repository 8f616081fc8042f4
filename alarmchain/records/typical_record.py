"""What an ordinary record of a class looks like."""

from collections.abc import Mapping

from alarmchain.records.record_class import ABSENT, STRING, Json, RecordClass
from alarmchain.records.record_fields import FieldPath


def typical_record(record_class: RecordClass) -> dict[str, Json]:
    """Return an ordinary record of the class: the call is made by an assumed role.

    Fields of which the class knows nothing hold usual values.
    """
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


def _known_string(fields: Mapping[str, Json], name: str, default: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else default


TYPICAL_VALUES: Mapping[FieldPath, tuple[Json, ...]] = {
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
"""Usual values of the fields that patterns often test, so that counterexamples are readable."""
