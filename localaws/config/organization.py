"""Organization rules: AWS Config creates a rule in every member account."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from localaws.behaviour import behaviour
from localaws.bridge import Caller, Operation, Regional
from localaws.config.state import now, page
from localaws.errors import AwsError, not_implemented
from localaws.iam import create_service_linked_role
from localaws.permissions import is_action_allowed

_LETTERS = string.ascii_lowercase + string.digits
_PRINCIPAL = "config-multiaccountsetup.amazonaws.com"
"""Administrators of config.amazonaws.com can only aggregate data, not create organization rules."""


@dataclass(slots=True)
class Member:
    """The status of a rule or pack in one member account, in the API's words."""

    account: str
    name: str
    status: str
    updated: datetime
    error_code: str | None = None
    error_message: str | None = None


@dataclass(slots=True)
class OrganizationRule:
    """An organization rule: the request, and its rules in the members."""

    name: str
    arn: str
    suffix: str
    request: dict[str, Any]
    updated: datetime
    members: dict[str, Member] = field(default_factory=dict)


_rules: Regional[dict[str, OrganizationRule]] = Regional(dict)


def random_suffix() -> str:
    """Return eight characters, which AWS Config appends to names in member accounts."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def member_accounts(caller: Caller, excluded: list[str]) -> list[str]:
    """Return the accounts of the caller's organization, including the management account.

    Raises NoAvailableOrganizationException if there is no organization, and
    OrganizationAccessDeniedException if the account is neither the management account nor a
    delegated administrator.
    """
    from moto.organizations.models import organizations_backends

    owner, _ = organizations_backends.master_accounts.get(caller.account, (caller.account, "aws"))
    backend = organizations_backends[owner]["aws"]
    if backend.org is None:
        raise AwsError("NoAvailableOrganizationException", "Organization does not exist")
    administrators = {admin.account.id for admin in backend.admins if _PRINCIPAL in admin.services}
    if caller.account not in {owner, *administrators}:
        message = (
            f"{caller.account} is neither the management account nor a delegated administrator"
        )
        raise AwsError("OrganizationAccessDeniedException", message)
    return [each.id for each in backend.accounts if each.id not in excluded]


def prepare(caller: Caller) -> None:
    """Create the service-linked role that organization rules and packs need.

    Under IAM enforcement the management account needs organizations:EnableAWSServiceAccess, a
    delegated administrator organizations:ListDelegatedAdministrators (AWS Config API,
    PutOrganizationConformancePack).
    """
    from moto.organizations.models import organizations_backends

    owner, _ = organizations_backends.master_accounts.get(caller.account, (caller.account, "aws"))
    call = "EnableAWSServiceAccess" if caller.account == owner else "ListDelegatedAdministrators"
    action = f"organizations:{call}"
    if behaviour.enforces_iam and not is_action_allowed(caller.account, caller.access_key, action):
        message = f"The caller is not authorized to perform: {action}"
        raise AwsError("OrganizationAccessDeniedException", message)
    create_service_linked_role(caller, _PRINCIPAL)


def _put(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    metadata = request.get("OrganizationCustomRuleMetadata")
    if not metadata:
        raise not_implemented("organization rules without a Lambda function")
    accounts = member_accounts(caller, request.get("ExcludedAccounts", []))
    prepare(caller)
    name = request["OrganizationConfigRuleName"]
    stored = _rules(caller.account, caller.region)
    old = stored.get(name)
    suffix = old.suffix if old else random_suffix()
    arn = (
        f"arn:aws:config:{caller.region}:{caller.account}:organization-config-rule/{name}-{suffix}"
    )
    rule = OrganizationRule(name, arn, suffix, request, now())
    for account in accounts:
        rule.members[account] = _put_member(caller, account, rule, metadata, changed=bool(old))
    for account in set(old.members) - set(accounts) if old else ():
        _delete_member(caller, account, rule)
    stored[name] = rule
    return {"OrganizationConfigRuleArn": arn}


def _member_name(rule: OrganizationRule) -> str:
    return f"OrgConfigRule-{rule.name}-{rule.suffix}"


def _put_member(
    caller: Caller, account: str, rule: OrganizationRule, metadata: dict[str, Any], changed: bool
) -> Member:
    from moto.config.models import config_backends

    name = _member_name(rule)
    details = [
        {"EventSource": "aws.config", "MessageType": trigger}
        for trigger in metadata["OrganizationConfigRuleTriggerTypes"]
    ]
    for detail in details:
        if detail["MessageType"] == "ScheduledNotification":
            frequency = metadata.get("MaximumExecutionFrequency", "TwentyFour_Hours")
            detail["MaximumExecutionFrequency"] = frequency
    body = {
        "ConfigRuleName": name,
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": metadata["LambdaFunctionArn"],
            "SourceDetails": details,
        },
    }
    body |= {key: metadata[key] for key in ("Description", "InputParameters") if key in metadata}
    verb = "UPDATE" if changed else "CREATE"
    backend = config_backends[account][caller.region]
    try:
        backend.put_config_rule(body)
    except (ServiceException, HTTPException) as error:
        code = getattr(error, "error_type", None) or str(error.code)
        message = getattr(error, "message", str(error))
        return Member(account, name, f"{verb}_FAILED", now(), code, message)
    backend.config_rules[name].created_by = "config-multiaccountsetup.amazonaws.com"
    return Member(account, name, f"{verb}_SUCCESSFUL", now())


def _delete_member(caller: Caller, account: str, rule: OrganizationRule) -> None:
    from moto.config.models import config_backends

    backend = config_backends[account][caller.region]
    if _member_name(rule) in backend.config_rules:
        backend.delete_config_rule(_member_name(rule))


def _find(caller: Caller, name: str) -> OrganizationRule:
    rule = _rules(caller.account, caller.region).get(name)
    if rule is None:
        message = f"Organization config rule {name} does not exist"
        raise AwsError("NoSuchOrganizationConfigRuleException", message)
    return rule


def _requested(caller: Caller, request: dict[str, Any]) -> list[OrganizationRule]:
    names = request.get("OrganizationConfigRuleNames")
    if names:
        return [_find(caller, name) for name in names]
    return list(_rules(caller.account, caller.region).values())


def _delete(caller: Caller, request: dict[str, Any]) -> None:
    rule = _find(caller, request["OrganizationConfigRuleName"])
    for account in rule.members:
        _delete_member(caller, account, rule)
    del _rules(caller.account, caller.region)[rule.name]


def _describe(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    items = [
        {"OrganizationConfigRuleArn": rule.arn, "LastUpdateTime": rule.updated}
        | {key: value for key, value in rule.request.items() if key != "Tags"}
        for rule in _requested(caller, request)
    ]
    shown, more = page(items, request, 100)
    return {"OrganizationConfigRules": shown} | more


def overall(members: list[Member]) -> Member | None:
    """Return the member that decides the overall status: the first that failed, else the first."""
    failed = [each for each in members if each.status.endswith("FAILED")]
    return next(iter(failed or members), None)


def _statuses(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    items = []
    for rule in _requested(caller, request):
        worst = overall(list(rule.members.values()))
        status = {
            "OrganizationConfigRuleName": rule.name,
            "OrganizationRuleStatus": worst.status if worst else "CREATE_SUCCESSFUL",
            "ErrorCode": worst.error_code if worst else None,
            "ErrorMessage": worst.error_message if worst else None,
            "LastUpdateTime": rule.updated,
        }
        items.append({key: value for key, value in status.items() if value is not None})
    shown, more = page(items, request, 100)
    return {"OrganizationConfigRuleStatuses": shown} | more


def _detailed(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    account_id = request.get("Filters", {}).get("AccountId")
    items = []
    for member in _find(caller, request["OrganizationConfigRuleName"]).members.values():
        status = {
            "AccountId": member.account,
            "ConfigRuleName": member.name,
            "MemberAccountRuleStatus": member.status,
            "ErrorCode": member.error_code,
            "ErrorMessage": member.error_message,
            "LastUpdateTime": member.updated,
        }
        if account_id in (None, member.account):
            items.append({key: value for key, value in status.items() if value is not None})
    shown, more = page(items, request, 100)
    return {"OrganizationConfigRuleDetailedStatus": shown} | more


OPERATIONS: dict[str, Operation] = {
    "PutOrganizationConfigRule": _put,
    "DeleteOrganizationConfigRule": _delete,
    "DescribeOrganizationConfigRules": _describe,
    "DescribeOrganizationConfigRuleStatuses": _statuses,
    "GetOrganizationConfigRuleDetailedStatus": _detailed,
}
