"""The key of an encrypted topic."""

from typing import Any

import pytest

from alarmchain.chain.topic.cloudwatch_request import key_context
from alarmchain.chain.topic.kms_key import Caller, find_key, judge_key, missing_key
from tests.chain.builders import ACCOUNT, REGION, TOPIC, arn, policy, statement

ID = "11111111-2222-3333-4444-555555555555"
ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{ID}"
ALIAS = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine"
ROOT = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}


def grant(*actions: str, **changes: Any) -> dict[str, Any]:
    """Return a statement of a key policy that allows CloudWatch these actions."""
    return statement(**{"Action": list(actions), "Resource": "*", **changes})


GOOD = grant("kms:Decrypt", "kms:GenerateDataKey*")
FAR_ACCOUNT = "999988887777"
ORGANIZATION = "o-exampleorgid"
CALLER = Caller(
    ACCOUNT, REGION, "topic 'alarms'", key_context(arn("A"), ACCOUNT, ORGANIZATION, TOPIC)
)


def when(operator: str, name: str, value: Any) -> dict[str, Any]:
    """Return the good grant with a condition on one condition key."""
    return GOOD | {"Condition": {operator: {name: value}}}


def deny(operator: str, name: str, value: Any) -> dict[str, Any]:
    """Return a statement that denies all use of the key on one condition."""
    everything = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    return statement(**everything, Condition={operator: {name: value}})


