"""CloudFormation's Lambda resources, with the properties that moto drops."""

from __future__ import annotations

import json
from typing import Any

from localaws.errors import AwsError

_NUMBERS = ("MemorySize", "Timeout", "ReservedConcurrentExecutions")
"""Templates can have these numbers as text; RDK's templates do."""


def install() -> None:
    """Patch ``AWS::Lambda::Function`` and ``AWS::Lambda::Permission``."""
    from moto.awslambda import models

    if hasattr(models.LambdaFunction, "localaws_create"):
        return
    create = models.LambdaFunction.create_from_cloudformation_json
    update = models.LambdaFunction.update_from_cloudformation_json
    models.LambdaFunction.localaws_create = create  # type: ignore[attr-defined]

    def create_function(name: str, body: Any, account: str, region: str, **rest: Any) -> Any:
        properties = _with_numbers(body)
        function = create(name, {"Properties": properties}, account, region, **rest)
        if properties.get("Layers"):
            function.update_configuration({"Layers": properties["Layers"]})
        tags = properties.get("Tags")
        if tags:
            function.tags = {tag["Key"]: tag["Value"] for tag in tags}
        return function

    def update_function(
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        # A property that the new template lacks gets its default again.
        defaults = {"Layers": [], "Environment": {"Variables": {}}, "Timeout": 3, "MemorySize": 128}
        properties = defaults | _with_numbers(cloudformation_json)
        body = {"Properties": properties}
        return update(original_resource, new_resource_name, body, account_id, region_name)

    models.LambdaFunction.create_from_cloudformation_json = staticmethod(create_function)
    models.LambdaFunction.update_from_cloudformation_json = staticmethod(update_function)
    models.Permission.create_from_cloudformation_json = staticmethod(_create_permission)
    models.Permission.delete = _delete_permission
    models.Permission.update_from_cloudformation_json = staticmethod(_update_permission)


def _with_numbers(body: dict[str, Any]) -> dict[str, Any]:
    properties = dict(body["Properties"])
    for name in _NUMBERS:
        if name in properties:
            properties[name] = int(properties[name])
    return properties


def _create_permission(name: str, body: Any, account: str, region: str, **_: Any) -> Any:
    from moto.awslambda.models import Permission
    from moto.awslambda.utils import get_backend

    properties = dict(body["Properties"])
    function = get_backend(account, region).get_function(properties.pop("FunctionName"))
    properties["StatementId"] = name
    function.policy.add_statement(raw=json.dumps(properties))
    permission = Permission(region=region)
    permission.statement_id = name
    permission.function = function
    permission.physical_resource_id = name
    return permission


def _delete_permission(self: Any, account: str, region: str) -> None:
    policy = self.function.policy
    policy.statements = [each for each in policy.statements if each["Sid"] != self.statement_id]


def _update_permission(
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Any:
    """Replace the permission, because none of its properties can be changed."""
    original_resource.delete(account_id, region_name)
    return _create_permission(new_resource_name, cloudformation_json, account_id, region_name)


def find_function(arn: str) -> Any:
    """Return moto's function with the ARN, in any account and region; None if there is none."""
    from moto.awslambda.utils import get_backend
    from moto.core.exceptions import ServiceException
    from werkzeug.exceptions import HTTPException

    parts = arn.split(":")
    if len(parts) < 7:
        return None
    try:
        return get_backend(parts[4], parts[3]).get_function(arn)
    except (ServiceException, HTTPException):
        return None


def require_permission(function: Any, service: str, message: str) -> None:
    """Raise AwsError with the message unless the function's policy lets the service invoke it.

    service is a principal such as ``config.amazonaws.com``.
    """
    for statement in function.policy.statements:
        principal = statement.get("Principal", {})
        named = principal.get("Service") if isinstance(principal, dict) else principal
        actions = statement["Action"]
        allowed = {actions} if isinstance(actions, str) else set(actions)
        if named in (service, "*") and allowed & {"lambda:InvokeFunction", "lambda:*"}:
            return
    raise AwsError("InsufficientPermissionsException", message)
