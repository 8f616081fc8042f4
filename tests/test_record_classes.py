"""Classes of records without a call's name, from control.toml to the verdict."""

from pathlib import Path
from typing import Any

import pytest

from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.decision.pattern_coverage import coverage
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import from_json
from tests.builders import ACCOUNT, GROUP, REGION, account, advanced, metric_filter, trail
from tests.made_up_rule import CLASSES, DENIED, NO_MFA, ROOT, made_up_rule

CONTROL_1 = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
COVERING = [
    # CIS AWS Foundations by version; each as published
    (ROOT, CLASSES[ROOT]),
    (ROOT, "{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS"
     " && $.eventType != AwsServiceEvent }"),
    (DENIED, CONTROL_1),
    (DENIED, CONTROL_1[:-2] + ' || ($.sourceIPAddress!="delivery.logs.amazonaws.com")'
     ' || ($.eventName!="HeadBucket") }'),
    (DENIED, CONTROL_1[:-2] + ' && ($.sourceIPAddress!="delivery.logs.amazonaws.com")'
     ' && ($.eventName!="HeadBucket") }'),
    (NO_MFA, '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'),
    (NO_MFA, '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
     ' && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'),
    (NO_MFA, "{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed = No }"),
]  # fmt: skip
ESCAPING = [
    (ROOT, "{ $.userIdentity.type = Root && $.eventType = AwsApiCall }"),
    (ROOT, "{ $.userIdentity.type = Root && $.eventName = ConsoleLogin }"),
    (ROOT, "{ $.userIdentity.type = Root && $.readOnly IS FALSE }"),
    (DENIED, "{ $.errorCode = UnauthorizedOperation || $.errorCode = AccessDenied }"),
    (DENIED, CONTROL_1[:-2] + ' && ($.sourceIPAddress!="delivery.logs.amazonaws.com")'
     ' && ($.eventName!="HeadBucket") && ($.userIdentity.type != "AWSService") }'),
    (DENIED, '{ $.errorCode = "AccessDenied*" }'),
    (NO_MFA, "{ $.eventName = ConsoleLogin"
     " && $.userIdentity.sessionContext.attributes.mfaAuthenticated != true }"),
    (NO_MFA, "{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed != Yes"
     " && $.readOnly IS TRUE }"),
    (NO_MFA, "{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed != Yes"
     " && $.eventType = AwsConsoleSignIn && $.userIdentity.userName = jane }"),
]  # fmt: skip


def assessed(folder: Path, name: str, pattern: str, **collections: Any) -> Assessment:
    """Return the assessment of a rule with one class, in an account with one filter."""
    document = account(metric_filters=[metric_filter(pattern)], **collections)
    control = made_up_rule(folder, name)
    return assess(control, from_json(document), REGION, Parameters())


@pytest.mark.parametrize(("name", "pattern"), COVERING)
def test_covered(tmp_path: Path, name: str, pattern: str) -> None:
    """The benchmark's own patterns cover their classes."""
    classes = Parameters().required_classes(made_up_rule(tmp_path, name), region=None, account=None)
    proof = coverage(classes, pattern).proofs[name]
    assert proof.verdict is Verdict.COVERED, proof


@pytest.mark.parametrize(("name", "pattern"), ESCAPING)
def test_not_covered(tmp_path: Path, name: str, pattern: str) -> None:
    """A narrowed pattern misses a record, which belongs to the class."""
    assessment = assessed(tmp_path, name, pattern)
    assert assessment.outcome is Outcome.NOT_COVERED
    record = assessment.calls[name].counterexample
    assert record is not None
    assert match(parse(CLASSES[name]), record).is_yes
    assert match(parse(pattern), record).is_no
    assert (record["awsRegion"], record["recipientAccountId"]) == (REGION, ACCOUNT)
    assert record["managementEvent"] is True
    assert name in assessment.annotation


@pytest.mark.parametrize("name", [ROOT, DENIED, NO_MFA])
def test_a_whole_chain(tmp_path: Path, name: str) -> None:
    """The chain of a class is followed from the trail to the subscription."""
    assessment = assessed(tmp_path, name, CLASSES[name])
    assert assessment.outcome is Outcome.COVERED
    assert assessment.annotation.startswith(f"{name} covered: trail 'main' > filter 'F' > alarm")
    assert list(assessment.calls) == [name]
    assert assessed(tmp_path, name, CLASSES[name], trails=[]).outcome is Outcome.NOT_COVERED