def key(*statements: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """Return a customer-managed key; a change to None removes the member."""
    members = {"KeyId": ID, "Arn": ARN, "KeyManager": "CUSTOMER", "KeyState": "Enabled", **metadata}
    return {
        "KeyId": ID,
        "Metadata": {name: value for name, value in members.items() if value is not None},
        "Policy": policy(*(statements or (statement(**ROOT), GOOD))),
    }


KEYS: list[tuple[dict[str, Any] | None, str, str]] = [
    (key(), "ok", ""),
    (key(grant("kms:*")), "ok", ""),
    (key(grant("*")), "ok", ""),
    (key(GOOD | {"Resource": ARN}), "ok", ""),
    (key(GOOD | {"Resource": ARN + "x"}), "broken", "does not allow cloudwatch.amazonaws.com"),
    (key(GOOD | {"Principal": "*"}), "ok", ""),
    (key(statement(**ROOT)), "broken", "does not allow cloudwatch.amazonaws.com"),
    (key(grant("kms:Decrypt")), "broken", "kms:GenerateDataKey"),
    (key(grant("kms:GenerateDataKey*")), "broken", "kms:Decrypt"),
    (key(grant("kms:Decrypt", "kms:GenerateDataKey")), "ok", ""),
    (key(GOOD, grant("kms:GenerateDataKeyPair", Effect="Deny")), "ok", ""),
    (key(grant("kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")), "broken", "DataKey"),
    (key(GOOD, grant("kms:Decrypt", Effect="Deny")), "broken", "denies"),
    (
        key(when("StringEquals", "kms:ViaService", "sns.us-east-1.x")),
        "unknown",
        "depends on kms:ViaService",
    ),
    (key(KeyManager="AWS"), "broken", "is managed by AWS"),
    (key(KeyState="Disabled"), "broken", "is Disabled"),
    (key(KeyState="PendingDeletion"), "broken", "is PendingDeletion"),
    (key(KeyUsage="ENCRYPT_DECRYPT", KeySpec="SYMMETRIC_DEFAULT"), "ok", ""),
    (key(KeyUsage="SIGN_VERIFY"), "broken", "is not a symmetric encryption key"),
    (key(KeySpec="RSA_2048"), "broken", "is not a symmetric encryption key"),
    (key(CustomerMasterKeySpec="RSA_2048"), "broken", "is not a symmetric encryption key"),
    (
        key(Arn=ARN.replace(REGION, "eu-west-1")),
        "broken",
        "is in eu-west-1, but the topic is in us-east-1",
    ),
    (key(KeyState=None), "unknown", "is in the state unknown"),
    (key(KeyState=None, Enabled=True), "ok", ""),
    (key(KeyState=None, Enabled=False), "broken", "is Disabled"),
    (key(KeyState="Updating"), "unknown", "is in the state Updating"),
    (key(Arn=None), "ok", ""),
    (key(GOOD | {"Resource": ARN}, Arn=None), "unknown", "depends on the Resource"),
    (None, "unknown", "was not read"),
    ({"KeyId": ID}, "unknown", "is in the state unknown"),
    ({**key(), "Policy": None}, "unknown", "was not read"),
    ({**key(), "Policy": "{"}, "unknown", "is not valid JSON"),
]


CONTEXT = "kms:EncryptionContext:aws:sns:topicArn"
ALARMS = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"
CONDITIONS: list[tuple[str, str, Any, str]] = [
    # operator, key, value, answer if an Allow has it (a Deny: the opposite)
    ("StringEquals", "aws:SourceAccount", ACCOUNT, "ok"),
    ("StringEquals", "aws:SourceAccount", FAR_ACCOUNT, "broken"),
    ("StringEquals", "aws:SourceAccount", [FAR_ACCOUNT, ACCOUNT], "ok"),
    ("StringNotEquals", "aws:SourceAccount", ACCOUNT, "broken"),
    ("ArnLike", "aws:SourceArn", ALARMS, "ok"),
    ("ArnEquals", "aws:SourceArn", arn("A"), "ok"),
    ("ArnEquals", "aws:SourceArn", arn("B"), "broken"),
    ("ArnLike", "aws:SourceArn", ALARMS.replace(REGION, "eu-west-1"), "broken"),
    ("StringLike", CONTEXT, TOPIC, "ok"),
    ("StringEquals", CONTEXT, TOPIC + "2", "broken"),
    ("StringEquals", "kms:EncryptionContext:aws:sqs:arn", TOPIC, "unknown"),
    ("StringEquals", "aws:SourceOrgID", ORGANIZATION, "ok"),
    ("StringEquals", "aws:SourceOrgID", "o-another000", "broken"),
    ("StringEquals", "aws:PrincipalOrgID", ORGANIZATION, "broken"),
    ("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION, "ok"),
    ("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION, "ok"),
    ("Null", "aws:PrincipalOrgID", "true", "ok"),
    ("Bool", "aws:PrincipalIsAWSService", "true", "ok"),
]
OPPOSITE = {"ok": "broken", "broken": "ok", "unknown": "unknown"}


@pytest.mark.parametrize(("operator", "name", "value", "expected"), CONDITIONS)
def test_conditions(operator: str, name: str, value: Any, expected: str) -> None:
    """Conditions on source, encryption context and organization are decided."""
    allowed = judge_key(ID, key(when(operator, name, value)), CALLER)
    assert allowed.status.value == expected, allowed.reason
    denied = judge_key(ID, key(GOOD, deny(operator, name, value)), CALLER)
    assert denied.status.value == OPPOSITE[expected], denied.reason


def test_an_unknown_organization() -> None:
    """A condition on the source's organization is unknown if its id is not known."""
    caller = Caller(ACCOUNT, REGION, "topic 'alarms'", key_context(arn("A"), ACCOUNT, "", TOPIC))
    item = key(when("StringEquals", "aws:SourceOrgID", ORGANIZATION))
    assert judge_key(ID, item, caller).status.value == "unknown"


def test_a_key_that_does_not_exist() -> None:
    """A topic with a key that does not exist is broken."""
    judgement = missing_key(ARN, "topic 'alarms'")
    assert judgement.status.value == "broken"
    assert judgement.reason == f"key '{ID}' of topic 'alarms' does not exist"


def test_a_key_of_another_region() -> None:
    """A key of another region is broken; its ARN shows that, without a read."""
    found = judge_key(ARN.replace(REGION, "eu-west-1"), None, CALLER)
    assert found.status.value == "broken"
    assert "is in eu-west-1, but the topic is in us-east-1" in found.reason


@pytest.mark.parametrize(("item", "expected", "words"), KEYS)
def test_key(item: dict[str, Any] | None, expected: str, words: str) -> None:
    """A key must be enabled and customer-managed, and allow CloudWatch both actions."""
    found = judge_key(ID, item, CALLER)
    assert (found.status.value, words in found.reason) == (expected, True), found.reason
    assert len(found.reason) <= 180


@pytest.mark.parametrize(
    "reference", ["alias/aws/sns", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/sns"]
)
def test_the_managed_alias(reference: str) -> None:
    """The alias alone identifies SNS's AWS-managed key."""
    assert judge_key(reference, None, CALLER).status.value == "broken"


FAR = ARN.replace(REGION, "eu-west-1")


@pytest.mark.parametrize(
    ("item", "reference", "expected"),
    [
        (key(), ID, True),
        (key(), ARN, True),
        (key(), f"key/{ID}", True),
        (key(), FAR, False),
        (key(), "alias/mine", False),
        (key(), ID + "0", False),
        ({**key(), "KeyId": ARN}, ID, True),
        ({**key(), "KeyId": "alias/mine"}, "alias/mine", True),
        ({**key(), "KeyId": "alias/mine"}, ALIAS, True),
        ({**key(), "KeyId": ALIAS}, "alias/mine", True),
        ({**key(), "KeyId": ALIAS}, ALIAS.replace(ACCOUNT, "999988887777"), False),
        ({"KeyId": ID}, ARN, True),
        ({"KeyId": ARN}, ID, True),
        ({}, ID, False),
    ],
)
def test_find_key(item: dict[str, Any], reference: str, expected: bool) -> None:
    """A key is found by id, ARN or alias, whichever of them the key was read with."""
    assert find_key([{"KeyId": "other"}, item], reference) == (item if expected else None)
