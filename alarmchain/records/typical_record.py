"""Records as CloudTrail writes them every day, for examples that look real.

Source of the identities: CloudTrail user guide, "CloudTrail userIdentity element"; of the sign-ins:
"AWS Management Console sign-in events".
"""

from collections.abc import Iterator, Mapping

from alarmchain.records.record_class import SIGN_IN_SOURCE, RecordClass
from alarmchain.records.record_fields import ABSENT, FieldPath, Json

_ACCOUNT = "123456789012"
_OTHER_ACCOUNT = "210987654321"


def typical_records(record_class: RecordClass) -> Iterator[dict[str, Json]]:
    """Yield typical records with the class's known fields, the most ordinary first.

    A record need not belong to the class: the schema or its pattern may exclude it.
    """
    account = record_class.values.get("recipientAccountId", _ACCOUNT)
    known = dict(record_class.values)
    is_sign_in = known.get("eventSource") == SIGN_IN_SOURCE
    if not is_sign_in:
        for identity in _callers(account):
            yield _with_known(_api_record(account, identity), record_class)
    if not is_sign_in and "errorCode" not in record_class.fields:
        for identity in _callers(account):
            yield _with_known(_api_record(account, identity) | _DENIED, record_class)
    if is_sign_in or not {"eventSource", "eventType"} & known.keys():
        for identity, outcome in _sign_ins(account):
            yield _with_known(_sign_in_record(account, identity, outcome), record_class)
    if not is_sign_in and "eventType" not in record_class.fields:
        yield _with_known(_service_event(account), record_class)


def typical_record(record_class: RecordClass) -> dict[str, Json]:
    """Return the most ordinary record with the class's known fields: mostly an assumed role's."""
    return next(typical_records(record_class))


def _with_known(record: dict[str, Json], record_class: RecordClass) -> dict[str, Json]:
    for name, value in record_class.known:
        if value is ABSENT:
            record.pop(name, None)
        else:
            record[name] = value
    return record


def _api_record(account: str, caller: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "eventVersion": "1.11",
        "userIdentity": caller["userIdentity"],
        "eventTime": "2026-01-15T09:30:00Z",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging",
        "awsRegion": "us-east-1",
        "sourceIPAddress": caller.get("sourceIPAddress", "198.51.100.7"),
        "userAgent": caller.get("userAgent", "aws-cli/2.27.0"),
        "requestParameters": {},
        "responseElements": None,
        "requestID": "11111111-2222-4333-8444-555555555555",
        "eventID": "66666666-7777-4888-9999-000000000000",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        **caller.get("more", {}),
    }


_DENIED: dict[str, Json] = {
    "errorCode": "AccessDenied",
    "errorMessage": "User is not authorized to perform this operation",
}


def _callers(account: str) -> Iterator[Mapping[str, Json]]:
    """Yield those who make API calls."""
    console = {"sessionCredentialFromConsole": "true"}
    yield {"userIdentity": _assumed_role(account), "more": console}
    yield {"userIdentity": _iam_user(account)}
    yield {"userIdentity": _root(account)}
    yield {
        "userIdentity": {"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"},
        "sourceIPAddress": "cloudformation.amazonaws.com",
        "userAgent": "cloudformation.amazonaws.com",
    }
    yield {
        "userIdentity": _assumed_role(account) | {"invokedBy": "cloudformation.amazonaws.com"},
        "sourceIPAddress": "cloudformation.amazonaws.com",
        "userAgent": "cloudformation.amazonaws.com",
    }
    attributes = {"creationDate": "2026-01-15T09:00:00Z", "mfaAuthenticated": "false"}
    yield {
        "userIdentity": _iam_user(account) | {"sessionContext": {"attributes": attributes}},
        "more": console,
    }
    yield {
        "userIdentity": _root(account) | {"sessionContext": {"attributes": attributes}},
        "more": console,
    }
    yield {
        "userIdentity": {
            "type": "AWSAccount",
            "principalId": "AROAOTHEROTHEROTHERO:deploy",
            "accountId": _OTHER_ACCOUNT,
        },
        "more": {"sharedEventID": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"},
    }
    yield {
        "userIdentity": {
            "type": "FederatedUser",
            "principalId": f"{account}:jane",
            "arn": f"arn:aws:sts::{account}:federated-user/jane",
            "accountId": account,
            "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "IAMUser",
                    "principalId": "AIDAEXAMPLEEXAMPLEEXA",
                    "arn": f"arn:aws:iam::{account}:user/jane",
                    "accountId": account,
                    "userName": "jane",
                },
                "attributes": attributes,
            },
        },
    }


