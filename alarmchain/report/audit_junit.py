"""An audit as JUnit XML for CI servers: a test suite for each account, a case for each result."""

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.json_document import iso
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.junit import Case, Suite, document


def render(findings: Findings) -> str:
    """Return the document.

    A result that is not covered or unknown is a failure, one that is not applicable is skipped, and
    what could not be assessed is an error. What is excepted, or unchanged since the baseline, is
    skipped too.
    """
    return document(_suite(account, findings) for account in findings.accounts)


def _suite(account: str, findings: Findings) -> Suite:
    outcomes: list[Assessment | Failure] = [*findings.results, *findings.failures]
    cases = [
        _case(each, findings) if isinstance(each, Assessment) else _error(each)
        for each in sorted(outcomes, key=lambda each: (each.rule, each.region))
        if each.account == account
    ]
    return Suite(
        findings.account_label(account),
        tuple(cases),
        iso(findings.read_at(account)).removesuffix("Z"),
        {"alarmchain": findings.version, **findings.parameters},
    )


def _case(result: Assessment, findings: Findings) -> Case:
    name, class_name = result.region, f"alarmchain.{result.account}.{result.rule}"
    if result.outcome is Outcome.COVERED:
        return Case(name, class_name, output=f"{result.annotation}\n\n{_evidence(result)}")
    if result.outcome is Outcome.NOT_APPLICABLE:
        return Case(name, class_name, "skipped", message=result.annotation)
    details = f"Fix: {result.remedy}\n\n{_evidence(result)}"
    accepted = findings.exception_of(result)
    if accepted is not None:
        message = f"excepted until {accepted.until}: {accepted.why}: {result.annotation}"
        return Case(name, class_name, "skipped", message=message, output=details)
    if not findings.counts(result):
        message = f"unchanged since the baseline: {result.annotation}"
        return Case(name, class_name, "skipped", message=message, output=details)
    return Case(name, class_name, "failure", result.outcome.value, result.annotation, details)


def _evidence(result: Assessment) -> str:
    """Return a paragraph for each link of the chain."""
    paragraphs = []
    for link in result.chain:
        judgement = link.judgement
        lines = [f"{link.link} {link.resource} ({link.account}, {link.region}): "]
        lines[0] += judgement.status.value
        for label, text in (
            ("reason", judgement.reason),
            ("observed", link.observed),
            ("expected", judgement.wanted),
        ):
            lines += [f"  {label}: {text}"] if text else []
        paragraphs.append("\n".join(lines))
    return "\n".join(paragraphs)


def _error(failure: Failure) -> Case:
    class_name = ".".join(filter(None, ("alarmchain", failure.account, failure.rule)))
    name = failure.region or "account"
    return Case(name, class_name, "error", "not assessed", failure.error)
