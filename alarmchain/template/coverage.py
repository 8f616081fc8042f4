"""What the metric filters of a template cover together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alarmchain.decision.routine_reads import Breadth, breadth
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, Verdict, prove
from alarmchain.records.record_class import RecordClass
from alarmchain.template.template_filter import TemplateFilter


@dataclass(frozen=True, slots=True)
class LogGroupCoverage:
    """What the metric filters of one log group cover together: a proof for each call's name.

    `breadth` belongs to the filter that matches most; None if no filter's pattern is known.
    """

    log_group: str
    filters: tuple[TemplateFilter, ...]
    proofs: Mapping[str, Proof]
    breadth: Breadth | None

    @property
    def covered(self) -> bool:
        """Return whether every call is covered."""
        return all(proof.verdict is Verdict.COVERED for proof in self.proofs.values())


class InvalidFilterError(ValueError):
    """The filter pattern of the template's metric filter `name` is invalid."""

    def __init__(self, name: str, error: PatternSyntaxError) -> None:
        super().__init__(f"{name}: {error}")
        self.name, self.error = name, error


def parse_patterns(filters: Iterable[TemplateFilter]) -> dict[str, Pattern]:
    """Return the known filter patterns by their filter's name. Raises InvalidFilterError."""
    patterns = {}
    for template_filter in filters:
        if template_filter.pattern is not None:
            try:
                patterns[template_filter.name] = parse(template_filter.pattern)
            except PatternSyntaxError as error:
                raise InvalidFilterError(template_filter.name, error) from None
    return patterns


def template_coverage(
    filters: Iterable[TemplateFilter],
    patterns: Mapping[str, Pattern],
    calls: Mapping[str, RecordClass],
) -> LogGroupCoverage:
    """Return the coverage of the log group whose filters cover most.

    A trail delivers to one log group, so filters of different log groups do not add up.
    """
    groups: dict[str, list[TemplateFilter]] = {}
    doubts = []
    for template_filter in filters:
        groups.setdefault(template_filter.log_group, []).append(template_filter)
        if template_filter.pattern is None:
            doubts.append(f"{template_filter.name} depends on {template_filter.unresolved}")
    coverages = [
        _log_group_coverage(log_group, tuple(members), patterns, calls, tuple(doubts))
        for log_group, members in (groups or {"": []}).items()
    ]
    return max(coverages, key=_rank)


def _rank(coverage: LogGroupCoverage) -> tuple[int, int]:
    """Return how many calls are covered, and how many are unknown."""
    verdicts = [proof.verdict for proof in coverage.proofs.values()]
    return verdicts.count(Verdict.COVERED), verdicts.count(Verdict.UNKNOWN)


def _log_group_coverage(
    log_group: str,
    filters: tuple[TemplateFilter, ...],
    patterns: Mapping[str, Pattern],
    calls: Mapping[str, RecordClass],
    doubts: tuple[str, ...],
) -> LogGroupCoverage:
    """`doubts`: filters with an unknown pattern. They may match what no other filter matches."""
    known = tuple(patterns[member.name] for member in filters if member.name in patterns)
    proofs = {}
    for name, records in calls.items():
        proof = prove(known, records)
        if proof.verdict is not Verdict.COVERED and doubts:
            proof = Proof(Verdict.UNKNOWN, doubts=(*proof.doubts, *doubts))
        proofs[name] = proof
    breadths = {breadth(pattern) for pattern in known}
    broadest = next((each for each in Breadth if each in breadths), None)
    return LogGroupCoverage(log_group, filters, proofs, broadest)
