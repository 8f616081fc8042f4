"""Write templates as YAML, the documented format of conformance packs."""

from typing import Any

import yaml


class _Plain(yaml.SafeDumper):
    """Writes no anchors, which packs do not support."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(template: dict[str, Any]) -> str:
    """Return the template's YAML, in the order of its members and without line breaks in values."""
    return yaml.dump(template, Dumper=_Plain, sort_keys=False, width=4096, allow_unicode=True)
