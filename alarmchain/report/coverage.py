"""What a pattern covers, as JSON and as text."""

from collections.abc import Mapping
from typing import Any

from alarmchain.decision.pattern_coverage import Agreement, Coverage
from alarmchain.decision.routine_reads import ROUTINE_READS, Breadth
from alarmchain.proof.prove import Proof, Verdict
from alarmchain.report import record
from alarmchain.report.text_layout import console, listed, width, wrapped

_STYLES = {Verdict.COVERED: "green", Verdict.ESCAPES: "bold red", Verdict.UNKNOWN: "yellow"}
_MEANING = {
    Verdict.COVERED: "every record of the call is matched",
    Verdict.ESCAPES: "a record of the call can pass unmatched",
    Verdict.UNKNOWN: "neither could be shown, for the reason beside the call",
}
_BREADTH = {
    Breadth.EVERY_RECORD: "it matches every record there is; an alarm on it would never rest",
    Breadth.ROUTINE_READS: "it also matches everyday reads"
    f" ({len(ROUTINE_READS)} of {len(ROUTINE_READS)} tried, such as {ROUTINE_READS[0][1]});"
    " an alarm on it would hardly ever rest",
    Breadth.NARROW: "it does not match everyday reads alike; an alarm on it can rest",
}


def as_json(rule: str, found: Coverage) -> dict[str, Any]:
    """The answer for one pattern as a JSON object."""
    return {
        "rule": rule,
        "pattern": found.text,
        "syntax": "ok" if found.error is None else "error",
        "error": None if found.error is None else str(found.error),
        "calls": {
            name: {"verdict": proof.verdict.value, "counterexample": proof.counterexample}
            for name, proof in found.proofs.items()
        },
        "breadth": None if found.breadth is None else found.breadth.value,
    }


def unusable(rule: Any, pattern: Any, error: str) -> dict[str, Any]:
    """The answer for a request that cannot be used."""
    return {
        "rule": rule,
        "pattern": pattern,
        "syntax": None,
        "error": error,
        "calls": {},
        "breadth": None,
    }


def write_text(rule: str, found: Coverage, agreement: Agreement | None) -> None:
    """Writes the answer for someone who has never seen the project."""
    out = console()
    out.print(f"{rule}: {_summary(found.proofs)}", style="bold")
    out.print()
    columns = width()
    rows = [(name, _reason(proof)) for name, proof in found.proofs.items()]
    for proof, row in zip(found.proofs.values(), listed(rows, columns, before=11), strict=True):
        out.print(f"  {proof.verdict.value:<8}", style=_STYLES[proof.verdict], end="")
        out.print(f" {row}")
    out.print()
    for verdict in dict.fromkeys(proof.verdict for proof in found.proofs.values()):
        _print_wrapped(f"{verdict.value}: ", _MEANING[verdict], style="dim")
    if found.breadth is not None:
        _print_wrapped("breadth: ", _BREADTH[found.breadth], style="dim")
    for names, proof in _examples(found.proofs).items():
        _write_example(names, proof)
    if agreement is not None:
        _write_agreement(agreement)


def _summary(proofs: Mapping[str, Proof]) -> str:
    counts = {
        verdict: sum(proof.verdict is verdict for proof in proofs.values()) for verdict in Verdict
    }
    others = [
        f"{count} {'escape' if verdict is Verdict.ESCAPES and count > 1 else verdict.value}"
        for verdict, count in counts.items()
        if count and verdict is not Verdict.COVERED
    ]
    covered = f"{counts[Verdict.COVERED]} of {len(proofs)} calls covered"
    return ", ".join([covered, *others])


def _reason(proof: Proof) -> str:
    if proof.verdict is Verdict.ESCAPES:
        fields = (record.described(name, proof.counterexample) for name in proof.deciding)
        return f"when {' and '.join(fields)}"
    return "; ".join(proof.doubts)


def _examples(proofs: Mapping[str, Proof]) -> dict[tuple[str, ...], Proof]:
    """One proof for each set of deciding fields, by the names of the calls that share it."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, proof in proofs.items():
        if proof.verdict is Verdict.ESCAPES:
            alike.setdefault(proof.deciding, []).append(name)
    return {tuple(names): proofs[names[0]] for names in alike.values()}


def _write_example(names: tuple[str, ...], proof: Proof) -> None:
    out = console()
    out.print()
    likewise = f" (likewise {', '.join(names[1:])})" if len(names) > 1 else ""
    _print_wrapped("", f"A record of {names[0]} that escapes{likewise}; > marks what decides:")
    for marked, line in record.lines(proof.counterexample, proof.deciding):
        out.print(f"{'>' if marked else ' '} {line}", style="bold red" if marked else None)
    for name in proof.deciding:
        shown = record.described(name, proof.counterexample)
        if shown.endswith(" is absent"):
            out.print(f"> {shown}", style="bold red")


def _print_wrapped(lead: str, text: str, style: str | None = None) -> None:
    for line in wrapped(lead, text, width()):
        console().print(line, style=style)


def _write_agreement(agreement: Agreement) -> None:
    out = console()
    out.print()
    out.print(
        f"CloudWatch Logs agrees on {agreement.agreements} of {len(agreement.checks)} records."
    )
    for check in agreement.checks:
        expected = "matched" if check.expected else "unmatched"
        found = "matches" if check.actual else "does not match"
        agrees = "agrees" if check.agrees else f"DISAGREES: AWS {found} it"
        out.print(f"  {check.call}: expected {expected}, AWS {agrees}")
