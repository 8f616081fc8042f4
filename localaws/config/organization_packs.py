"""Organization conformance packs: AWS Config creates a pack in every member account.

They replace moto's operations, which store only a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from localaws.bridge import Caller, Operation, Regional
from localaws.config import packs
from localaws.config.organization import member_accounts, prepare, random_suffix
from localaws.config.state import now, page
from localaws.errors import AwsError

_STATUS = {
    "CREATE_COMPLETE": "CREATE_SUCCESSFUL",
    "CREATE_FAILED": "CREATE_FAILED",
    "CREATE_IN_PROGRESS": "CREATE_IN_PROGRESS",
}


@dataclass(frozen=True, slots=True)
class OrganizationPack:
    """An organization pack: the request, and the pack's name in every member (member_name)."""

    name: str
    arn: str
    member_name: str
    accounts: tuple[str, ...]
    request: dict[str, Any]
    updated: datetime


_packs: Regional[dict[str, OrganizationPack]] = Regional(dict)


def _at(caller: Caller, account: str) -> Caller:
    return Caller(account, caller.region, caller.access_key)


def _put(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    accounts = member_accounts(caller, request.get("ExcludedAccounts", []))
    prepare(caller)
    name = request["OrganizationConformancePackName"]
    stored = _packs(caller.account, caller.region)
    old = stored.get(name)
    member_name = old.member_name if old else f"OrgConformsPack-{name}-{random_suffix()}"
    # Read the template once, in the account that owns the bucket.
    template = packs.pack_template(caller, request)
    member_request = {
        "ConformancePackName": member_name,
        "ConformancePackInputParameters": request.get("ConformancePackInputParameters", []),
    }
    for account in accounts:
        packs.put_pack(_at(caller, account), member_request, template)
    for account in set(old.accounts) - set(accounts) if old else ():
        packs.delete_conformance_pack(_at(caller, account), {"ConformancePackName": member_name})
    unique = member_name.removeprefix("OrgConformsPack-")
    arn = f"arn:aws:config:{caller.region}:{caller.account}:organization-conformance-pack/{unique}"
    stored[name] = OrganizationPack(name, arn, member_name, tuple(accounts), request, now())
    return {"OrganizationConformancePackArn": arn}


def _find(caller: Caller, name: str) -> OrganizationPack:
    pack = _packs(caller.account, caller.region).get(name)
    if pack is None:
        message = f"Organization conformance pack {name} does not exist"
        raise AwsError("NoSuchOrganizationConformancePackException", message)
    return pack


def _requested(caller: Caller, request: dict[str, Any]) -> list[OrganizationPack]:
    names = request.get("OrganizationConformancePackNames")
    if names:
        return [_find(caller, name) for name in names]
    return list(_packs(caller.account, caller.region).values())


def _delete(caller: Caller, request: dict[str, Any]) -> None:
    pack = _find(caller, request["OrganizationConformancePackName"])
    for account in pack.accounts:
        member_pack = {"ConformancePackName": pack.member_name}
        packs.delete_conformance_pack(_at(caller, account), member_pack)
    del _packs(caller.account, caller.region)[pack.name]


def _describe(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    items = [
        {
            "OrganizationConformancePackName": pack.name,
            "OrganizationConformancePackArn": pack.arn,
            "ConformancePackInputParameters": pack.request.get(
                "ConformancePackInputParameters", []
            ),
            "ExcludedAccounts": pack.request.get("ExcludedAccounts", []),
            "LastUpdateTime": pack.updated,
        }
        for pack in _requested(caller, request)
    ]
    shown, more = page(items, request, 20)
    return {"OrganizationConformancePacks": shown} | more


def _members(caller: Caller, pack: OrganizationPack) -> list[dict[str, Any]]:
    items = []
    for account in pack.accounts:
        member_pack = packs.find(_at(caller, account), pack.member_name)
        status = {
            "AccountId": account,
            "ConformancePackName": pack.member_name,
            "Status": _STATUS.get(member_pack.state, "DELETE_IN_PROGRESS"),
            "ErrorMessage": member_pack.reason,
            "LastUpdateTime": member_pack.completed or member_pack.requested,
        }
        items.append({key: value for key, value in status.items() if value is not None})
    return items


def _statuses(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    items = []
    for pack in _requested(caller, request):
        members = _members(caller, pack)
        stored = {each["Status"] for each in members}
        order = ("CREATE_FAILED", "CREATE_IN_PROGRESS", "CREATE_SUCCESSFUL")
        status = next((each for each in order if each in stored), "CREATE_SUCCESSFUL")
        items.append(
            {
                "OrganizationConformancePackName": pack.name,
                "Status": status,
                "LastUpdateTime": pack.updated,
            }
        )
    shown, more = page(items, request, 20)
    return {"OrganizationConformancePackStatuses": shown} | more


def _detailed(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    pack = _find(caller, request["OrganizationConformancePackName"])
    shown, more = page(_members(caller, pack), request, 20)
    return {"OrganizationConformancePackDetailedStatuses": shown} | more


OPERATIONS: dict[str, Operation] = {
    "PutOrganizationConformancePack": _put,
    "DeleteOrganizationConformancePack": _delete,
    "DescribeOrganizationConformancePacks": _describe,
    "DescribeOrganizationConformancePackStatuses": _statuses,
    "GetOrganizationConformancePackDetailedStatus": _detailed,
}
