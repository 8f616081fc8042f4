"""The verdict: does every record of every required call reach a person? Pure.

Every path of every call is followed. A call is covered if the metric filters of its working paths
together match every record of it. It is not covered if a record escapes them even if everything
unknown turned out to work. Otherwise it is unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Status, ok, unknown
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, proof
from alarmchain.control import Control
from alarmchain.decision.annotation import (
    covered_annotation,
    failure_annotation,
    plain,
    with_note,
)
from alarmchain.decision.assessment import Assessment, CallAssessment, Link, Outcome
from alarmchain.decision.calls_elsewhere import CallsElsewhere
from alarmchain.decision.culprit import Culprit, lacks_filter
from alarmchain.decision.event_counts import counting_together
from alarmchain.decision.evidence.metric_filter import describe_filters
from alarmchain.decision.leader_region_calls import leader_region_calls
from alarmchain.decision.management_account import management_calls
from alarmchain.decision.missed_records import (
    distinct,
    filter_names,
    with_escape,
    with_spread_events,
)
from alarmchain.decision.path import ChainPath
from alarmchain.decision.remedy_of import remedy_of
from alarmchain.decision.routine_reads import Breadth, breadth_of_text, matches_routine_read
from alarmchain.decision.trail_paths import TrailPaths
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.records.record_class import RecordClass
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Snapshot


def assess(control: Control, snapshot: Snapshot, region: str, parameters: Parameters) -> Assessment:
    """Return the assessment of one rule in one region of the account, by what was read so far."""
    query = SnapshotQuery(snapshot)
    trail_paths = TrailPaths(query, region, parameters)
    findings: dict[str, _Finding] = {}
    next_read: tuple[Read, ...] = ()
    classes = parameters.required_classes(control, region=region, account=snapshot.account)
    elsewhere = leader_region_calls(control, classes, region)
    if len(elsewhere.calls) == len(classes):
        return _not_applicable(control, snapshot, region, tuple(classes), elsewhere)
    classes = {name: each for name, each in classes.items() if name not in elsewhere.calls}
    culprit = Culprit(classes, query, region)
    for name, records in classes.items():
        query.missing_reads.clear()
        paths = _needed_paths(trail_paths.paths(records), records)
        findings[name] = _judge(paths, records, culprit)
        if findings[name].call.outcome is Outcome.UNKNOWN and not next_read:
            # Whether other accounts have alarms matters only if this account surely has none.
            next_read = tuple(
                sorted(query.missing_reads, key=lambda read: read.kind is ReadKind.OAM_LINKS)
            )[:1]
    if not next_read and not elsewhere.calls:
        query.missing_reads.clear()
        outcomes = {name: finding.call.outcome for name, finding in findings.items()}
        elsewhere = management_calls(control, parameters, classes, outcomes, query, region)
        next_read = tuple(query.missing_reads)
        if len(elsewhere.calls) == len(classes):
            elsewhere = replace(elsewhere, note=f"{elsewhere.note}; deploy this rule there")
            return _not_applicable(control, snapshot, region, tuple(classes), elsewhere)
        findings = {name: each for name, each in findings.items() if name not in elsewhere.calls}
    findings = _with_lacking_calls(findings, culprit)
    return _assessment(control, snapshot, region, parameters, findings, next_read, elsewhere)


@dataclass(frozen=True, slots=True)
class _Finding:
    """The assessment of a call.

    `path`: the path to report. `filters`: the metric filters of the working paths. `short_remedy`:
    the remedy for an annotation in which the path's own remedy does not fit.
    """

    call: CallAssessment
    path: ChainPath
    filters: tuple[MetricFilter, ...]
    short_remedy: str = ""


def _not_applicable(
    control: Control,
    snapshot: Snapshot,
    region: str,
    names: tuple[str, ...],
    elsewhere: CallsElsewhere,
) -> Assessment:
    """Return the assessment of a rule whose records are written in another region or account."""
    return Assessment(
        rule=control.name,
        account=snapshot.account,
        region=region,
        collected_at=snapshot.collected_at,
        outcome=Outcome.NOT_APPLICABLE,
        compliance="NOT_APPLICABLE",
        annotation=plain(f"Not applicable: {elsewhere.note}"),
        remedy="",
        calls=dict.fromkeys(names, CallAssessment(Outcome.NOT_APPLICABLE, elsewhere.note)),
        breadth=Breadth.NARROW.value,
        chain=(),
        elsewhere=elsewhere.where,
    )


def _needed_paths(paths: Iterable[ChainPath], records: RecordClass) -> list[ChainPath]:
    """Collect the paths, stopping at the first working one that covers every record by itself."""
    collected: list[ChainPath] = []
    for path in paths:
        metric_filter = path.metric_filter
        if path.status is Status.OK and metric_filter and metric_filter.covers(records):
            return [path]
        collected.append(path)
    return collected


def _judge(paths: list[ChainPath], records: RecordClass, culprit: Culprit) -> _Finding:
    working = _working_together(paths, records)
    unknown_paths = [path for path in paths if path.status is Status.UNKNOWN]
    filters = distinct(path.metric_filter for path in working)
    texts = tuple(metric_filter.text for metric_filter in filters)
    coverage = proof(texts, records)
    if coverage.verdict is Verdict.COVERED:
        best = min(working, key=lambda path: texts.index(path.metric_filter.text))  # type: ignore[union-attr]
        return _Finding(CallAssessment(Outcome.COVERED), _with_all_filters(best, filters), filters)
    if unknown_paths and _may_cover(texts, unknown_paths, records):
        best = culprit.of(unknown_paths)
        return _Finding(CallAssessment(Outcome.UNKNOWN, best.reason), best, filters)
    if coverage.verdict is Verdict.UNKNOWN:
        best = working[0].stopped_at(
            "metric_filter",
            unknown(
                f"{filter_names(filters)}: {clip('; '.join(coverage.doubts), 100)}",
                wanted=f"a pattern that surely matches every {records.name}",
                remedy=f"change the pattern so that it clearly matches every {records.name}",
            ),
            partial(describe_filters, filters),
        )
        return _Finding(CallAssessment(Outcome.UNKNOWN, best.reason), best, filters)
    eligible = culprit.eligible(paths, records)
    made_for_it = distinct(path.metric_filter for path in _not_broken(eligible))
    best = culprit.of(with_escape(path, made_for_it, records) for path in eligible)
    if best.status is Status.OK:
        best = with_spread_events(best, paths, records)
    fault = best.fault
    call = CallAssessment(Outcome.NOT_COVERED, best.reason)
    if fault is not None and fault.link == "metric_filter":
        own = (best.metric_filter.text,) if best.metric_filter else ()
        escape = _escape(paths, (texts, own), records)
        call = replace(call, counterexample=escape.counterexample, deciding=escape.deciding)
    return _Finding(call, best, filters)


def _escape(
    paths: list[ChainPath], others: tuple[tuple[str, ...], ...], records: RecordClass
) -> Proof:
    """Return the proof that shows a record which escapes, preferably from the filters of all paths.

    If these cover the class together, it is a record that escapes from those that may work, or else
    from one of the sets `others`. Reads that the verdict does not need rarely change the example.
    """
    candidates = (_texts(paths), _texts(_not_broken(paths)), *others)
    proofs = (proof(texts, records) for texts in dict.fromkeys(candidates) if texts)
    escapes = (each for each in proofs if each.verdict is Verdict.ESCAPES)
    return next(escapes, Proof(Verdict.UNKNOWN)) if any(candidates) else proof((), records)


def _not_broken(paths: Iterable[ChainPath]) -> list[ChainPath]:
    """Return the paths that work, or may work as far as is known."""
    return [path for path in paths if path.status is not Status.BROKEN]


def _texts(paths: list[ChainPath]) -> tuple[str, ...]:
    return tuple(each.text for each in distinct(path.metric_filter for path in paths))


def _with_lacking_calls(findings: dict[str, _Finding], culprit: Culprit) -> dict[str, _Finding]:
    """Return the findings; where a log group has no filter for calls, the remedy lists them."""
    filters = [finding.path.metric_filter for finding in findings.values()]
    known = distinct(filters)
    lacking: dict[str, list[str]] = {}
    for name, finding in findings.items():
        if lacks_filter(finding.path):
            lacking.setdefault(finding.path.log_group, []).append(name)
    result = dict(findings)
    for group, names in lacking.items():
        here = [metric_filter for metric_filter in known if metric_filter.log_group == group]
        remedy, short = culprit.remedies(names, findings[names[0]].path, here)
        for name in names:
            path = result[name].path.with_remedy(remedy)
            result[name] = replace(result[name], path=path, short_remedy=short)
    return result


def _working_together(paths: list[ChainPath], records: RecordClass) -> list[ChainPath]:
    """Return the working paths; if they need several events, a set that covers the class if any."""
    working = [path for path in paths if path.status is Status.OK]
    sets = list(counting_together(working, records.events))
    return next((each for each in sets if _covers(each, records)), sets[0])


def _covers(paths: list[ChainPath], records: RecordClass) -> bool:
    return proof(_texts(paths), records).verdict is Verdict.COVERED


def _may_cover(texts: tuple[str, ...], paths: list[ChainPath], records: RecordClass) -> bool:
    """Return whether the call might be covered if every unknown path worked."""
    more: list[str] = []
    for path in paths:
        if path.metric_filter is None or path.metric_filter.matches_unknown:
            return True
        more.append(path.metric_filter.text)
    return proof(tuple(dict.fromkeys((*texts, *more))), records).verdict is not Verdict.ESCAPES


def _with_all_filters(path: ChainPath, filters: tuple[MetricFilter, ...]) -> ChainPath:
    """Return the path; if several filters cover the call together, its filter link names all."""
    if len(filters) < 2:
        return path
    links = tuple(
        replace(
            link,
            judgement=ok(f"{filter_names(filters)} match it together"),
            describe=partial(describe_filters, filters),
        )
        if link.link == "metric_filter"
        else link
        for link in path.links
    )
    return replace(path, links=links)


def _assessment(
    control: Control,
    snapshot: Snapshot,
    region: str,
    parameters: Parameters,
    findings: dict[str, _Finding],
    missing_reads: tuple[Read, ...],
    elsewhere: CallsElsewhere,
) -> Assessment:
    calls = {name: finding.call for name, finding in findings.items()}
    outcomes = {call.outcome for call in calls.values()}
    worst_first = (Outcome.NOT_COVERED, Outcome.UNKNOWN, Outcome.COVERED)
    outcome = next(outcome for outcome in worst_first if outcome in outcomes)
    worst = next(finding for finding in findings.values() if finding.call.outcome is outcome)
    filters = [metric_filter for finding in findings.values() for metric_filter in finding.filters]
    remedy = remedy_of(worst.path.fault)
    noun = "class" if any(control.records.values()) else "call"
    if outcome is Outcome.COVERED:
        chains = [finding.path.links for finding in findings.values()]
        annotation = covered_annotation(
            tuple(calls), chains, _notes(chains, filters), parameters.exempted, noun
        )
    else:
        remedies = (remedy, worst.short_remedy)
        annotation = failure_annotation(outcome, calls, remedies, parameters.exempted, noun)
    annotation = with_note(annotation, elsewhere.note)
    return Assessment(
        rule=control.name,
        account=snapshot.account,
        region=region,
        collected_at=snapshot.collected_at,
        outcome=outcome,
        compliance=compliance(outcome, parameters),
        annotation=annotation,
        remedy=remedy,
        calls={**calls, **elsewhere.calls},
        breadth=_breadth(filters, worst.path).value,
        chain=tuple(link.described() for link in worst.path.links),
        missing_reads=missing_reads,
    )


def compliance(outcome: Outcome, parameters: Parameters) -> str:
    """Return AWS Config's word for the outcome."""
    if outcome is Outcome.UNKNOWN:
        return parameters.unprovable_verdict
    return "COMPLIANT" if outcome is Outcome.COVERED else "NON_COMPLIANT"


def _breadth(filters: list[MetricFilter], path: ChainPath) -> Breadth:
    """Return the breadth of the broadest working filter, else of the path's filter."""
    used = filters or ([path.metric_filter] if path.metric_filter else [])
    breadths = {breadth_of_text(metric_filter.text) for metric_filter in used}
    return next((breadth for breadth in Breadth if breadth in breadths), Breadth.NARROW)


def _notes(chains: list[tuple[Link, ...]], filters: list[MetricFilter]) -> list[str]:
    """Return what a user should know of chains that work."""
    notes = [link.judgement.reason for chain in chains for link in chain]
    for metric_filter in distinct(filters):
        if matches_routine_read(metric_filter.text):
            notes.append(
                f"{metric_filter.called} also counts routine calls, so its alarm may go off often"
            )
            break
    return notes
