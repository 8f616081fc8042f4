"""What says the same is told once: findings of several regions, and failures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alarmchain.decision.assessment import Assessment
from alarmchain.report.findings import Findings


@dataclass(frozen=True, slots=True)
class Lost:
    """Failures of one account for one reason; no region and no rule where all of it is lost."""

    account: str
    regions: tuple[str, ...]
    rules: tuple[str, ...]
    error: str


def lost(findings: Findings) -> tuple[Lost, ...]:
    """The failures, those together that differ in their rule or their region alone."""
    of_region: dict[tuple[str, str, str], list[str]] = {}
    for one in findings.failures:
        of_region.setdefault((one.account, one.error, one.region), []).append(one.rule)
    alike: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (account, error, region), rules in of_region.items():
        alike.setdefault((account, error, tuple(filter(None, rules))), []).append(region)
    return tuple(
        Lost(account, tuple(filter(None, regions)), rules, error)
        for (account, error, rules), regions in alike.items()
    )


def place(one: Lost, controls: int) -> str:
    """What of its account failures tell of, where `controls` rules are looked at; "" if of all."""
    if not one.regions:
        return ""
    named = "every rule" if len(one.rules) == controls > 1 else ", ".join(one.rules)
    counted = f"{len(one.regions)} regions: " if len(one.regions) > 3 else ""
    return f"{named} in {counted}{', '.join(one.regions)}"


def alike(
    ones: Iterable[Assessment], said: Callable[[Assessment], str]
) -> tuple[tuple[Assessment, ...], ...]:
    """Findings in groups that say the same in all their regions; those that would be alone are
    together where they say the same but for their own region's name.

    `said` is all that is told of one, its region aside.
    """
    same: dict[str, list[Assessment]] = {}
    for one in ones:
        same.setdefault(said(one), []).append(one)
    alone: dict[tuple[str, str], list[tuple[str, list[Assessment]]]] = {}
    for told, (one, *more) in same.items():
        if not more:
            _join(alone.setdefault((one.account, one.rule), []), told, one)
    joined = [group for of_rule in alone.values() for _, group in of_rule]
    groups = [group for group in same.values() if len(group) > 1] + joined
    return tuple(tuple(group) for group in groups)


def _join(groups: list[tuple[str, list[Assessment]]], told: str, one: Assessment) -> None:
    """Puts a finding into the group whose first says the same of its own region.

    The names are put in each other's place both ways, for one of the regions may be that in which
    the chain is at home, which all of them name.
    """
    for words, group in groups:
        there = group[0].region
        if words.replace(there, one.region) == told or told.replace(one.region, there) == words:
            group.append(one)
            return
    groups.append((told, [one]))
