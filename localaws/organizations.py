"""Organizations: who may list the accounts.

Source: Organizations API reference, ListAccounts: "only from the organization's management account
or by a member account that is a delegated administrator".
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from localaws.errors import AwsError


def install() -> None:
    """Patch moto's Organizations backend, which gives every other account an empty list."""
    from moto.organizations.exceptions import AWSOrganizationsNotInUseException
    from moto.organizations.models import OrganizationsBackend, organizations_backends

    if hasattr(OrganizationsBackend, "localaws_list_accounts"):
        return
    list_accounts = OrganizationsBackend.list_accounts
    OrganizationsBackend.localaws_list_accounts = list_accounts  # type: ignore[attr-defined]

    @wraps(list_accounts)
    def accounts_of(self: Any, *arguments: Any, **named: Any) -> Any:
        if self.org is not None:
            return list_accounts(self, *arguments, **named)
        if self.account_id not in organizations_backends.master_accounts:
            raise AWSOrganizationsNotInUseException
        account, partition = organizations_backends.master_accounts[self.account_id]
        owner = organizations_backends[account][partition]
        if self.account_id not in {admin.account.id for admin in owner.admins}:
            raise AwsError(
                "AccessDeniedException", "You don't have permissions to access this resource."
            )
        return list_accounts(owner, *arguments, **named)

    OrganizationsBackend.list_accounts = accounts_of  # type: ignore[method-assign]
