"""Write templates as YAML, the documented format of conformance packs."""

from typing import Any

import yaml


class _Plain(yaml.SafeDumper):
    """Writes no anchors, which packs do not support, and what repeats for each rule on one line.

    Otherwise a pack for all rules would have too many bytes.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        first = next(iter(mapping), "")
        if first.startswith("Fn::") or first in ("StaticValue", "EventSource") or "Default" in mapping:
            flow_style = True
        return super().represent_mapping(tag, mapping, flow_style)


def to_yaml(template: dict[str, Any]) -> str:
    """Return the template's YAML, in the order of its members and without line breaks in values."""
    return yaml.dump(template, Dumper=_Plain, sort_keys=False, width=4096, allow_unicode=True)
