"""The key of an encrypted topic: may CloudWatch use it to publish?

Sources: SNS developer guide, "Enable compatibility between event sources from AWS services and
encrypted topics"; AWS re:Post knowledge centre, on alarms that notify encrypted topics: CloudWatch
calls kms:Decrypt and kms:GenerateDataKey. The policy of an AWS-managed key cannot be edited.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, mapping, quote, text
from alarmchain.chain.judgement import Judgement, all_of, broken, ok, unknown
from alarmchain.chain.topic.cloudwatch_request import SERVICE
from alarmchain.chain.topic.policy_condition import Context
from alarmchain.chain.topic.resource_policy import PolicyError, Request, decide

MANAGED = "alias/aws/sns"
_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
"""What CloudWatch calls."""

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


@dataclass(frozen=True, slots=True)
class Caller:
    """CloudWatch, which publishes for an alarm.

    `account`: the alarm's. `region`: the topic's and the alarm's. `topic`: what a message calls the
    topic. `context`: the condition keys of its calls of the key.
    """

    account: str
    region: str
    topic: str
    context: Context


def key_called(reference: str, topic: str) -> str:
    """Return what a message calls a topic's key; `reference`: the topic's KmsMasterKeyId."""
    short = reference.rsplit("/", 1)[-1] if ":key/" in reference else reference
    return f"key {quote(short)} of {topic}"


def judge_key(reference: str, key: Mapping[str, Any] | None, caller: Caller) -> Judgement:
    """Return whether CloudWatch may use the key of a topic.

    `reference`: the topic's KmsMasterKeyId. `key`: the snapshot's item, None if it was not read.
    """
    name = key_called(reference, caller.topic)
    if is_managed_by_aws(reference):
        return _managed_by_aws(name, reference)
    arn = Arn.parse(reference)
    if arn is not None and arn.region != caller.region:
        return _in_another_region(name, arn, caller.region)
    if key is None:
        return unknown(f"{name} was not read", observed=reference, remedy="allow kms:GetKeyPolicy")
    metadata = mapping(key, "Metadata")
    if text(metadata, "KeyManager") == "AWS":
        return _managed_by_aws(name, reference)
    return all_of(
        (
            _judge_kind(metadata, name, caller.region),
            _judge_state(metadata, name),
            _judge_policy(key, name, caller),
        )
    )


def key_requests(key: Mapping[str, Any], caller: Caller) -> list[Request]:
    """Return CloudWatch's requests to the key."""
    arn = text(mapping(key, "Metadata"), "Arn")
    return [Request(SERVICE, caller.account, action, arn, caller.context) for action in _ACTIONS]


def missing_key(reference: str, topic: str) -> Judgement:
    """Return broken: there is no such key; SNS does not check it when a topic gets the key."""
    name = key_called(reference, topic)
    return broken(
        f"{name} does not exist",
        observed=f"kms:DescribeKey found no {reference}",
        wanted=reference,
        remedy=_CUSTOMER_KEY,
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
    return ok() if arn is None or arn.region == region else _in_another_region(name, arn, region)


def _in_another_region(name: str, key: Arn, region: str) -> Judgement:
    return broken(
        f"{name} is in {clip(key.region, 20)}, but the topic is in {region}",
        observed=key.region,
        wanted=region,
        remedy=_CUSTOMER_KEY,
    )


def _judge_state(metadata: Mapping[str, Any], name: str) -> Judgement:
    state = text(metadata, "KeyState")
    if not state and "Enabled" in metadata:
        state = "Enabled" if metadata["Enabled"] is True else "Disabled"
    if state == "Enabled":
        return ok()
    if state in ("", "Creating", "Updating"):
        return unknown(f"{name} is in the state {state or 'unknown'}", wanted="Enabled")
    return broken(f"{name} is {state}", observed=state, wanted="Enabled", remedy="enable the key")


def _judge_policy(key: Mapping[str, Any], name: str, caller: Caller) -> Judgement:
    policy = text(key, "Policy")
    if not policy:
        return unknown(f"the policy of {name} was not read", remedy="allow kms:GetKeyPolicy")
    return all_of(_judge_request(policy, name, request) for request in key_requests(key, caller))


def _judge_request(policy: str, name: str, request: Request) -> Judgement:
    try:
        decision = decide(policy, request)
    except PolicyError as error:
        return unknown(f"the policy of {name} {error}", remedy=_REMEDY)
    if decision.allowed.is_yes:
        return ok()
    verdict = broken if decision.allowed.is_no else unknown
    reason = f"the policy of {name} {decision.reason}"
    return verdict(reason, observed=request.resource, wanted=request.action, remedy=_REMEDY)
