"""Groups findings and failures that differ only by region or rule."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.report.findings import Findings

EVERY_RULE = "every rule"


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures of one account with the same error; without regions and rules, the whole account
    failed.

    `rules`: names of rules, or only EVERY_RULE if all that apply to the region failed.
    """

    account: str
    regions: tuple[str, ...]
    rules: tuple[str, ...]
    error: str


def group_failures(findings: Findings) -> tuple[FailureGroup, ...]:
    """Return the failures; those that differ only by rule or region form one group."""
    elsewhere = Counter(
        (result.account, result.region)
        for result in findings.results
        if result.outcome is Outcome.NOT_APPLICABLE
    )
    rules_by_region: dict[tuple[str, str, str], list[str]] = {}
    for failure in findings.failures:
        key = (failure.account, failure.error, failure.region)
        rules_by_region.setdefault(key, []).append(failure.rule)
    regions: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (account, error, region), rules in rules_by_region.items():
        if len(rules) + elsewhere[account, region] == len(findings.controls) > 1:
            rules = [EVERY_RULE]
        regions.setdefault((account, error, tuple(filter(None, rules))), []).append(region)
    return tuple(
        FailureGroup(account, tuple(filter(None, names)), rules, error)
        for (account, error, rules), names in regions.items()
    )


def failed_rules_and_regions(group: FailureGroup) -> str:
    """Return which rules failed in which regions, such as `every rule in eu-west-1`.

    Returns "" if the whole account failed.
    """
    if not group.regions:
        return ""
    count = f"{len(group.regions)} regions: " if len(group.regions) > 3 else ""
    return f"{', '.join(group.rules)} in {count}{', '.join(group.regions)}"


def group_assessments(
    assessments: Iterable[Assessment], describe: Callable[[Assessment], str]
) -> tuple[tuple[Assessment, ...], ...]:
    """Return the findings in groups with the same description in every region.

    `describe` returns all that is reported of a finding except its region. Findings that stay alone
    are grouped if their descriptions differ only by the name of their own region.
    """
    by_text: dict[str, list[Assessment]] = {}
    for assessment in assessments:
        by_text.setdefault(describe(assessment), []).append(assessment)
    single: dict[tuple[str, str], list[tuple[str, list[Assessment]]]] = {}
    for text, (first, *more) in by_text.items():
        if not more:
            _join(single.setdefault((first.account, first.rule), []), text, first)
    joined = [group for of_rule in single.values() for _, group in of_rule]
    groups = [group for group in by_text.values() if len(group) > 1] + joined
    return tuple(tuple(group) for group in groups)


def _join(groups: list[tuple[str, list[Assessment]]], text: str, assessment: Assessment) -> None:
    """Add a finding to the group whose first finding has the same description, regions aside.

    Region names are replaced in both directions: one of the two regions may be the home region of
    the chain, which all descriptions name.
    """
    own = assessment.region
    for other_text, group in groups:
        other = group[0].region
        if other_text.replace(other, own) == text or text.replace(own, other) == other_text:
            group.append(assessment)
            return
    groups.append((text, [assessment]))