def _assumed_role(account: str, name: str = "Operator") -> dict[str, Json]:
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEEXAMPLEEXA:jane",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/jane",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLEEXA",
                "arn": f"arn:aws:iam::{account}:role/{name}",
                "accountId": account,
                "userName": name,
            },
            "attributes": {
                "creationDate": "2026-01-15T09:00:00Z",
                "mfaAuthenticated": "true",
            },
        },
    }


def _iam_user(account: str) -> dict[str, Json]:
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEEXAMPLEEXA",
        "arn": f"arn:aws:iam::{account}:user/jane",
        "accountId": account,
        "accessKeyId": "AKIAEXAMPLEEXAMPLEEX",
        "userName": "jane",
    }


def _root(account: str) -> dict[str, Json]:
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
    }


def _service_event(account: str) -> dict[str, Json]:
    """Return the record of what a service did on its own: KMS rotated a key."""
    caller = {
        "userIdentity": {"accountId": account, "invokedBy": "AWS Internal"},
        "sourceIPAddress": "AWS Internal",
        "userAgent": "AWS Internal",
    }
    return _api_record(account, caller) | {
        "eventType": "AwsServiceEvent",
        "eventSource": "kms.amazonaws.com",
        "eventName": "RotateKey",
        "requestParameters": None,
        "serviceEventDetails": {"keyId": "99999999-aaaa-4bbb-8ccc-dddddddddddd"},
    }


def _sign_ins(account: str) -> Iterator[tuple[dict[str, Json], Mapping[str, Json]]]:
    """Yield those who sign in to the console, with the outcome."""
    user, root = _iam_user(account), _root(account)
    del user["accessKeyId"], root["accessKeyId"]
    success: Mapping[str, Json] = {"responseElements": {"ConsoleLogin": "Success"}}
    failure: Mapping[str, Json] = {
        "responseElements": {"ConsoleLogin": "Failure"},
        "errorMessage": "Failed authentication",
    }
    for identity in (user, root):
        for mfa in ("No", "Yes"):
            yield identity, {**success, **_sign_in_data(mfa)}
        yield identity, {**failure, **_sign_in_data("No")}
    yield _assumed_role(account), {**success, **_sign_in_data("No")}


def _sign_in_data(mfa: str) -> Mapping[str, Json]:
    login = "https://console.aws.amazon.com/console/home?isauthcode=true"
    return {"additionalEventData": {"LoginTo": login, "MobileVersion": "No", "MFAUsed": mfa}}


def _sign_in_record(
    account: str, identity: Mapping[str, Json], outcome: Mapping[str, Json]
) -> dict[str, Json]:
    return {
        "eventVersion": "1.08",
        "userIdentity": dict(identity),
        "eventTime": "2026-01-15T09:30:00Z",
        "eventSource": SIGN_IN_SOURCE,
        "eventName": "ConsoleLogin",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "Mozilla/5.0",
        "requestParameters": None,
        "eventID": "66666666-7777-4888-9999-000000000000",
        "readOnly": False,
        "eventType": "AwsConsoleSignIn",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        **outcome,
    }


USUAL_VALUES: Mapping[FieldPath, tuple[Json, ...]] = {
    ("userIdentity", "type"): ("IAMUser", "Root", "AWSService", "AssumedRole"),
    ("userIdentity", "accountId"): (_OTHER_ACCOUNT,),
    ("userIdentity", "arn"): ("arn:aws:iam::123456789012:user/jane",),
    ("userIdentity", "invokedBy"): ("cloudformation.amazonaws.com", "config.amazonaws.com"),
    ("userIdentity", "userName"): ("jane", "joe"),
    ("userIdentity", "sessionContext", "sessionIssuer", "userName"): ("Administrator", "Deploy"),
    ("awsRegion",): ("eu-central-1", "us-east-1"),
    ("recipientAccountId",): (_OTHER_ACCOUNT,),
    ("eventName",): ("RunInstances", "PutObject"),
    ("eventSource",): ("ec2.amazonaws.com", "s3.amazonaws.com"),
    ("eventType",): ("AwsApiCall", "AwsConsoleSignIn", "AwsConsoleAction"),
    ("errorCode",): ("AccessDenied", "Client.UnauthorizedOperation", "ValidationException"),
    ("errorMessage",): ("User is not authorized to perform this operation",),
    ("sourceIPAddress",): ("198.51.100.7", "203.0.113.9", "cloudformation.amazonaws.com"),
    ("userAgent",): ("aws-cli/2.27.0", "cloudformation.amazonaws.com"),
    ("vpcEndpointId",): ("vpce-0a1b2c3d",),
    ("sharedEventID",): ("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",),
}
"""What fields that patterns often name hold in practice."""
