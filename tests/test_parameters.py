"""Each rule parameter changes the verdict as documented."""

import pytest

from alarmchain.parameters import CHOICES, FORMS, Parameters
from alarmchain.records.record_class import RecordClass
from tests.builders import (
    ACCOUNT,
    CALLS,
    CONTROLS,
    OTHER_ACCOUNT,
    REGION,
    RULE,
    account,
    advanced,
    alarm,
    composite,
    judged,
    metric_filter,
    names,
    policy,
    statement,
    subscription,
    topic,
    topic_arn,
    trail,
)

SOURCE = "cloudtrail.amazonaws.com"
EXTENDED = [call.event_name for call in CONTROLS[RULE].calls["extended"]]
SUCCESSES = metric_filter(
    "{ ($.errorCode NOT EXISTS) && ($.eventSource = cloudtrail.amazonaws.com) }"
)
SIGN_IN = {"AdditionalCalls": "signin.amazonaws.com:ConsoleLogin"}
API_CALL = "AwsApiCall"
SIGN_IN_CALLS = metric_filter(
    f"{{ ($.eventSource = signin.amazonaws.com) && ($.eventType = {API_CALL}) }}", name="G"
)
BUT_ROOT = f"{{ ({names()[2:-2]}) && $.userIdentity.type != Root }}"
ORG = trail("org", account=OTHER_ACCOUNT, IsOrganizationTrail=True)
ORGANIZATION = "o-exampleorgid"
BY_ORGANIZATION = account(
    topics=[
        topic(
            Policy=policy(
                statement(
                    topic_arn(), Condition={"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}
                )
            )
        )
    ]
)


def notifies_by(*protocols: str, endpoint: str = "https://example.com/...") -> dict[str, object]:
    """Return an account whose topic has a subscription of each protocol."""
    subscriptions = [
        subscription(number=number, Protocol=protocol, Endpoint=endpoint)
        for number, protocol in enumerate(protocols)
    ]
    return account(topics=[topic(subscriptions=subscriptions)])


UNPROVABLE = account(metric_filters=[metric_filter(applyOnTransformedLogs=True)])
WHOLE = account()
QUIET = alarm(AlarmActions=[])
TABLE = [
    # document, parameters, outcome without them, outcome with them
    (WHOLE, {"CallList": "extended"}, "covered", "not_covered"),
    (
        account(metric_filters=[metric_filter(names(*CALLS, *EXTENDED))]),
        {"CallList": "extended"},
        "covered",
        "covered",
    ),
    (WHOLE, {"CallList": "cis"}, "covered", "covered"),
    (WHOLE, {"AdditionalCalls": f"{SOURCE}:PutEventSelectors"}, "covered", "not_covered"),
    (WHOLE, {"AdditionalCalls": f"{SOURCE}:StopLogging"}, "covered", "covered"),
    (
        account(metric_filters=[metric_filter(names(*CALLS, "RunInstances"))]),
        {"AdditionalCalls": "ec2.amazonaws.com:RunInstances"},
        "covered",
        "covered",
    ),
    (
        account(
            trails=[trail(EventSelectors=[{"ReadWriteType": "WriteOnly"}])],
            metric_filters=[metric_filter(names(*CALLS, "RunInstances"))],
        ),
        {"AdditionalCalls": "ec2.amazonaws.com:RunInstances"},
        "covered",
        "unknown",
    ),
    (
        account(
            trails=[trail(IncludeGlobalServiceEvents=False)],
            metric_filters=[metric_filter(names(*CALLS, "CreateUser"))],
        ),
        {"AdditionalCalls": "iam.amazonaws.com:CreateUser"},
        "covered",
        "unknown",
    ),
    (
        account(metric_filters=[metric_filter(names(*CALLS, "ConsoleLogin"))]),
        SIGN_IN,
        "covered",
        "covered",
    ),
    (
        account(metric_filters=[metric_filter(), SIGN_IN_CALLS]),
        SIGN_IN,
        "covered",
        "not_covered",
    ),
    (
        account(
            trails=[
                trail(
                    EventSelectors=None,
                    AdvancedEventSelectors=advanced({"Field": "eventType", "Equals": [API_CALL]}),
                )
            ],
            metric_filters=[metric_filter(names(*CALLS, "ConsoleLogin"))],
        ),
        SIGN_IN,
        "covered",
        "unknown",
    ),
    (account(metric_filters=[SUCCESSES]), {"FailedCalls": "required"}, "covered", "not_covered"),
    (WHOLE, {"FailedCalls": "required"}, "covered", "covered"),
    (account(metric_filters=[SUCCESSES]), {"FailedCalls": "ignored"}, "covered", "covered"),
    (
        account(metric_filters=[metric_filter(BUT_ROOT)]),
        {"ExemptRecords": "{ $.userIdentity.type = Root }"},
        "not_covered",
        "covered",
    ),
    (WHOLE, {"AlarmName": "A"}, "covered", "covered"),
    (WHOLE, {"AlarmName": "B"}, "covered", "not_covered"),
    (
        account(metric_alarms=[alarm(), alarm("B", Threshold=5.0)]),
        {"AlarmName": "B"},
        "covered",
        "not_covered",
    ),
    (
        account(metric_alarms=[QUIET], composite_alarms=[composite()]),
        {"AlarmName": "C"},
        "covered",
        "covered",
    ),
    (
        account(metric_alarms=[QUIET], composite_alarms=[composite()]),
        {"AlarmName": "A"},
        "covered",
        "covered",
    ),
    (
        account(
            metric_alarms=[QUIET, alarm("B", AlarmActions=[], Threshold=5.0)],
            composite_alarms=[composite("ALARM(A) OR ALARM(B)")],
        ),
        {"AlarmName": "B"},
        "covered",
        "not_covered",
    ),
    (
        account(
            metric_alarms=[QUIET],
            composite_alarms=[composite(AlarmActions=[]), composite("ALARM(C)", "D")],
        ),
        {"AlarmName": "A"},
        "covered",
        "covered",
    ),
    (WHOLE, {"MetricName": "M"}, "covered", "covered"),
    (WHOLE, {"MetricName": "N"}, "covered", "not_covered"),
    (WHOLE, {"MetricNamespace": "CloudTrailMetrics"}, "covered", "covered"),
    (WHOLE, {"MetricNamespace": "LogMetrics"}, "covered", "not_covered"),
    (
        account(
            metric_filters=[metric_filter(), metric_filter(name="G", metric="N")],
            metric_alarms=[alarm()],
        ),
        {"MetricName": "N"},
        "covered",
        "not_covered",
    ),
    (WHOLE, {"RequireMultiRegionTrail": "true"}, "covered", "covered"),
    (
        account(trails=[trail(IsMultiRegionTrail=False)]),
        {"RequireMultiRegionTrail": "true"},
        "covered",
        "not_covered",
    ),
    (
        account(trails=[trail(IsMultiRegionTrail=False)]),
        {"RequireMultiRegionTrail": "false"},
        "covered",
        "covered",
    ),
    (
        account(metric_alarms=[alarm(Threshold=5.0)]),
        {"EventsBeforeAlarm": "5"},
        "not_covered",
        "covered",
    ),
    (
        account(metric_alarms=[alarm(Threshold=5.0)]),
        {"EventsBeforeAlarm": "4"},
        "not_covered",
        "not_covered",
    ),
    (WHOLE, {"Subscribers": "person"}, "covered", "covered"),
    (WHOLE, {"Subscribers": "any"}, "covered", "covered"),
    (notifies_by("sqs"), {"Subscribers": "person"}, "covered", "not_covered"),
    (notifies_by("lambda"), {"Subscribers": "person"}, "covered", "not_covered"),
    (notifies_by("firehose"), {"Subscribers": "person"}, "covered", "not_covered"),
    (notifies_by("application"), {"Subscribers": "person"}, "covered", "not_covered"),
    (notifies_by("sqs", "sms"), {"Subscribers": "person"}, "covered", "covered"),
    (notifies_by("https"), {"Subscribers": "person"}, "covered", "unknown"),
    (notifies_by("sqs", "https"), {"Subscribers": "person"}, "covered", "unknown"),
    (
        notifies_by("https", endpoint="https://hooks.slack.com/..."),
        {"Subscribers": "person"},
        "covered",
        "covered",
    ),
    (BY_ORGANIZATION, {"OrganizationId": ORGANIZATION}, "unknown", "covered"),
    (BY_ORGANIZATION, {"OrganizationId": "o-anotherorg00"}, "unknown", "not_covered"),
    (
        WHOLE,
        {"OrganizationTrailRoleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/r"},
        "covered",
        "covered",
    ),
    (
        account(trails=[ORG]),
        {"OrganizationTrailRoleArn": "arn:aws:iam::111122223333:role/r"},
        "unknown",
        "unknown",
    ),
    (
        WHOLE,
        {"AssumeRoleMode": "true", "ExecutionRoleName": "r", "ExecutionRoleRegion": "us-east-1"},
        "covered",
        "covered",
    ),
]


@pytest.mark.parametrize(("document", "parameters", "before", "after"), TABLE)
def test_effect(
    document: dict[str, object], parameters: dict[str, str], before: str, after: str
) -> None:
    """The parameters change the verdict as the table says."""
    assert judged(document).outcome.value == before
    assert judged(document, **parameters).outcome.value == after


def test_every_parameter_is_in_the_table() -> None:
    """The table has every parameter except UnprovableVerdict, which has its own test."""
    tested = {name for _, parameters, _, _ in TABLE for name in parameters}
    assert tested | {"UnprovableVerdict"} == {*CHOICES, *FORMS}


def test_empty_is_the_default() -> None:
    """An empty string is the default, because RDK passes it for an optional parameter."""
    assert Parameters.read(dict.fromkeys((*CHOICES, *FORMS), "")) == Parameters.read({})
    assert Parameters.read({name: values[0] for name, values in CHOICES.items()}) == Parameters()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (UNPROVABLE, "NOT_APPLICABLE"),
        (account(metric_alarms=[alarm(Threshold=5.0)]), "NON_COMPLIANT"),
        (WHOLE, "COMPLIANT"),
    ],
    ids=["unknown", "not covered", "covered"],
)
def test_unprovable_verdict(document: dict[str, object], expected: str) -> None:
    """UnprovableVerdict changes only unknown results, and does not change the annotation."""
    assessment = judged(document, UnprovableVerdict="NOT_APPLICABLE")
    assert assessment.compliance == expected
    assert assessment.annotation == judged(document).annotation


def required(**parameters: str) -> dict[str, RecordClass]:
    """Return the classes of records that RULE requires in REGION of ACCOUNT."""
    return Parameters.read(parameters).required_classes(
        CONTROLS[RULE], region=REGION, account=ACCOUNT
    )


def test_extended_adds() -> None:
    """CallList=extended contains all calls of CallList=cis."""
    calls = required(CallList="extended")
    assert list(calls)[: len(CALLS)] == list(CALLS)
    assert set(EXTENDED) <= set(calls)


def test_calls_of_one_name() -> None:
    """Calls with the same name differ by their source; a call that is named twice counts once."""
    additional = f"other.amazonaws.com:StopLogging, {SOURCE}:StopLogging"
    calls = required(AdditionalCalls=additional)
    assert list(calls) == [*CALLS, "other.amazonaws.com:StopLogging"]
    assert "readOnly" not in calls["other.amazonaws.com:StopLogging"].values
