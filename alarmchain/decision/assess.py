"""The verdict: does every record of every required call reach a person? Pure.

Every way of every call is followed. A call is covered when the metric filters of those ways that
hold together match every record of it; it is not, when one escapes even if all that is unknown
should hold; in between it is unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.judgement import Status, broken, ok, unknown
from alarmchain.chain.metric_filter.metric_filter import MetricFilter, proof
from alarmchain.control import Control
from alarmchain.decision.annotation import covered_annotation, failure_annotation
from alarmchain.decision.assessment import Assessment, CallAssessment, Link, Outcome
from alarmchain.decision.path import ChainPath
from alarmchain.decision.routine_reads import ROUTINE_READS, Breadth, breadth_of_text
from alarmchain.decision.sdk_gaps import as_seen
from alarmchain.decision.trail_paths import TrailPaths
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict
from alarmchain.records.record_class import RecordClass, api_call
from alarmchain.records.typical_record import typical_record
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Snapshot


def assess(control: Control, snapshot: Snapshot, region: str, parameters: Parameters) -> Assessment:
    """One rule in one region of the snapshot's account, by what has been read so far."""
    view = SnapshotQuery(snapshot)
    walk = TrailPaths(view, region, parameters)
    failed = None if parameters.failed_calls_required else False
    findings: dict[str, _Finding] = {}
    pending: tuple[Read, ...] = ()
    for name, call in parameters.calls(control).items():
        view.wanted.clear()
        records = call.records(region=region, account=snapshot.account, failed=failed)
        ways = (as_seen(way, snapshot.sdk_gaps) for way in walk.paths(call, records))
        findings[name] = _judge(_followed(ways, records), records)
        if findings[name].call.outcome is Outcome.UNKNOWN and not pending:
            pending = tuple(view.wanted)[:1]
    return _assessment(control, snapshot.account, region, parameters, findings, pending)


@dataclass(frozen=True, slots=True)
class _Finding:
    """A call's assessment, the way that got furthest, and the filters of the ways that hold."""

    call: CallAssessment
    path: ChainPath
    filters: tuple[MetricFilter, ...]


def _followed(paths: Iterable[ChainPath], records: RecordClass) -> list[ChainPath]:
    """The paths; only the last, if it holds and carries every record alone."""
    found: list[ChainPath] = []
    for path in paths:
        metric_filter = path.metric_filter
        if path.status is Status.OK and metric_filter and metric_filter.covers(records):
            return [path]
        found.append(path)
    return found


def _judge(paths: list[ChainPath], records: RecordClass) -> _Finding:
    holding = [path for path in paths if path.status is Status.OK]
    open_ones = [path for path in paths if path.status is Status.UNKNOWN]
    filters = _distinct(path.metric_filter for path in holding)
    texts = tuple(one.text for one in filters)
    sure = proof(texts, records)
    if sure.verdict is Verdict.COVERED:
        best = min(holding, key=lambda path: texts.index(path.metric_filter.text))  # type: ignore[union-attr]
        return _Finding(CallAssessment(Outcome.COVERED), _together(best, filters), filters)
    if open_ones and _may_cover(texts, open_ones, records):
        best = max(open_ones, key=lambda path: path.progress)
        reason = _reason(best)
        return _Finding(CallAssessment(Outcome.UNKNOWN, reason), best, filters)
    if sure.verdict is Verdict.UNKNOWN:
        best = holding[0].with_filter_judgement(
            unknown(
                f"{_names(filters)}: {clip('; '.join(sure.doubts), 100)}",
                observed=" | ".join(texts),
                wanted=f"a pattern that surely matches every {records.name}",
                remedy=f"write the pattern so that it plainly matches {records.name}",
            )
        )
        return _Finding(CallAssessment(Outcome.UNKNOWN, _reason(best)), best, filters)
    candidates = [_escaping(path, filters, records) for path in paths]
    best = max(candidates, key=lambda path: path.progress)
    fault = best.fault
    escape = fault is not None and fault.link == "metric_filter"
    shown = proof(texts or (best.metric_filter.text,), records) if best.metric_filter else sure
    example_record = shown.counterexample if escape else None
    call = CallAssessment(
        Outcome.NOT_COVERED, _reason(best), example_record, shown.deciding if escape else ()
    )
    return _Finding(call, best, filters)


def _distinct(filters: Iterable[MetricFilter | None]) -> tuple[MetricFilter, ...]:
    """Each filter once, in order. Log groups of several regions may bear one name."""
    return tuple({(one.log_group, one.name, one.text): one for one in filters if one}.values())


