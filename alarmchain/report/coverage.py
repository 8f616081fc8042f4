"""The classes of records that filter patterns cover, as JSON and as text."""

from collections.abc import Mapping
from typing import Any

from alarmchain.decision.pattern_coverage import Agreement, Coverage
from alarmchain.decision.routine_reads import ROUTINE_READS, Breadth
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.report import record
from alarmchain.report.text_layout import listed, width, wrapped, write

_FAULT: Mapping[str, Any] = {"fg": "red", "bold": True}
_STYLES: Mapping[Verdict, Mapping[str, Any]] = {
    Verdict.COVERED: {"fg": "green"},
    Verdict.ESCAPES: _FAULT,
    Verdict.UNKNOWN: {"fg": "yellow"},
}
_MEANING = {
    Verdict.COVERED: "every record of the {} is matched",
    Verdict.ESCAPES: "the pattern misses some record of the {}",
    Verdict.UNKNOWN: "no proof was possible; the reason is next to the {}",
}
_SELECTIVITY = {
    Breadth.EVERY_RECORD: "it matches every record, so its alarm stays in ALARM",
    Breadth.ROUTINE_READS: "it also matches routine read calls"
    f" ({len(ROUTINE_READS)} of {len(ROUTINE_READS)} tried, such as {ROUTINE_READS[0][1]}),"
    " so its alarm is rarely OK",
    Breadth.NARROW: "it does not match routine read calls, so its alarm can return to OK",
}


def as_json(rule: str, coverage: Coverage, requested: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer as a JSON object; `exempted` is there if records are.

    `requested`: the member `pattern` or `patterns` of the request.
    """
    exempted = _exempted(coverage)
    return {
        "rule": rule,
        **requested,
        "syntax": "ok" if coverage.error is None else "error",
        "error": None if coverage.error is None else str(coverage.error),
        "calls": {
            name: {"verdict": proof.verdict.value, "counterexample": proof.counterexample}
            for name, proof in coverage.proofs.items()
        },
        "breadth": None if coverage.breadth is None else coverage.breadth.value,
        **({"exempted": exempted} if exempted else {}),
    }


def _exempted(coverage: Coverage) -> str:
    """Return the pattern of the records that need not be matched, "" for none."""
    return next((records.exempted for records in coverage.classes.values()), "")


def unusable(rule: Any, requested: Mapping[str, Any], error: str) -> dict[str, Any]:
    """Return the answer for a request that cannot be used."""
    return {
        "rule": rule,
        **requested,
        "syntax": None,
        "error": error,
        "calls": {},
        "breadth": None,
    }


def write_text(rule: str, coverage: Coverage, agreement: Agreement | None) -> None:
    """Write the answer for people."""
    write(f"{rule}: {_summary(coverage)}", bold=True)
    write()
    columns = width()
    rows = [(name, _reason(proof)) for name, proof in coverage.proofs.items()]
    for proof, row in zip(coverage.proofs.values(), listed(rows, columns, before=11), strict=True):
        write(f"  {proof.verdict.value:<8}", line_break=False, **_STYLES[proof.verdict])
        write(f" {row}")
    write()
    for verdict in dict.fromkeys(proof.verdict for proof in coverage.proofs.values()):
        _write_wrapped(f"{verdict.value}: ", _MEANING[verdict].format(_noun(coverage)), dim=True)
    if coverage.breadth is not None:
        _write_wrapped("selectivity: ", _SELECTIVITY[coverage.breadth], dim=True)
    if exempted := _exempted(coverage):
        _write_wrapped("exempted: ", exempted, dim=True)
    for names, proof in _examples(coverage.proofs).items():
        _write_example(names, proof)
    if agreement is not None:
        _write_agreement(agreement)


def _noun(coverage: Coverage) -> str:
    """Return what the classes are: call, if all are."""
    nouns = {records.noun for records in coverage.classes.values()}
    return "call" if nouns == {"call"} else "class"


def _summary(coverage: Coverage) -> str:
    proofs = coverage.proofs
    counts = {
        verdict: sum(proof.verdict is verdict for proof in proofs.values()) for verdict in Verdict
    }
    others = [
        f"{count} {'escape' if verdict is Verdict.ESCAPES and count > 1 else verdict.value}"
        for verdict, count in counts.items()
        if count and verdict is not Verdict.COVERED
    ]
    plural = "calls" if _noun(coverage) == "call" else "classes"
    covered = f"{counts[Verdict.COVERED]} of {len(proofs)} {plural} covered"
    return ", ".join([covered, *others])


def _reason(proof: Proof) -> str:
    if proof.verdict is Verdict.ESCAPES:
        fields = (record.described(name, proof.counterexample) for name in proof.deciding)
        return f"when {' and '.join(fields)}"
    return "; ".join(proof.doubts)


def _examples(proofs: Mapping[str, Proof]) -> dict[tuple[str, ...], Proof]:
    """Return one proof for each set of deciding fields, by the names of the calls that share it."""
    names_by_fields: dict[tuple[str, ...], list[str]] = {}
    for name, proof in proofs.items():
        if proof.verdict is Verdict.ESCAPES:
            names_by_fields.setdefault(proof.deciding, []).append(name)
    return {tuple(names): proofs[names[0]] for names in names_by_fields.values()}


def _write_example(names: tuple[str, ...], proof: Proof) -> None:
    write()
    others = f" (the same for {', '.join(names[1:])})" if len(names) > 1 else ""
    text = f"A record of {names[0]} that escapes{others}; > marks the deciding fields:"
    _write_wrapped("", text)
    for marked, line in record.lines(proof.counterexample, proof.deciding):
        write(f"{'>' if marked else ' '} {line}", **(_FAULT if marked else {}))
    for name in proof.deciding:
        fact = record.described(name, proof.counterexample)
        if fact.endswith(" is absent"):
            write(f"> {fact}", **_FAULT)


def _write_wrapped(lead: str, text: str, **style: Any) -> None:
    for line in wrapped(lead, text, width()):
        write(line, **style)


def _write_agreement(agreement: Agreement) -> None:
    write()
    write(f"CloudWatch Logs agrees on {agreement.agreements} of {len(agreement.checks)} records.")
    for check in agreement.checks:
        expected = "matched" if check.expected else "unmatched"
        result = "matches" if check.actual else "does not match"
        agrees = "agrees" if check.agrees else f"DISAGREES: AWS {result} it"
        write(f"  {check.call}: expected {expected}, AWS {agrees}")
