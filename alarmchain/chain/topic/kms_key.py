"""The key of an encrypted topic: does it let CloudWatch publish?

Facts: SNS developer guide, "Enable compatibility between event sources from AWS services and
encrypted topics": the key's policy grants the service kms:Decrypt and kms:GenerateDataKey*; the
policy of an AWS-managed key can't be edited. Which condition keys such a use carries, but the
service's own, is not told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, mapping, quote, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.topic.resource_policy import PolicyError, Request, decide

SERVICE = "cloudwatch.amazonaws.com"
MANAGED = "alias/aws/sns"
_ACTIONS = (
    "kms:GenerateDataKey",
    "kms:Decrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
)
"""kms:Decrypt and all that kms:GenerateDataKey* stands for; the first two are needed surely."""

_REMEDY = f"let {SERVICE} kms:Decrypt and kms:GenerateDataKey* in the key's policy"
_CUSTOMER_KEY = f"encrypt with a customer-managed key that lets {SERVICE} use it"


def find_key(keys: Iterable[Mapping[str, Any]], reference: str) -> Mapping[str, Any] | None:
    """The key to which a topic's KmsMasterKeyId refers by id, ARN or alias, None if not there.

    An alias is found only where the key was read by that alias (its `KeyId` in the snapshot).
    """
    return next((one for one in keys if _is(one, reference)), None)


def _is(key: Mapping[str, Any], reference: str) -> bool:
    metadata = mapping(key, "Metadata")
    names = {text(key, "KeyId"), text(metadata, "KeyId"), text(metadata, "Arn")} - {""}
    if reference in names:
        return True
    arn = Arn.parse(reference)
    own = [one for one in map(Arn.parse, names) if one is not None]
    if arn is not None and any(
        (one.region, one.account) != (arn.region, arn.account) for one in own
    ):
        return False
    short = {name.removeprefix("key/") for name in names | {one.resource for one in own}}
    return (arn.resource if arn else reference).removeprefix("key/") in short


def is_managed_by_aws(reference: str) -> bool:
    """Whether the reference alone tells that it is SNS's AWS-managed key."""
    arn = Arn.parse(reference)
    return (arn.resource if arn else reference) == MANAGED


def judge_key(
    reference: str, key: Mapping[str, Any] | None, account: str, region: str
) -> Judgement:
    """Whether CloudWatch, acting for the account, may use the key of a topic in the region."""
    shown = quote(reference.rsplit("/", 1)[-1] if ":key/" in reference else reference)
    if is_managed_by_aws(reference):
        return _aws_managed(shown)
    if key is None:
        return unknown(
            f"key {shown} was not read", observed=reference, remedy="allow kms:GetKeyPolicy"
        )
    metadata = mapping(key, "Metadata")
    if text(metadata, "KeyManager") == "AWS":
        return _aws_managed(shown)
    return all_of(
        (
            _judge_kind(metadata, shown, region),
            _judge_state(metadata, shown),
            _judge_policy(key, metadata, shown, account),
        )
    )


def _aws_managed(shown: str) -> Judgement:
    return broken(
        f"key {shown} is managed by AWS: CloudWatch can't publish with it",
        observed=shown,
        wanted="a customer-managed key, or none",
        remedy=_CUSTOMER_KEY,
    )


def _judge_kind(metadata: Mapping[str, Any], shown: str, region: str) -> Judgement:
    """SNS encrypts with symmetric encryption keys of its own region only; neither is checked when
    a topic is given a key."""
    wanted = {
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    }
    for member, value in wanted.items():
        if metadata.get(member) not in (None, value):
            return broken(
                f"key {shown} is no symmetric encryption key",
                observed=f"{member} {metadata[member]}",
                wanted=f"{member} {value}",
                remedy=_CUSTOMER_KEY,
            )
    arn = Arn.parse(metadata.get("Arn"))
    if arn is not None and arn.region != region:
        return broken(
            f"key {shown} is in {clip(arn.region, 20)}, the topic in {region}",
            observed=arn.region,
            wanted=region,
            remedy=_CUSTOMER_KEY,
        )
    return ok()


def _judge_state(metadata: Mapping[str, Any], shown: str) -> Judgement:
    state = text(metadata, "KeyState")
    if not state and "Enabled" in metadata:
        state = "Enabled" if metadata["Enabled"] is True else "Disabled"
    if state == "Enabled":
        return ok()
    if state in ("", "Creating", "Updating"):
        return unknown(f"key {shown}: its state is {state or 'not told'}", wanted="Enabled")
    return broken(
        f"key {shown} is {state}", observed=state, wanted="Enabled", remedy="enable the key"
    )


def _judge_policy(
    key: Mapping[str, Any], metadata: Mapping[str, Any], shown: str, account: str
) -> Judgement:
    policy = text(key, "Policy")
    arn = text(metadata, "Arn")
    if not policy:
        return unknown(f"key {shown}: its policy was not read", remedy="allow kms:GetKeyPolicy")
    return all_of(_judge_action(policy, arn, shown, account, action) for action in _ACTIONS)


def _judge_action(policy: str, arn: str, shown: str, account: str, action: str) -> Judgement:
    known = {"aws:principalisawsservice": "true", "aws:principalservicename": SERVICE}
    try:
        decision = decide(policy, Request(SERVICE, account, action, arn, known))
    except PolicyError as error:
        return unknown(f"the policy of key {shown} {error}", remedy=_REMEDY)
    if decision.allowed.is_yes:
        return ok()
    reason = f"the policy of key {shown} {decision.reason}"
    if decision.allowed.is_no and action in _ACTIONS[:2]:
        return broken(reason, observed=arn, wanted=action, remedy=_REMEDY)
    return unknown(reason, observed=arn, wanted=action, remedy=_REMEDY)
