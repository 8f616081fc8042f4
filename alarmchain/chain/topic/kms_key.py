"""The key of an encrypted topic: may CloudWatch use it to publish?

Source: SNS developer guide, "Enable compatibility between event sources from AWS services and
encrypted topics": the key's policy grants the service kms:Decrypt and kms:GenerateDataKey*; the
policy of an AWS-managed key cannot be edited. AWS does not document which condition keys such a
request carries, besides those of the service principal.
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
"""kms:Decrypt, and what kms:GenerateDataKey* matches; only the first two are surely needed."""

_REMEDY = f"allow {SERVICE} kms:Decrypt and kms:GenerateDataKey* in the key's policy"
_CUSTOMER_KEY = f"encrypt with a customer-managed key that {SERVICE} may use"


def find_key(keys: Iterable[Mapping[str, Any]], reference: str) -> Mapping[str, Any] | None:
    """Return the key to which a topic's KmsMasterKeyId (id, ARN or alias) refers, None if absent.

    An alias is found only if the key was read by that alias (its `KeyId` in the snapshot).
    """
    return next((key for key in keys if _is_meant(key, reference)), None)


def _is_meant(key: Mapping[str, Any], reference: str) -> bool:
    metadata = mapping(key, "Metadata")
    names = {text(key, "KeyId"), text(metadata, "KeyId"), text(metadata, "Arn")} - {""}
    if reference in names:
        return True
    arn = Arn.parse(reference)
    key_arns = [key_arn for key_arn in map(Arn.parse, names) if key_arn is not None]
    if arn is not None and any(
        (key_arn.region, key_arn.account) != (arn.region, arn.account) for key_arn in key_arns
    ):
        return False
    ids = {name.removeprefix("key/") for name in names | {arn.resource for arn in key_arns}}
    return (arn.resource if arn else reference).removeprefix("key/") in ids


def is_managed_by_aws(reference: str) -> bool:
    """Return whether the reference itself shows that it is SNS's AWS-managed key."""
    arn = Arn.parse(reference)
    return (arn.resource if arn else reference) == MANAGED


def judge_key(
    reference: str, key: Mapping[str, Any] | None, account: str, region: str, topic: str
) -> Judgement:
    """Return whether CloudWatch, acting for the account, may use the key of a topic.

    `reference`: the topic's KmsMasterKeyId. `key`: the snapshot's item, None if it was not read.
    `region`: the topic's. `topic`: what a message calls the topic.
    """
    short = reference.rsplit("/", 1)[-1] if ":key/" in reference else reference
    name = f"key {quote(short)} of {topic}"
    if is_managed_by_aws(reference):
        return _managed_by_aws(name, short)
    if key is None:
        return unknown(f"{name} was not read", observed=reference, remedy="allow kms:GetKeyPolicy")
    metadata = mapping(key, "Metadata")
    if text(metadata, "KeyManager") == "AWS":
        return _managed_by_aws(name, short)
    return all_of(
        (
            _judge_kind(metadata, name, region),
            _judge_state(metadata, name),
            _judge_policy(key, metadata, name, account),
        )
    )


def _managed_by_aws(name: str, observed: str) -> Judgement:
    return broken(
        f"{name} is managed by AWS, so CloudWatch cannot publish with it",
        observed=observed,
        wanted="a customer-managed key, or no key",
        remedy=_CUSTOMER_KEY,
    )


def _judge_kind(metadata: Mapping[str, Any], name: str, region: str) -> Judgement:
    """Return whether SNS can encrypt with the key: a symmetric encryption key of its own region.

    AWS checks neither when a topic is given a key.
    """
    expected = {
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    }
    for member, value in expected.items():
        if metadata.get(member) not in (None, value):
            return broken(
                f"{name} is not a symmetric encryption key",
                observed=f"{member} {metadata[member]}",
                wanted=f"{member} {value}",
                remedy=_CUSTOMER_KEY,
            )
    arn = Arn.parse(metadata.get("Arn"))
    if arn is not None and arn.region != region:
        return broken(
            f"{name} is in {clip(arn.region, 20)}, but the topic is in {region}",
            observed=arn.region,
            wanted=region,
            remedy=_CUSTOMER_KEY,
        )
    return ok()


def _judge_state(metadata: Mapping[str, Any], name: str) -> Judgement:
    state = text(metadata, "KeyState")
    if not state and "Enabled" in metadata:
        state = "Enabled" if metadata["Enabled"] is True else "Disabled"
    if state == "Enabled":
        return ok()
    if state in ("", "Creating", "Updating"):
        return unknown(f"{name} is in the state {state or 'unknown'}", wanted="Enabled")
    return broken(f"{name} is {state}", observed=state, wanted="Enabled", remedy="enable the key")


def _judge_policy(
    key: Mapping[str, Any], metadata: Mapping[str, Any], name: str, account: str
) -> Judgement:
    policy = text(key, "Policy")
    arn = text(metadata, "Arn")
    if not policy:
        return unknown(f"the policy of {name} was not read", remedy="allow kms:GetKeyPolicy")
    return all_of(_judge_action(policy, arn, name, account, action) for action in _ACTIONS)


def _judge_action(policy: str, arn: str, name: str, account: str, action: str) -> Judgement:
    context = {"aws:principalisawsservice": "true", "aws:principalservicename": SERVICE}
    try:
        decision = decide(policy, Request(SERVICE, account, action, arn, context))
    except PolicyError as error:
        return unknown(f"the policy of {name} {error}", remedy=_REMEDY)
    if decision.allowed.is_yes:
        return ok()
    reason = f"the policy of {name} {decision.reason}"
    if decision.allowed.is_no and action in _ACTIONS[:2]:
        return broken(reason, observed=arn, wanted=action, remedy=_REMEDY)
    return unknown(reason, observed=arn, wanted=action, remedy=_REMEDY)
