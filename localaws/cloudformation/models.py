"""The resource types, as classes that moto's CloudFormation finds."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from localaws import bridge
from localaws.cloudformation import config_types, monitoring_types, other_types
from localaws.cloudformation.spec import Made, Spec

SPECS: tuple[Spec, ...] = (*config_types.SPECS, *monitoring_types.SPECS, *other_types.SPECS)


class ApiResource:
    """A resource that is made through the service's API, as CloudFormation does."""

    spec: Spec

    def __init__(self, made: Made, properties: dict[str, Any], account: str, region: str) -> None:
        self.made = made
        self.properties = properties
        self.account = account
        self.region = region

    @property
    def physical_resource_id(self) -> str:
        return self.made.physical_id

    def is_created(self) -> bool:
        return True

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.spec.attributes

    def get_cfn_attribute(self, attribute_name: str) -> str:
        from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

        if attribute_name not in self.made.attributes:
            raise UnformattedGetAttTemplateException
        return self.made.attributes[attribute_name]

    @classmethod
    def _client(cls, account: str, region: str) -> Any:
        return bridge.service_client(cls.spec.service, region, account, "CFRM")

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, body: dict[str, Any], account: str, region: str, **_: Any
    ) -> ApiResource:
        properties = without_none(body["Properties"])
        made = cls.spec.put(cls._client(account, region), name, dict(properties))
        return cls(made, properties, account, region)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: ApiResource,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> ApiResource:
        properties = without_none(cloudformation_json["Properties"])
        client = cls._client(account_id, region_name)
        old = original_resource
        name = cls.spec.name_property and properties.get(cls.spec.name_property)
        renamed = name and name != old.properties.get(cls.spec.name_property)
        if renamed or cls.spec.replaced(properties):
            cls.spec.remove(client, old.made, old.properties)
            made = cls.spec.put(client, new_resource_name, dict(properties))
        elif cls.spec.update:
            made = cls.spec.update(client, old.made, dict(properties))
        else:
            made = cls.spec.put(client, old.physical_resource_id, dict(properties))
        return cls(made, properties, account_id, region_name)

    def delete(self, account: str, region: str) -> None:
        try:
            self.spec.remove(self._client(account, region), self.made, self.properties)
        except (TypeError, AttributeError) as error:
            # moto reads these two as "this class has no delete" and continues silently.
            raise RuntimeError(f"cannot delete {self.physical_resource_id}: {error}") from error


def without_none(value: Any) -> Any:
    """Return the value without the None that ``AWS::NoValue`` leaves."""
    if isinstance(value, dict):
        return {key: without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_none(item) for item in value if item is not None]
    return value


def install() -> None:
    """Give every spec a class that derives from moto's CloudFormationModel."""
    from moto.cloudformation import parsing
    from moto.core.common_models import CloudFormationModel

    if "AWS::Config::ConfigRule" in parsing.get_model_map():
        return
    for spec in SPECS:
        members = {
            "spec": spec,
            "__module__": __name__,
            "cloudformation_type": staticmethod(lambda kind=spec.kind: kind),
            "cloudformation_name_type": staticmethod(lambda name=spec.name_property: name),
        }
        # moto reads only the direct subclasses, and the last one wins.
        type(spec.kind.replace("::", ""), (ApiResource, CloudFormationModel), members)
    parsing.resource_name_property_from_type = _named(parsing.resource_name_property_from_type)
    parsing.get_model_list.cache_clear()
    parsing.get_model_map.cache_clear()
    parsing.get_name_type_map.cache_clear()


def _named(by_moto: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Return a function that prefers our naming property to that of moto's own class."""
    names = {spec.kind: spec.name_property for spec in SPECS}

    @wraps(by_moto)
    def name_property(resource_type: str) -> str | None:
        return names[resource_type] if resource_type in names else by_moto(resource_type)

    return name_property
