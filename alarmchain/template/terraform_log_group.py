"""The log group of a metric filter in a Terraform plan or state.

Two filters are on the same log group if its name, or the reference to it, and the provider's region
and account are the same. A reference is followed through the inputs of modules.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from alarmchain.template.template_filter import Identity, TemplateLogGroup
from alarmchain.template.terraform_configuration import (
    Scope,
    instance,
    module_indexes,
    references,
)

_LOG_GROUP = "aws_cloudwatch_log_group."
_LOG_GROUP_ITSELF = re.compile(r"aws_cloudwatch_log_group\.[^.\[]+")
_NAME_ATTRIBUTES = (".name", ".id")
_PER_INSTANCE = ("each.", "count.")
_OUTPUT = re.compile(r"module\.([^.\[]+)(\[[^\]]*\])?\.([^.\[]+)")
_NOT_OF_THE_ACCOUNT = ("region", "default_tags", "ignore_tags", "max_retries", "retry_mode")


class LogGroupReader:
    """Reads the log groups of one plan or state."""

    def __init__(
        self,
        configuration: Mapping[str, Any],
        resources: Iterable[Mapping[str, Any]],
    ) -> None:
        self._providers = configuration.get("provider_config", {})
        # A state does not say which provider a resource has.
        places = {place for each in resources for place in _places(each)}
        self._one_place = bool(configuration) or len(places) <= 1

    def log_group(
        self, address: str, values: Mapping[str, Any], scope: Scope, configured: Mapping[str, Any]
    ) -> TemplateLogGroup:
        """Return the log group of the filter with this address."""
        region, account = self._place(address, values, configured)
        name = values.get("log_group_name")
        if isinstance(name, str):
            return TemplateLogGroup(name, Identity.NAME, region, account)
        expression = configured.get("expressions", {}).get("log_group_name")
        indexes = module_indexes(address, len(scope.names))
        log_group = _followed(references(expression), scope, indexes, address)
        return replace(log_group, region=region, account=account)

    def _place(
        self, address: str, values: Mapping[str, Any], configured: Mapping[str, Any]
    ) -> tuple[str, str]:
        """Return the region and the account of a resource; `${...}` for one that is not known."""
        key = str(configured.get("provider_config_key", ""))
        provider = self._providers.get(key, {})
        expressions = provider.get("expressions", {})
        unknown = f"${{provider {key or 'by default'}}}"
        if "each." in json.dumps(provider) or not self._one_place:
            unknown = f"${{provider of {address}}}"
        region = _constant(expressions.get("region")) or unknown
        own = values.get("region")
        if isinstance(own, str) and own:
            region = own
        elif references(configured.get("expressions", {}).get("region")):
            region = f"${{region of {address}}}"
        credentials = {
            name: value for name, value in expressions.items() if name not in _NOT_OF_THE_ACCOUNT
        }
        known = self._one_place and key in self._providers
        if not known or '"references"' in json.dumps(credentials):
            return region, unknown
        return region, json.dumps(credentials, sort_keys=True) if credentials else ""


def _constant(expression: Any) -> str:
    """Return the value of an expression; "" if the plan does not say it."""
    value = expression.get("constant_value") if isinstance(expression, dict) else None
    return value if isinstance(value, str) else ""


def _followed(
    names: tuple[str, ...], scope: Scope, indexes: tuple[str, ...], address: str
) -> TemplateLogGroup:
    """Return the log group that the references mean in a module, without its region and account.

    `indexes`: of the modules. `address`: of the resource or module that has the references. A plan
    does not show functions. So the name of one log group is the only sure reference: of a list, for
    example, each filter may use another element.
    """
    prefix = "".join(
        f"module.{name}{index}." for name, index in zip(scope.names, indexes, strict=False)
    )
    if len(names) == 1:
        (name,) = names
        followed = _through_modules(name, scope, indexes, prefix.removesuffix("."))
        if followed is not None:
            return followed
        for attribute in _NAME_ATTRIBUTES:
            log_group = name.removesuffix(attribute)
            if log_group != name and log_group.startswith(_LOG_GROUP):
                return TemplateLogGroup(f"{prefix}{log_group}", Identity.RESOURCE)
            if log_group != name and log_group.startswith(f"data.{_LOG_GROUP}"):
                return TemplateLogGroup(f"{prefix}{log_group}", Identity.REFERENCE)
    index = instance(address)
    resource = address.removesuffix(index)
    if len(names) == 2 and _LOG_GROUP_ITSELF.fullmatch(names[0]) and names[1] == "each.key":
        name = f"{prefix}{names[0]}{index}"
        return TemplateLogGroup(name, Identity.RESOURCE, referred_by=resource)
    is_shared = names and not any(name.startswith(_PER_INSTANCE) for name in names)
    name = f"the log group of {resource if is_shared else address}"
    return TemplateLogGroup(name, Identity.REFERENCE)


def _through_modules(
    name: str, scope: Scope, indexes: tuple[str, ...], address: str
) -> TemplateLogGroup | None:
    """Follow an input to the module's caller, or an output into the module; None for others."""
    if name.startswith("var.") and scope.parent is not None:
        passed = references(scope.call.get("expressions", {}).get(name.removeprefix("var.")))
        return _followed(passed, scope.parent, indexes[:-1], address) if passed else None
    output = _OUTPUT.fullmatch(name)
    if not output:
        return None
    module, index, attribute = output.groups("")
    call = scope.module.get("module_calls", {}).get(module, {})
    child = Scope((*scope.names, module), call.get("module", {}), call, scope)
    returned = references(child.module.get("outputs", {}).get(attribute, {}).get("expression"))
    address = f"{address}.module.{module}{index}".removeprefix(".")
    return _followed(returned, child, (*indexes, index), address) if returned else None


def _places(resource: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the region and the account in the resource's ARN."""
    arn = str(resource.get("values", {}).get("arn", "")).split(":")
    if len(arn) > 5 and arn[3] and arn[4]:
        yield arn[3], arn[4]
