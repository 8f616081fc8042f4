"""Basic and advanced event selectors: the records that a trail records. Pure.

Source: CloudTrail API, EventSelector and AdvancedFieldSelector. All fields of an advanced selector
must match. For a field, one of its positive operators and all its negative operators must match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DEFAULT_SELECTORS: list[dict[str, Any]] = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
]
_READS = ("Describe", "Get", "List", "Lookup", "Head", "BatchGet", "Search")


def takes(
    basic: Sequence[Mapping[str, Any]],
    advanced: Sequence[Mapping[str, Any]],
    record: Mapping[str, Any],
) -> bool:
    """Return whether a trail with these selectors (none: the default) records the event."""
    if advanced:
        return any(_advanced(selector, record) for selector in advanced)
    return any(_basic(selector, record) for selector in basic or DEFAULT_SELECTORS)


def is_read_only(record: Mapping[str, Any]) -> bool:
    """Return the record's ``readOnly``; if an old record lacks it, decide by the call's name."""
    if "readOnly" in record:
        return record["readOnly"] in (True, "true")
    return str(record.get("eventName", "")).startswith(_READS)


def _category(record: Mapping[str, Any]) -> str:
    return str(record.get("eventCategory") or "Management")


def _basic(selector: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Return whether a basic selector selects the record. Data events are not supported."""
    kind = selector.get("ReadWriteType") or "All"
    return (
        _category(record) == "Management"
        and selector.get("IncludeManagementEvents") is not False
        and record.get("eventSource") not in (selector.get("ExcludeManagementEventSources") or [])
        and kind in ("All", "ReadOnly" if is_read_only(record) else "WriteOnly")
    )


def _advanced(selector: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    return all(_field(field, record) for field in selector.get("FieldSelectors") or [])


def _field(field: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    value = _value(str(field["Field"]), record) or ""

    def any_of(prefix: str) -> bool:
        return (
            value in (field.get(f"{prefix}Equals") or [])
            or value.startswith(tuple(field.get(f"{prefix}StartsWith") or []))
            or value.endswith(tuple(field.get(f"{prefix}EndsWith") or []))
        )

    has_positive = any(field.get(operator) for operator in ("Equals", "StartsWith", "EndsWith"))
    return (any_of("") or not has_positive) and not any_of("Not")


def _value(field: str, record: Mapping[str, Any]) -> str | None:
    if field == "eventCategory":
        return _category(record)
    if field == "readOnly":
        return str(is_read_only(record)).lower()
    value: Any = record
    for part in field.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(part) if isinstance(value, Mapping) else None
    return None if value is None else str(value)
