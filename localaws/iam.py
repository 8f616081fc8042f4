"""IAM: AWS's managed policies are read once, instead of for every account after every reset."""

from __future__ import annotations

from typing import Any


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
