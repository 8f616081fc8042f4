"""`alarmchain coverage --template`: what the metric filters of a template cover together."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from alarmchain.decision.routine_reads import Breadth, breadth
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Proof, Verdict, prove
from alarmchain.records.record_class import RecordClass
from alarmchain.records.typical_record import typical_record
from alarmchain.report.template_coverage import Union, as_json, as_text, unusable
from alarmchain.template.template_filters import TemplateFilter, read

COVERED, NOT_COVERED, UNUSABLE = 0, 1, 2


def check(path: Path, rules: Mapping[str, Mapping[str, RecordClass]], output: str) -> int:
    """Writes what the template covers of each rule's calls. Returns the exit status.

    Raises click.ClickException for a file that can't be used.
    """
    filters = read(path)
    try:
        patterns = dict(_parsed(filters))
    except _BadPattern as bad:
        if output == "json":
            click.echo(json.dumps(unusable(str(path), bad.name, bad.error)))
        else:
            click.echo(f"alarmchain: {path}: {bad.name}: {bad.error.explanation()}", err=True)
        return UNUSABLE
    found = {rule: best(filters, patterns, calls) for rule, calls in rules.items()}
    if output == "json":
        click.echo(json.dumps(as_json(str(path), found)))
    else:
        click.echo(as_text(str(path), found))
    proofs = [proof for union in found.values() for proof in union.proofs.values()]
    return COVERED if all(one.verdict is Verdict.COVERED for one in proofs) else NOT_COVERED


class _BadPattern(Exception):
    def __init__(self, name: str, error: PatternSyntaxError) -> None:
        super().__init__(name)
        self.name, self.error = name, error


def _parsed(filters: Iterable[TemplateFilter]) -> Iterable[tuple[str, Pattern]]:
    for one in filters:
        if one.pattern is not None:
            try:
                yield one.name, parse(one.pattern)
            except PatternSyntaxError as error:
                raise _BadPattern(one.name, error) from None


def best(
    filters: Iterable[TemplateFilter],
    patterns: Mapping[str, Pattern],
    calls: Mapping[str, RecordClass],
) -> Union:
    """The union of the log group whose filters cover most.

    A trail delivers to one log group, so filters of different ones do not add up.
    """
    groups: dict[str, list[TemplateFilter]] = {}
    doubts = []
    for one in filters:
        groups.setdefault(one.log_group, []).append(one)
        if one.pattern is None:
            doubts.append(f"{one.name} hangs on {one.unresolved}")
    unions = [
        _union(name, tuple(ones), patterns, calls, tuple(doubts))
        for name, ones in (groups or {"": []}).items()
    ]
    return max(unions, key=_rank)


def _rank(union: Union) -> tuple[int, int]:
    """How many calls are covered, and how many may be."""
    verdicts = [proof.verdict for proof in union.proofs.values()]
    return verdicts.count(Verdict.COVERED), verdicts.count(Verdict.UNKNOWN)


def _union(
    log_group: str,
    filters: tuple[TemplateFilter, ...],
    patterns: Mapping[str, Pattern],
    calls: Mapping[str, RecordClass],
    doubts: tuple[str, ...],
) -> Union:
    """`doubts`: the filters that are not known; they may match what no other does."""
    known = tuple(patterns[one.name] for one in filters if one.name in patterns)
    proofs = {}
    for name, records in calls.items():
        proof = prove(known, records) if known else Proof(Verdict.ESCAPES, typical_record(records))
        if proof.verdict is not Verdict.COVERED and doubts:
            proof = Proof(Verdict.UNKNOWN, doubts=(*proof.doubts, *doubts))
        proofs[name] = proof
    found = {breadth(pattern) for pattern in known}
    return Union(log_group, filters, proofs, next((one for one in Breadth if one in found), None))
