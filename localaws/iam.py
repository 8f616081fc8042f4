"""IAM: managed policies that are read once, service-linked roles, and roles that are too new."""

from __future__ import annotations

from functools import wraps
from typing import Any

from localaws.behaviour import behaviour
from localaws.bridge import Caller, Regional
from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.permissions import is_action_allowed

_created: Regional[dict[str, float]] = Regional(dict)
"""The creation times of roles, in epoch seconds of the local clock, by name."""


def install() -> None:
    """Patch moto's IAM backend."""
    from moto.iam.models import AWSManagedPolicy, IAMBackend

    if hasattr(IAMBackend, "localaws_read_policies"):
        return
    read = IAMBackend._init_aws_policies
    IAMBackend.localaws_read_policies = read  # type: ignore[attr-defined]
    by_partition: dict[str, list[Any]] = {}

    def policies(self: Any) -> list[Any]:
        if self.partition not in by_partition:
            by_partition[self.partition] = read(self)
        # Each account needs a copy, because it counts its own attachments.
        return [_copy(policy, self.account_id) for policy in by_partition[self.partition]]

    def _copy(policy: Any, account: str) -> Any:
        copy = object.__new__(AWSManagedPolicy)
        copy.__dict__ = policy.__dict__ | {"account_id": account, "attachment_count": 0}
        return copy

    IAMBackend._init_aws_policies = policies  # type: ignore[method-assign]
    create_role = IAMBackend.create_role

    @wraps(create_role)
    def create(self: Any, role_name: str, *arguments: Any, **named: Any) -> Any:
        role = create_role(self, role_name, *arguments, **named)
        _created(self.account_id, "aws")[role_name] = Clock.now()
        return role

    IAMBackend.create_role = create  # type: ignore[method-assign]


def is_usable(role_arn: str) -> bool:
    """Return whether a role is old enough to be used (``Behaviour.role_delay``)."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    created = _created(account, "aws").get(name)
    return created is None or Clock.now() - created >= behaviour.role_delay


def create_service_linked_role(caller: Caller, service: str) -> None:
    """Create the service-linked role of a service, if the account does not have it.

    Under IAM enforcement the caller needs iam:CreateServiceLinkedRole.
    """
    from moto.iam.models import iam_backends

    backend = iam_backends[caller.account]["aws"]
    if any(f"/{service}/" in role.path for role in backend.get_roles()):
        return
    action = "iam:CreateServiceLinkedRole"
    if behaviour.enforces_iam and not is_action_allowed(caller.account, caller.access_key, action):
        message = f"The caller is not authorized to perform: {action}"
        raise AwsError("InsufficientPermissionsException", message)
    backend.create_service_linked_role(service, "", "")
