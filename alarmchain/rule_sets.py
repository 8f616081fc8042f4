"""Sets of rules, such as `cis-3.0`: all rules with a control of that framework and version.

A rule's sets follow from the mappings of its control.toml, so nothing lists the rules of a set.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alarmchain.control import Call, Control, ServedControl

ALL = "all"
_FRAMEWORKS = {
    "CIS AWS Foundations Benchmark": "cis",
    "AWS Security Hub CSPM": "security-hub",
    "Trend Micro Conformity": "conformity",
}
"""The frameworks that have sets, and how the sets' names begin."""


def sets_of(control: Control) -> dict[str, tuple[Call, ...]]:
    """Return the sets of the rule, each with the calls that it requires besides the list `cis`."""
    sets: dict[str, tuple[Call, ...]] = {}
    for mapping in control.mappings:
        for name in _names(mapping):
            calls = (*sets.get(name, ()), *mapping.additional_calls)
            sets[name] = tuple(dict.fromkeys(calls))
    return dict(sorted(sets.items())) | {ALL: ()}


def _names(mapping: ServedControl) -> list[str]:
    prefix = _FRAMEWORKS.get(mapping.framework)
    if prefix is None:
        return []
    # 4.0.0 and 4.0.1 are one set.
    versions = dict.fromkeys(version.rpartition(".")[0] for version in mapping.versions)
    return [f"{prefix}-{version}" for version in versions] or [prefix]


def is_derived(name: str) -> bool:
    """Return whether the name is one that a mapping gives to a set, or that of all rules."""
    prefixes = _FRAMEWORKS.values()
    return name == ALL or name in prefixes or name.startswith(tuple(f"{p}-" for p in prefixes))


def rule_sets(controls: Iterable[Control]) -> dict[str, tuple[str, ...]]:
    """Return the rules' names by the names of the sets."""
    sets: dict[str, tuple[str, ...]] = {}
    for control in controls:
        for name in sets_of(control):
            sets[name] = (*sets.get(name, ()), control.name)
    return dict(sorted(sets.items()))


def rules_of_set(name: str, controls: Mapping[str, Control]) -> tuple[Control, ...]:
    """Return the controls of the set's rules, each with the calls that the set adds.

    Raises ValueError for an unknown set; the message names the known ones.
    """
    controls_of_set = [control for control in controls.values() if name in sets_of(control)]
    if not controls_of_set:
        known = ", ".join(rule_sets(controls.values()))
        raise ValueError(f"rule set '{name}' is unknown; known: {known}")
    return tuple(_with_calls(control, sets_of(control)[name]) for control in controls_of_set)


def _with_calls(control: Control, added: tuple[Call, ...]) -> Control:
    if not added:
        return control
    calls = {key: tuple(c for c in calls if c not in added) for key, calls in control.calls.items()}
    return replace(control, calls=calls | {"cis": (*calls["cis"], *added)})
