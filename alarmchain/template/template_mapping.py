"""A mapping of a CloudFormation template that knows its lines."""

from typing import Any


class TemplateMapping(dict[str, Any]):
    """A mapping of the template that knows the `line` where it begins, from 1 on, and those of
    its keys (`key_lines`)."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.key_lines: dict[str, int] = {}


def line_of(mapping: Any, key: str) -> int:
    """Return the line of the key in a template's mapping; 0 if it is not known."""
    return mapping.key_lines.get(key, 0) if isinstance(mapping, TemplateMapping) else 0
