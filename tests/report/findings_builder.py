"""Findings for the tests of reports, from the example account."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from alarmchain.chain.judgement import Judgement, Status
from alarmchain.cli.snapshot_file import audit_snapshot, load
from alarmchain.control import Control, known_controls
from alarmchain.decision.assessment import Assessment, CallAssessment, Link, Outcome
from alarmchain.parameters import Parameters
from alarmchain.records.record_class import api_call
from alarmchain.records.typical_record import typical_record
from alarmchain.report.comparison import Change, Comparison
from alarmchain.report.exceptions import (
    ANY,
    Acceptance,
    AcceptedException,
    AppliedExceptions,
)
from alarmchain.report.findings import Failure, Findings
from alarmchain.report.result_key import result_key

CHECKOUT = Path(__file__).parents[2]
CONTROLS = tuple(
    known_controls()[rule]
    for rule in ("CMKChanges", "CloudTrailChanges", "ConfigChanges", "SecurityGroupChanges")
)
"""The rules whose chains docs/example-account.json has."""
NOW = 1_795_176_000.0
REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip


def example_account(rules: tuple[Control, ...] = CONTROLS) -> Findings:
    """Return the audit of docs/example-account.json: one rule is covered, the others are not."""
    snapshot = load(CHECKOUT / "docs" / "example-account.json")
    outcomes = audit_snapshot(snapshot, rules, (), Parameters.read({}))
    return Findings.of(outcomes, snapshot.collected_at, rules)


def accepted_and_compared() -> Findings:
    """Return the example's findings; CMKChanges is excepted, CloudTrailChanges unchanged since the
    baseline, and SecurityGroupChanges new."""
    findings = example_account()
    keys = {each.rule: result_key(each) for each in findings.results}
    exception = AcceptedException(
        1, ANY, ANY, "CMKChanges", ANY, date(2027, 1, 31), "the owner is on leave"
    )
    return replace(
        findings,
        exceptions=AppliedExceptions(accepted={keys["CMKChanges"]: Acceptance((exception,))}),
        comparison=Comparison(
            findings.version,
            changes={
                keys["CMKChanges"]: Change.UNCHANGED,
                keys["CloudTrailChanges"]: Change.UNCHANGED,
                keys["SecurityGroupChanges"]: Change.NEW,
            },
        ),
    )


def organization(accounts: int = 10, regions: tuple[str, ...] = REGIONS) -> Findings:
    """Return the example's findings in many accounts and regions, some unknown or failed."""
    return Findings.of(_spread(accounts, regions), NOW, CONTROLS)


def _spread(accounts: int, regions: tuple[str, ...]) -> Iterator[Assessment | Failure]:
    results = example_account().results
    unknown = Judgement(
        Status.UNKNOWN,
        "the attributes of topic 'security' may not be read",
        "",
        "sns:GetTopicAttributes",
        "allow sns:GetTopicAttributes",
    )
    for number in range(accounts):
        account = f"{111122223333 + number * 1000:012}"
        for index, region in enumerate(regions):
            for result in results:
                here = replace(result, account=account, region=region)
                if number == 2 and region == "sa-east-1":
                    reason = f"{region} is not enabled in {account}"
                    yield Failure(account, region, result.rule, reason)
                elif number % 3 == 1 and index % 5 == 0:
                    last = here.chain[-1]
                    chain = (*here.chain[:-1], replace(last, judgement=unknown))
                    calls = {
                        name: CallAssessment(Outcome.UNKNOWN, unknown.reason)
                        for name in result.calls
                    }
                    yield replace(
                        here,
                        outcome=Outcome.UNKNOWN,
                        annotation=f"UNKNOWN: {unknown.reason} in {region}",
                        chain=chain,
                        calls=calls,
                        remedy=unknown.remedy,
                    )
                else:
                    yield here


def one_finding(text: str, control: Control = CONTROLS[0]) -> Findings:
    """Return a finding and a failure in which every name from the account is `text`."""
    judgement = Judgement(Status.BROKEN, text, text, text, text)
    links = tuple(
        Link(kind, "123456789012", "us-east-1", text, Judgement(Status.OK), evidence=text)
        for kind in ("trail", "log_group")
    )
    chain = (*links, Link("metric_filter", "123456789012", "us-east-1", text, judgement))
    record = typical_record(api_call("kms.amazonaws.com", "DisableKey", region="us-east-1"))
    record["userAgent"] = text
    call = CallAssessment(Outcome.NOT_COVERED, text, record, ("$.userAgent",))
    result = Assessment(
        rule=control.name,
        account="123456789012",
        region="us-east-1",
        collected_at=NOW,
        outcome=Outcome.NOT_COVERED,
        compliance="NON_COMPLIANT",
        annotation=text,
        remedy=text,
        calls={"DisableKey": call},
        breadth="narrow",
        chain=chain,
    )
    failure = Failure("123456789012", "us-east-2", control.name, text)
    return Findings.of((result, failure), NOW, (control,))
