"""Templates as text: YAML, which is what conformance packs are documented to take."""

from typing import Any

import yaml


class _Plain(yaml.SafeDumper):
    """Writes every value out, for packs know no anchors; long lines are not broken."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(template: dict[str, Any]) -> str:
    """The template's text, its sections and members in their order."""
    return yaml.dump(template, Dumper=_Plain, sort_keys=False, width=4096, allow_unicode=True)