def _may_cover(texts: tuple[str, ...], paths: list[ChainPath], records: RecordClass) -> bool:
    """Whether the call would be covered, or might be, if every unknown path should hold."""
    filters = [path.metric_filter for path in paths]
    if any(one is None or one.matches_unknown for one in filters):
        return True
    more = tuple(one.text for one in filters if one is not None)
    return proof(tuple(dict.fromkeys((*texts, *more))), records).verdict is not Verdict.ESCAPES


def _escaping(
    path: ChainPath, filters: tuple[MetricFilter, ...], records: RecordClass
) -> ChainPath:
    """The path with what escapes its filter as the fault, where records do escape it."""
    metric_filter = path.metric_filter
    if metric_filter is None or (path.fault and path.fault.link == "metric_filter"):
        return path
    texts = tuple(one.text for one in filters) if path.status is Status.OK else ()
    escape = proof(tuple(dict.fromkeys((*texts, metric_filter.text))), records)
    if escape.verdict is not Verdict.ESCAPES:
        return path
    used = filters if texts else (metric_filter,)
    where = " and ".join(clip(one) for one in escape.deciding[:2])
    remedy = f"drop the condition on {where}, or add a filter for the rest"
    return path.with_filter_judgement(
        broken(
            f"{_names(used)} {'let' if len(used) > 1 else 'lets'} it escape"
            + (f" by {where}" if where else ""),
            observed=metric_filter.text,
            wanted=f"a pattern that matches every {records.name}",
            remedy=remedy if where else f"let a metric filter match every {records.name}",
        )
    )


def _together(path: ChainPath, filters: tuple[MetricFilter, ...]) -> ChainPath:
    """The path as evidence of a covered call; where it takes several filters, it says so."""
    if len(filters) < 2:
        return path
    links = tuple(
        replace(link, judgement=ok(link.judgement.observed, f"{_names(filters)} share it"))
        if link.link == "metric_filter"
        else link
        for link in path.links
    )
    return replace(path, links=links)


def _names(filters: tuple[MetricFilter, ...]) -> str:
    shown = ", ".join(quote(one.name) for one in filters[:3])
    rest = f" and {len(filters) - 3} more" if len(filters) > 3 else ""
    return f"metric filter{'s' if len(filters) > 1 else ''} {shown}{rest}"


def _reason(path: ChainPath) -> str:
    fault = path.fault
    return fault.judgement.reason if fault else ""


def _assessment(
    control: Control,
    account: str,
    region: str,
    parameters: Parameters,
    findings: dict[str, _Finding],
    pending: tuple[Read, ...],
) -> Assessment:
    calls = {name: finding.call for name, finding in findings.items()}
    outcomes = {call.outcome for call in calls.values()}
    outcome = next(
        one for one in (Outcome.NOT_COVERED, Outcome.UNKNOWN, Outcome.COVERED) if one in outcomes
    )
    worst = next(finding for finding in findings.values() if finding.call.outcome is outcome)
    filters = [one for finding in findings.values() for one in finding.filters]
    fault = worst.path.fault
    remedy = fault.judgement.remedy if fault else ""
    if outcome is Outcome.COVERED:
        chains = [finding.path.links for finding in findings.values()]
        annotation = covered_annotation(tuple(calls), chains, _notes(chains, filters))
    else:
        annotation = failure_annotation(outcome, calls, remedy)
    return Assessment(
        rule=control.name,
        account=account,
        region=region,
        outcome=outcome,
        compliance=compliance(outcome, parameters),
        annotation=annotation,
        remedy=remedy,
        calls=calls,
        breadth=_breadth(filters, worst.path).value,
        chain=worst.path.links,
        missing_reads=pending,
    )


def compliance(outcome: Outcome, parameters: Parameters) -> str:
    """AWS Config's word for the outcome."""
    if outcome is Outcome.UNKNOWN:
        return parameters.unprovable_verdict
    return "COMPLIANT" if outcome is Outcome.COVERED else "NON_COMPLIANT"


def _breadth(filters: list[MetricFilter], path: ChainPath) -> Breadth:
    """The broadest of the filters that matter."""
    used = filters or ([path.metric_filter] if path.metric_filter else [])
    found = {breadth_of_text(one.text) for one in used}
    return next((one for one in Breadth if one in found), Breadth.NARROW)


def _notes(chains: list[tuple[Link, ...]], filters: list[MetricFilter]) -> list[str]:
    """What is worth telling of chains that hold."""
    notes = [link.judgement.reason for chain in chains for link in chain]
    broad = [one for one in _distinct(filters) if _also_matches(one)]
    if broad:
        notes.append(f"{broad[0].shown} counts everyday calls too, so its alarm may ring often")
    return notes


def _also_matches(metric_filter: MetricFilter) -> bool:
    pattern = metric_filter.pattern
    return not isinstance(pattern, PatternSyntaxError) and any(
        match(pattern, typical_record(api_call(source, name, read_only=True))).is_yes
        for source, name in ROUTINE_READS
    )
