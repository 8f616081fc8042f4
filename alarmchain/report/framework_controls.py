"""The controls that a rule serves, in few words."""

from alarmchain.control import Control


def briefly(control: Control) -> dict[str, str]:
    """Each framework with its sections: `3.9 (1.2.0), 4.9 (1.3.0 to 5.0.0)`; or its versions."""
    found: dict[str, dict[str, list[str]]] = {}
    for mapping in control.mappings:
        sections = found.setdefault(mapping.framework, {})
        sections.setdefault(", ".join(mapping.controls), []).extend(mapping.versions)
    return {
        framework: ", ".join(filter(None, (_said(*section) for section in sections.items())))
        for framework, sections in found.items()
    }


def _said(numbers: str, versions: list[str]) -> str:
    span = ", ".join(versions) if len(versions) < 3 else f"{versions[0]} to {versions[-1]}"
    return f"{numbers} ({span})" if numbers and span else numbers or span
