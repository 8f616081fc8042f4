"""``{{ references }}`` in a document's values. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"\{\{\s*([\w.:-]+)\s*\}\}")


class UnresolvedError(ValueError):
    """A reference has no value (yet)."""


def resolve(value: Any, known: Mapping[str, Any]) -> Any:
    """Return a value with every reference replaced.

    known maps the names (``Parameter``, ``step.Output``, ``global:REGION``) to their values. A
    text that is only a reference gets the value's type. Inside a longer text, a value that is not
    a string is written as JSON. Raises UnresolvedError for an unknown name.
    """
    if isinstance(value, Mapping):
        return {key: resolve(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve(item, known) for item in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value.strip())
    if whole:
        return _look_up(whole[1], known)
    return _REFERENCE.sub(lambda match: _text(_look_up(match[1], known)), value)


def _look_up(name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise UnresolvedError(f"reference {{{{ {name} }}}} has no value")
    return known[name]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
