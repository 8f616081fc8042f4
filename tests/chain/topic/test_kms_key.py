"""The key of an encrypted topic."""

from typing import Any

import pytest

from alarmchain.chain.topic.kms_key import find_key, judge_key
from tests.chain.builders import ACCOUNT, REGION, policy, statement

ID = "11111111-2222-3333-4444-555555555555"
ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{ID}"
ALIAS = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine"
ROOT = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}


def grant(*actions: str, **changes: Any) -> dict[str, Any]:
    """A statement of a key policy that allows CloudWatch these actions."""
    return statement(**{"Action": list(actions), "Resource": "*", **changes})


GOOD = grant("kms:Decrypt", "kms:GenerateDataKey*")


def key(*statements: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """A customer-managed key; a change to None removes the member."""
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
    (key(grant("kms:Decrypt", "kms:GenerateDataKey")), "unknown", "WithoutPlaintext"),
    (key(GOOD, grant("kms:Decrypt", Effect="Deny")), "broken", "denies"),
    (
        key(GOOD | {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}),
        "unknown",
        "depends on aws:SourceAccount",
    ),
    (
        key(GOOD | {"Condition": {"StringEquals": {"kms:ViaService": "sns.us-east-1.x"}}}),
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


@pytest.mark.parametrize(("item", "expected", "words"), KEYS)
def test_key(item: dict[str, Any] | None, expected: str, words: str) -> None:
    """The key is enabled and customer-managed, and its policy allows CloudWatch both actions."""
    found = judge_key(ID, item, ACCOUNT, REGION, "topic 'alarms'")
    assert (found.status.value, words in found.reason) == (expected, True), found.reason
    assert len(found.reason) <= 180


@pytest.mark.parametrize(
    "reference", ["alias/aws/sns", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/sns"]
)
def test_the_managed_alias(reference: str) -> None:
    """The alias alone identifies SNS's AWS-managed key."""
    assert judge_key(reference, None, ACCOUNT, REGION, "topic 'alarms'").status.value == "broken"


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
    """A topic names its key by id, ARN or alias, however the key was read."""
    assert find_key([{"KeyId": "other"}, item], reference) == (item if expected else None)
