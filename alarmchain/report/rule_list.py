"""The rules with the classes of records that they require and the controls that they implement."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

from alarmchain.control import LISTS, Call, Control, MatchingRecords
from alarmchain.report.framework_controls import framework_sections
from alarmchain.report.text_layout import width, wrapped

FORMAT = "alarmchain-rules/1"
_REGIONS = {"each": "each region", "leader": "the leader region of the partition"}


def as_json(controls: Iterable[Control]) -> dict[str, Any]:
    """Return the rules as a JSON object."""
    return {
        "format": FORMAT,
        "version": version("alarmchain"),
        "rules": [_rule(control) for control in controls],
    }


def _rule(control: Control) -> dict[str, Any]:
    return {
        "rule": control.name,
        "title": control.title,
        "description": control.description,
        "severity": control.severity,
        "region": control.region,
        "classes": [
            {"list": key, **_class(required)}
            for key in LISTS
            for required in _required(control, key)
        ],
        "controls": [
            {
                "framework": mapping.framework,
                "versions": list(mapping.versions),
                "controls": dict(mapping.controls),
                "source": mapping.source,
            }
            for mapping in control.mappings
        ],
    }


def _required(control: Control, key: str) -> Iterator[Call | MatchingRecords]:
    yield from control.calls[key]
    yield from control.records[key]


def _class(required: Call | MatchingRecords) -> dict[str, Any]:
    if isinstance(required, Call):
        return {"name": required.event_name, "call": str(required)}
    return {"name": required.name, "pattern": required.pattern, "events": required.events}


def as_text(controls: Iterable[Control]) -> str:
    """Return the rules for people, in lines of the terminal's width."""
    return "\n".join(line for control in controls for line in _lines(control)).rstrip("\n")


def _lines(control: Control) -> Iterator[str]:
    columns = width()
    yield from wrapped(f"{control.name}  ", f"{control.title} ({control.severity})", columns)
    yield from wrapped("  checked in  ", _REGIONS[control.region], columns)
    for key in LISTS:
        if control.calls[key]:
            names = ", ".join(str(call) for call in control.calls[key])
            yield from wrapped(f"  {key:<8}    ", names, columns)
        for records in control.records[key]:
            often = f" ({records.events} in a period)" if records.events > 1 else ""
            text = f"{records.name}{often}: {records.pattern}"
            yield from wrapped(f"  {key:<8}    ", text, columns)
    sections = "; ".join(
        f"{name} {text}".strip() for name, text in framework_sections(control).items()
    )
    if sections:
        yield from wrapped("  controls    ", sections, columns)
    yield ""
