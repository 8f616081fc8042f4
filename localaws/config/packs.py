"""Conformance packs: AWS Config creates a stack from a template of rules and remediations."""

from __future__ import annotations

import secrets
import string
from typing import Any

from botocore.exceptions import ClientError

from localaws import bridge
from localaws.background import background
from localaws.bridge import Caller, Operation
from localaws.config.pack_template import check_template, parse, rule_names, suffixed
from localaws.config.state import Pack, now, page, rules_of, state
from localaws.errors import AwsError
from localaws.iam import create_service_linked_role

_LETTERS = string.ascii_lowercase + string.digits


def put_conformance_pack(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """PutConformancePack: check the request at once, create the stack in the background."""
    return put_pack(caller, request, pack_template(caller, request))


def put_pack(caller: Caller, request: dict[str, Any], template: dict[str, Any]) -> dict[str, Any]:
    """Do what PutConformancePack does with the template, which is parsed already."""
    name = request["ConformancePackName"]
    store = state(caller.account, caller.region)
    old = store.packs.get(name)
    if old and old.state.endswith("IN_PROGRESS"):
        message = f"Conformance pack {name} is being changed. Please try again later"
        raise AwsError("ResourceInUseException", message)
    parameters = {
        each["ParameterName"]: each["ParameterValue"]
        for each in request.get("ConformancePackInputParameters", [])
    }
    check_template(template, parameters)
    create_service_linked_role(caller, "config-conforms.amazonaws.com")
    identifier = old.identifier if old else f"conformance-pack-{_random(9)}"
    body = suffixed(template, identifier)
    pack = Pack(
        name=name,
        identifier=identifier,
        arn=(
            f"arn:aws:config:{caller.region}:{caller.account}:conformance-pack/{name}/{identifier}"
        ),
        stack_name=f"awsconfigconforms-{name}-{identifier}",
        request=request,
        rules=rule_names(body),
        requested=now(),
        stack_arn=old.stack_arn if old else None,
    )
    store.packs[name] = pack
    background.run(_deploy, caller, pack, body, parameters)
    return {"ConformancePackArn": pack.arn}


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def pack_template(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """Return the template that a request gives, or that is at its TemplateS3Uri."""
    body, uri = request.get("TemplateBody"), request.get("TemplateS3Uri")
    if not body and not uri:
        raise AwsError("InvalidParameterValueException", "Specify TemplateBody or TemplateS3Uri")
    if body and uri:
        raise AwsError(
            "InvalidParameterValueException", "Specify only one of TemplateBody and TemplateS3Uri"
        )
    return parse(body) if body else parse(_read(caller, str(uri)), "TemplateS3Uri")


def _read(caller: Caller, uri: str) -> str:
    """Return a template's text from ``s3://BUCKET/KEY``.

    Raises InvalidParameterValueException if the object does not exist.
    """
    from moto.core.exceptions import ServiceException
    from moto.s3.models import s3_backends
    from werkzeug.exceptions import HTTPException

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        stored_object = s3_backends[caller.account]["aws"].get_object(bucket, key)
    except (ServiceException, HTTPException):
        stored_object = None
    if stored_object is None:
        raise AwsError("InvalidParameterValueException", f"TemplateS3Uri {uri} does not exist")
    return str(stored_object.value.decode())


def _deploy(caller: Caller, pack: Pack, body: str, parameters: dict[str, str]) -> None:
    """Create or change the pack's stack, and record the result in the pack."""
    stacks = bridge.service_client("cloudformation", caller.region, caller.account, "CFRM")
    arguments = {
        "StackName": pack.stack_name,
        "TemplateBody": body,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    }
    try:
        call = stacks.update_stack if pack.stack_arn else stacks.create_stack
        pack.stack_arn = call(**arguments)["StackId"]
        stack = stacks.describe_stacks(StackName=pack.stack_name)["Stacks"][0]
        done = stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        reason = None if done else stack.get("StackStatusReason", stack["StackStatus"])
    except ClientError as error:
        done, reason = False, error.response["Error"]["Message"]
        if "No updates are to be performed" in reason:
            done, reason = True, None
    pack.completed = now()
    pack.reason = reason
    for name, rule in rules_of(caller).items():
        if name in pack.rules:
            rule.created_by = "config-conforms.amazonaws.com"
    pack.state = "CREATE_COMPLETE" if done else "CREATE_FAILED"


def delete_conformance_pack(caller: Caller, request: dict[str, Any]) -> None:
    """DeleteConformancePack."""
    pack = find(caller, request["ConformancePackName"])
    if pack.state.endswith("IN_PROGRESS"):
        message = f"Conformance pack {pack.name} is being changed. Please try again later"
        raise AwsError("ResourceInUseException", message)
    pack.state = "DELETE_IN_PROGRESS"
    background.run(_remove, caller, pack)


def _remove(caller: Caller, pack: Pack) -> None:
    stacks = bridge.service_client("cloudformation", caller.region, caller.account, "CFRM")
    stacks.delete_stack(StackName=pack.stack_name)
    remaining = [
        stack
        for stack in stacks.list_stacks()["StackSummaries"]
        if stack["StackName"] == pack.stack_name and stack["StackStatus"] != "DELETE_COMPLETE"
    ]
    if remaining:
        pack.state = "DELETE_FAILED"
        pack.reason = remaining[0].get("StackStatusReason", remaining[0]["StackStatus"])
    else:
        del state(caller.account, caller.region).packs[pack.name]


def find(caller: Caller, name: str) -> Pack:
    """Return the pack. Raises NoSuchConformancePackException if no pack has the name."""
    pack = state(caller.account, caller.region).packs.get(name)
    if pack is None:
        message = f"Conformance pack {name} does not exist"
        raise AwsError("NoSuchConformancePackException", message)
    return pack


def _all(caller: Caller) -> list[Pack]:
    return list(state(caller.account, caller.region).packs.values())


def describe_conformance_packs(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeConformancePacks."""
    names = request.get("ConformancePackNames")
    requested = [find(caller, name) for name in names] if names else _all(caller)
    items = [
        {
            "ConformancePackName": pack.name,
            "ConformancePackArn": pack.arn,
            "ConformancePackId": pack.identifier,
            "ConformancePackInputParameters": pack.request.get(
                "ConformancePackInputParameters", []
            ),
            "LastUpdateRequestedTime": pack.requested,
        }
        for pack in requested
    ]
    shown, more = page(items, request, 20)
    return {"ConformancePackDetails": shown} | more


def describe_conformance_pack_status(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeConformancePackStatus, without unknown names."""
    names = request.get("ConformancePackNames")
    items = []
    for pack in _all(caller):
        if names and pack.name not in names:
            continue
        status = {
            "ConformancePackName": pack.name,
            "ConformancePackId": pack.identifier,
            "ConformancePackArn": pack.arn,
            "ConformancePackState": pack.state,
            "StackArn": pack.stack_arn or "",
            "ConformancePackStatusReason": pack.reason,
            "LastUpdateRequestedTime": pack.requested,
            "LastUpdateCompletedTime": pack.completed,
        }
        items.append({key: value for key, value in status.items() if value is not None})
    shown, more = page(items, request, 20)
    return {"ConformancePackStatusDetails": shown} | more


OPERATIONS: dict[str, Operation] = {
    "PutConformancePack": put_conformance_pack,
    "DeleteConformancePack": delete_conformance_pack,
    "DescribeConformancePacks": describe_conformance_packs,
    "DescribeConformancePackStatus": describe_conformance_pack_status,
}
