"""The IAM actions that moto's own resource types need. They do not call the API here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws import bridge
from localaws.permissions import is_action_allowed

_ACTIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("AWS::IAM::Policy", "CREATE"): ("iam:PutRolePolicy",),
    ("AWS::IAM::Policy", "UPDATE"): ("iam:PutRolePolicy",),
    ("AWS::IAM::Policy", "DELETE"): ("iam:DeleteRolePolicy",),
    ("AWS::IAM::Role", "CREATE"): ("iam:CreateRole",),
    ("AWS::IAM::Role", "UPDATE"): ("iam:UpdateRole",),
    ("AWS::IAM::Role", "DELETE"): ("iam:DeleteRole",),
    ("AWS::Lambda::Function", "CREATE"): ("lambda:CreateFunction", "iam:PassRole"),
    ("AWS::Lambda::Function", "UPDATE"): ("lambda:UpdateFunctionCode",),
    ("AWS::Lambda::Function", "DELETE"): ("lambda:DeleteFunction",),
    ("AWS::Lambda::Permission", "CREATE"): ("lambda:AddPermission",),
    ("AWS::Lambda::Permission", "DELETE"): ("lambda:RemovePermission",),
    ("AWS::Logs::LogGroup", "CREATE"): ("logs:CreateLogGroup",),
    ("AWS::Logs::LogGroup", "DELETE"): ("logs:DeleteLogGroup",),
    ("AWS::S3::Bucket", "CREATE"): ("s3:CreateBucket",),
    ("AWS::S3::Bucket", "DELETE"): ("s3:DeleteBucket",),
}
_ROLE_PROPERTIES = {
    "Policies": {"CREATE": "iam:PutRolePolicy", "DELETE": "iam:DeleteRolePolicy"},
    "ManagedPolicyArns": {"CREATE": "iam:AttachRolePolicy", "DELETE": "iam:DetachRolePolicy"},
}


class NotAuthorizedError(Exception):
    """The caller of CloudFormation may not do what a resource needs."""


def check_actions(account: str, kind: str, verb: str, properties: Mapping[str, Any]) -> None:
    """Raise NotAuthorizedError if the caller lacks an action; verb is CREATE, UPDATE or DELETE."""
    key = bridge.acting_key()
    if key is None:
        return
    actions = list(_ACTIONS.get((kind, verb), ()))
    if kind == "AWS::IAM::Role":
        actions += [
            action[verb]
            for name, action in _ROLE_PROPERTIES.items()
            if properties.get(name) and verb in action
        ]
    for action in actions:
        if not is_action_allowed(account, key, action):
            raise NotAuthorizedError(f"The caller is not authorized to perform: {action}")
