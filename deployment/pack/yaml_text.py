"""Read and write templates as YAML, the documented format of conformance packs.

libyaml takes less than a tenth of the time that Python code would take.
"""

from typing import Any

import yaml

_ON_ONE_LINE = ("AutomationAssumeRole", "Control", "Default", "Owner", "TargetType")
"""A mapping with one of these keys is on one line."""


class _Plain(yaml.CSafeDumper):
    """Write no anchors, which packs do not support; write what each rule repeats on one line.

    Otherwise a pack for all rules would have too many bytes.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        if any(key.startswith("Fn::") or key in _ON_ONE_LINE for key in mapping):
            flow_style = True
        return super().represent_mapping(tag, mapping, flow_style)


def to_yaml(template: dict[str, Any]) -> str:
    """Return the template's YAML, in the order of its members and without line breaks in values."""
    return yaml.dump(template, Dumper=_Plain, sort_keys=False, width=4096, allow_unicode=True)


def from_yaml(text: str) -> Any:
    """Return the value of a YAML text without CloudFormation's short tags (`!Ref`).

    Raises yaml.YAMLError.
    """
    return yaml.load(text, Loader=yaml.CSafeLoader)
