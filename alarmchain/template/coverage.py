"""What the metric filters of a template cover together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from alarmchain.decision.routine_reads import Breadth, breadth
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.records.record_class import RecordClass
from alarmchain.template.judge_template_filter import FilterJudge
from alarmchain.template.template_filter import Template, TemplateFilter, TemplateLogGroup


@dataclass(frozen=True, slots=True)
class LogGroupCoverage:
    """What the metric filters of one log group cover together: a proof for each call's name.

    `filters`: those that cover a call, and those whose pattern is not known if a call is not
    covered. `breadth` belongs to the filter that matches most; None if no filter's pattern is
    known. `empty`: the template has no metric filter. `left_out`: see Template. `partial`: the
    filters that may match some records of a call that is not covered.
    """

    log_group: str
    filters: tuple[TemplateFilter, ...]
    proofs: Mapping[str, Proof]
    breadth: Breadth | None
    empty: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)
    partial: tuple[TemplateFilter, ...] = ()

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
    template: Template, patterns: Mapping[str, Pattern], calls: Mapping[str, RecordClass]
) -> LogGroupCoverage:
    """Return the coverage of the log group whose filters cover most.

    A trail delivers to one log group, so filters of different log groups do not add up.
    """
    groups = list(dict.fromkeys(each.log_group for each in template.filters))
    if not groups:
        groups = [TemplateLogGroup("")]
    judge = FilterJudge(patterns)
    coverages = [_LogGroupProver(group, template, judge).coverage(calls) for group in groups]
    return max(coverages, key=_rank)


def _rank(coverage: LogGroupCoverage) -> tuple[int, int]:
    """Return how many calls are covered, and how many are unknown."""
    verdicts = [proof.verdict for proof in coverage.proofs.values()]
    return verdicts.count(Verdict.COVERED), verdicts.count(Verdict.UNKNOWN)


class _LogGroupProver:
    """Proves what the filters of one log group cover."""

    def __init__(self, log_group: TemplateLogGroup, template: Template, judge: FilterJudge) -> None:
        patterns = judge.patterns
        known = [each for each in template.filters if each.name in patterns]
        self._log_group, self._template, self._judge = log_group, template, judge
        self._members = [each for each in known if each.log_group == log_group]
        self._candidates = [
            each
            for each in known
            if each.log_group != log_group and log_group.may_be(each.log_group)
        ]
        self._unresolved = [each for each in template.filters if each.name not in patterns]

    def coverage(self, calls: Mapping[str, RecordClass]) -> LogGroupCoverage:
        """Return the proof of each call, and the filters that cover it."""
        proofs, named = {}, set()
        for name, records in calls.items():
            sure = [each for each in self._members if not self._judge.doubts(each, records)]
            proofs[name] = self._proof(sure, records)
            if proofs[name].verdict is Verdict.COVERED:
                named |= {each.name for each in self._needed(sure, records)}
        if any(proof.verdict is not Verdict.COVERED for proof in proofs.values()):
            named |= {each.name for each in self._unresolved if each.log_group == self._log_group}
        breadths = {breadth(self._judge.patterns[each.name]) for each in self._members}
        return LogGroupCoverage(
            self._log_group.name,
            tuple(each for each in self._template.filters if each.name in named),
            proofs,
            next((each for each in Breadth if each in breadths), None),
            not self._template.filters,
            self._template.left_out,
            tuple(self._partial(calls, proofs)),
        )

    def _partial(
        self, calls: Mapping[str, RecordClass], proofs: Mapping[str, Proof]
    ) -> Iterator[TemplateFilter]:
        uncovered = [
            calls[name] for name, proof in proofs.items() if proof.verdict is not Verdict.COVERED
        ]
        for each in (*self._members, *self._candidates):
            if any(self._judge.may_match(each, records) for records in uncovered):
                yield each

    def _proof(self, sure: Sequence[TemplateFilter], records: RecordClass) -> Proof:
        """Return COVERED only if the filters that surely count the records cover the class."""
        proof = self._judge.proof(sure, records)
        if proof.verdict is Verdict.COVERED:
            return proof
        doubts = [f"{each.name} depends on {each.unresolved}" for each in self._unresolved]
        doubts += self._template.unread
        unsure = [each for each in (*self._members, *self._candidates) if each not in sure]
        if unsure:
            proof = self._judge.proof((*sure, *unsure), records)
            if proof.verdict is not Verdict.ESCAPES:
                helpful = [each for each in unsure if self._judge.may_match(each, records)]
                for each in helpful or unsure:
                    doubts += self._doubts(each, records)
        if not doubts:
            return proof
        return Proof(Verdict.UNKNOWN, doubts=tuple(dict.fromkeys((*proof.doubts, *doubts))))

    def _doubts(self, unsure: TemplateFilter, records: RecordClass) -> tuple[str, ...]:
        doubts = self._judge.doubts(unsure, records)
        if unsure.log_group == self._log_group:
            return doubts
        return (*doubts, f"{unsure.name} may be on another log group")

    def _needed(
        self, sure: Sequence[TemplateFilter], records: RecordClass
    ) -> Sequence[TemplateFilter]:
        """Return filters that cover the class together, none of which can be left out."""
        alone = next((each for each in sure if self._judge.covers([each], records)), None)
        if alone:
            return [alone]
        needed = [each for each in sure if self._judge.may_match(each, records)]
        for template_filter in tuple(needed):
            others = [each for each in needed if each is not template_filter]
            if self._judge.covers(others, records):
                needed = others
        return needed