def test_several_classes(tmp_path: Path) -> None:
    """An annotation counts classes, and says records instead of calls."""
    control = made_up_rule(tmp_path, ROOT, DENIED, NO_MFA)
    filters = [metric_filter(pattern, name=f"F{n}") for n, pattern in enumerate(CLASSES.values())]
    annotation = assess(
        control, from_json(account(metric_filters=filters)), REGION, Parameters()
    ).annotation
    assert annotation.startswith("All 3 classes covered: ")
    annotation = assess(
        control, from_json(account(metric_filters=filters[:1])), REGION, Parameters()
    ).annotation
    assert annotation.startswith(
        f"{DENIED}: no metric filter on log group '{GROUP}' names the class; 1 more class is not"
        f" covered too. Create a metric filter on log group '{GROUP}' for {DENIED} and {NO_MFA}"
    )
    signs_in = assessed(tmp_path, ROOT, CLASSES[NO_MFA]).annotation
    reason = f"metric filter 'F' on log group '{GROUP}' does not match the class"
    assert signs_in.startswith(
        f"{ROOT}: {reason}. Create a metric filter on log group '{GROUP}' for"
    )


WRITES = {"EventSelectors": [{"ReadWriteType": "WriteOnly"}]}
NO_KMS = {"EventSelectors": [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}


def narrowed(*fields: dict[str, Any]) -> dict[str, Any]:
    """Return the trail's selectors with these field selectors."""
    return {"EventSelectors": None, "AdvancedEventSelectors": advanced(*fields)}


@pytest.mark.parametrize(
    ("name", "selectors", "expected", "reason"),
    [
        (ROOT, WRITES, "not_covered", "trail 'main' does not record events with $.readOnly true"),
        (DENIED, WRITES, "not_covered", "does not record events with $.readOnly true"),
        (ROOT, NO_KMS, "not_covered", "events with $.eventSource kms.amazonaws.com"),
        (NO_MFA, NO_KMS, "covered", ""),
        (ROOT, narrowed(), "covered", ""),
        (
            ROOT,
            narrowed({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}),
            "not_covered",
            "events with $.eventSource kms.amazonaws.com",
        ),
        (NO_MFA, narrowed({"Field": "eventSource", "StartsWith": ["signin."]}), "covered", ""),
        (
            NO_MFA,
            narrowed(
                {"Field": "eventSource", "Equals": ["signin.amazonaws.com"], "NotEquals": ["x"]}
            ),
            "covered",
            "",
        ),
        (
            NO_MFA,
            narrowed({"Field": "eventSource", "Equals": ["x"], "NotEquals": ["y"]}),
            "unknown",
            "whether trail 'main' records",
        ),
        (
            ROOT,
            narrowed({"Field": "resources.type", "Equals": ["x"]}),
            "unknown",
            "cannot be known",
        ),
        (ROOT, {"IncludeGlobalServiceEvents": False}, "unknown", "leaves out global services"),
    ],
)
def test_trails(
    tmp_path: Path, name: str, selectors: dict[str, Any], expected: str, reason: str
) -> None:
    """A trail must record every record of the class; the reason says which records it does not."""
    assessment = assessed(tmp_path, name, CLASSES[name], trails=[trail(**selectors)])
    assert (assessment.outcome.value, reason in assessment.annotation) == (expected, True)


def test_two_selectors_together(tmp_path: Path) -> None:
    """Several selectors can record a class together; whether `readOnly` is absent is unknown."""
    both = [{"ReadWriteType": "WriteOnly"}, {"ReadWriteType": "ReadOnly"}]
    denied = assessed(tmp_path, DENIED, CLASSES[DENIED], trails=[trail(EventSelectors=both)])
    assert denied.outcome is Outcome.UNKNOWN
    assert "events without $.readOnly" in denied.annotation
    excluded = [
        {"ExcludeManagementEventSources": [f"{name}.amazonaws.com"]} for name in ("kms", "rdsdata")
    ]
    denied = assessed(tmp_path, DENIED, CLASSES[DENIED], trails=[trail(EventSelectors=excluded)])
    assert denied.outcome is Outcome.COVERED


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("us-east-1", Outcome.UNKNOWN),
        ("eu-west-1", Outcome.NOT_APPLICABLE),
        ("us-gov-west-1", Outcome.UNKNOWN),
        ("us-gov-east-1", Outcome.NOT_APPLICABLE),
        ("cn-north-1", Outcome.UNKNOWN),
        # Root's calls of Organizations are recorded there.
        ("cn-northwest-1", Outcome.UNKNOWN),
        ("us-isob-east-1", Outcome.UNKNOWN),
        ("eusc-de-east-1", Outcome.UNKNOWN),
        # A partition that is not known: the rule decides in each of its regions.
        ("xx-east-1", Outcome.UNKNOWN),
        ("us-new-east-1", Outcome.UNKNOWN),
    ],
)
def test_leader_region(tmp_path: Path, region: str, expected: Outcome) -> None:
    """A rule for the leader region is not applicable elsewhere, and then needs no read."""
    control = made_up_rule(tmp_path, ROOT, more='region = "leader"')
    assessment = assess(control, Snapshot(ACCOUNT, 0.0), region, Parameters())
    assert assessment.outcome is expected
    applicable = expected is not Outcome.NOT_APPLICABLE
    assert bool(assessment.missing_reads) == applicable
    assert (assessment.compliance == "NOT_APPLICABLE") != applicable
    assert assessment.annotation.startswith("Not applicable: ") != applicable
