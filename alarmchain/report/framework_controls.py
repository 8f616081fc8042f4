"""The controls of compliance frameworks that a rule implements, in few words."""

from alarmchain.control import Control


def framework_sections(control: Control) -> dict[str, str]:
    """Return each framework's sections by its name: `3.9 (1.2.0), 4.9 (1.3.0 to 5.0.0)`.

    A framework without sections has its versions.
    """
    versions: dict[str, dict[str, list[str]]] = {}
    for mapping in control.mappings:
        sections = versions.setdefault(mapping.framework, {})
        sections.setdefault(", ".join(mapping.controls), []).extend(mapping.versions)
    return {
        framework: ", ".join(filter(None, (_section(*section) for section in sections.items())))
        for framework, sections in versions.items()
    }


def _section(numbers: str, versions: list[str]) -> str:
    span = ", ".join(versions) if len(versions) < 3 else f"{versions[0]} to {versions[-1]}"
    return f"{numbers} ({span})" if numbers and span else numbers or span
