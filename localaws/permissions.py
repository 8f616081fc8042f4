"""IAM enforcement: whether the policies of a role or IAM user allow a call.

moto's own enforcement compares every Resource with ``*``, so it refuses all policies that name
resources. Here an Allow counts for its actions whatever its Resource and Condition; a Deny counts
if it has Resource ``*`` and no Condition. Calls of the account's user (a key of
``localaws.accounts``) and of AWS services are always allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from localaws.calls import Call
from localaws.sns.policy import like

_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
}
"""Operations whose IAM action has another name (Service Authorization Reference)."""
_ALWAYS_ALLOWED = {"sts:GetCallerIdentity"}


def iam_action(call: Call) -> str:
    """Return the IAM action of a call."""
    return _ACTIONS.get(call.action, call.action)


def is_allowed(call: Call) -> bool:
    """Return whether the caller's IAM policies allow the call."""
    return is_action_allowed(call.account, call.access_key, iam_action(call))


def is_action_allowed(account: str, access_key: str, action: str) -> bool:
    """Return whether the IAM policies of an access key's owner allow an action."""
    if action in _ALWAYS_ALLOWED:
        return True
    policies = _policies(account, access_key)
    if policies is None:
        return True
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in _statements(policy)
        if _applies(statement, action)
    }
    return effects == {"Allow"}


def _policies(account: str, access_key: str) -> list[Mapping[str, Any]] | None:
    """Return the policy documents of a key's owner; None if the owner is not a role or IAM user."""
    from moto.iam.access_control import CreateAccessKeyFailure, create_access_key
    from moto.sts.models import sts_backends

    from localaws import accounts

    if accounts.account_of(access_key):
        return None
    role = sts_backends[account]["aws"].get_assumed_role_from_access_key(access_key)
    # moto recognizes a role's key by its session token.
    headers = {"X-Amz-Security-Token": role.session_token} if role else {}
    try:
        key = create_access_key(account, "aws", access_key, headers)
    except CreateAccessKeyFailure:
        return None
    return [_document(policy) for policy in key.collect_policies()]


def _document(policy: Any) -> Mapping[str, Any]:
    if isinstance(policy, str):
        text = policy
    elif isinstance(policy, Mapping):
        if "Statement" in policy:  # an inline policy of a stack
            return policy
        text = policy["policy_document"]
    else:
        text = next(version.document for version in policy.versions if version.is_default)
    document: Mapping[str, Any] = json.loads(text)
    return document


def _statements(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    statements = policy["Statement"]
    yield from statements if isinstance(statements, list) else [statements]


def _applies(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        matches = not _any_like(statement["NotAction"], action)
    else:
        matches = _any_like(statement["Action"], action)
    if statement["Effect"] == "Deny":
        return (
            matches and statement.get("Resource") in ("*", ["*"]) and not statement.get("Condition")
        )
    return matches


def _any_like(patterns: Any, action: str) -> bool:
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(like(pattern.lower(), action.lower()) for pattern in patterns)
