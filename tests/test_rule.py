"""The rule, from AWS Config's event to PutEvaluations: it never ends in silence."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError

from alarmchain import rule
from alarmchain.collector.errors import CollectError
from alarmchain.config_rule.config_event import EventError
from alarmchain.config_rule.deadline import DeadlineExceededError, run_within
from alarmchain.control import Control
from alarmchain.rule import ReportError, handler
from alarmchain.snapshot.reads import ReadKind
from alarmchain.testing import ENVIRONMENT, scheduled_event
from alarmchain.testing.account import ACCOUNT, REGION, good_account
from alarmchain.testing.aws import FakeAws
from deployment.folders import CHECKOUT

FOLDER = CHECKOUT / "rules" / "ConfigChanges"
OTHER = "999988887777"
UNKNOWN = "UNKNOWN: "


@dataclass
class Aws:
    """The fake AWS of the rules' own tests, in which calls are noted and can be made to fail."""

    account: dict[str, Any]
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    faults: dict[str, Callable[[], object]] = field(default_factory=dict)
    reported: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    requests: list[Mapping[str, Any]] = field(default_factory=list)

    def call(self, client: Any, operation: str, request: Mapping[str, Any]) -> Any:
        """Stands for `_make_api_call`."""
        self.calls.append(
            (client.meta.service_model.service_name, client.meta.region_name, operation)
        )
        self.requests.append(request)
        if operation in self.faults:
            answer = self.faults[operation]()
            if answer is not None:
                return answer
        fake = FakeAws(self.account)
        answer = fake.answerer(client, operation, request)
        self.reported += fake.evaluations
        return answer

    @property
    def operations(self) -> list[str]:
        """The operations called, in order."""
        return [operation for _, _, operation in self.calls]

    def fail(self, operation: str, code: str, status: int = 400) -> None:
        """Every call of the operation ends with the error, after all retries."""
        response = {
            "Error": {"Code": code, "Message": "said AWS"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }

        def raise_() -> None:
            raise ClientError(response, operation)  # type: ignore[arg-type]

        self.faults[operation] = raise_

    def assume(self) -> None:
        """AssumeRole succeeds."""
        self.faults["AssumeRole"] = lambda: {
            "Credentials": {
                "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "SecretAccessKey": "none",
                "SessionToken": "none",
            }
        }

    def verdict(self) -> tuple[str, str]:
        """The one verdict reported, on the account."""
        (evaluation,) = self.reported
        assert evaluation["ComplianceResourceType"] == "AWS::::Account"
        assert evaluation["ComplianceResourceId"] == ACCOUNT
        assert evaluation["OrderingTimestamp"] == "2026-01-01T00:00:00.000Z"
        assert 1 <= len(evaluation["Annotation"]) <= 256
        assert evaluation["Annotation"].isprintable()
        return evaluation["ComplianceType"], evaluation["Annotation"]


@pytest.fixture
def aws() -> Iterator[Aws]:
    """An account in which the rule's chain is whole."""
    fake = Aws(good_account(Control.load(FOLDER)))
    with (
        mock.patch.dict("os.environ", ENVIRONMENT),
        mock.patch(
            "botocore.client.BaseClient._make_api_call",
            lambda client, operation, request: fake.call(client, operation, request),
        ),
    ):
        yield fake


def context(seconds: float | None = 60, account: str = ACCOUNT) -> SimpleNamespace:
    """A Lambda context with so much time left; None for one that does not tell."""
    arn = f"arn:aws:lambda:{REGION}:{account}:function:RDK-Rule-Function-ConfigChanges"
    told = SimpleNamespace(invoked_function_arn=arn)
    if seconds is not None:
        told.get_remaining_time_in_millis = lambda: int(seconds * 1000)
    return told


def event(parameters: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A scheduled event; a member that is changed to None is left out."""
    made = scheduled_event("ConfigChanges", parameters or {}) | changes
    return {name: value for name, value in made.items() if value is not None}


def run(sent: Mapping[str, Any], told: object = None) -> Any:
    """Invokes the handler of the rule's folder."""
    return handler(str(FOLDER / "ConfigChanges.py"))(sent, told or context())


def test_a_whole_chain_is_compliant_in_twelve_calls(aws: Aws) -> None:
    """PutEvaluations included; no STS call, and nobody asks what was reported before."""
    returned = run(event())
    assert aws.verdict()[0] == "COMPLIANT"
    assert returned == aws.reported
    assert sorted(aws.operations) == sorted(
        [
            "DescribeTrails",
            "GetTrailStatus",
            "GetEventSelectors",
            "DescribeLogGroups",
            "DescribeMetricFilters",
            "DescribeMetricFilters",
            "DescribeAlarmsForMetric",
            "ListAlarmMuteRules",
            "GetTopicAttributes",
            "ListSubscriptionsByTopic",
            "GetSubscriptionAttributes",
            "PutEvaluations",
        ]
    )


MAYBE = "parameter 'FailedCalls' is 'maybe'; allowed: ignored, required"


@pytest.mark.parametrize(
    ("text", "compliance", "annotation"),
    [
        ('{"FailedCalls": "maybe"}', "NON_COMPLIANT", UNKNOWN + MAYBE),
        (
            '{"FailedCalls": "maybe", "UnprovableVerdict": "NOT_APPLICABLE"}',
            "NOT_APPLICABLE",
            UNKNOWN + MAYBE,
        ),
        (
            '{"UnprovableVerdict": "COMPLIANT"}',
            "NON_COMPLIANT",
            UNKNOWN + "parameter 'UnprovableVerdict' is 'COMPLIANT'; allowed: NON_COMPLIANT,"
            " NOT_APPLICABLE",
        ),
        ('{"Failedcalls": "required"}', "NON_COMPLIANT", UNKNOWN + "parameter 'Failedcalls' is"),
        ('{"CallList": 1}', "NON_COMPLIANT", UNKNOWN + "parameter 'CallList' is 1; expected a"),
        ('{"CallList": "cis"', "NON_COMPLIANT", UNKNOWN + "ruleParameters cannot be read as JSON"),
        ("[]", "NON_COMPLIANT", UNKNOWN + "ruleParameters is '[]'; expected a JSON object"),
        ('["cis"]', "NON_COMPLIANT", UNKNOWN + "ruleParameters is '[\"cis\"]'; expected a JSON"),
        ('{"AlarmName": "a\\u0007\\n' + "b" * 300 + '"}', "NON_COMPLIANT", UNKNOWN + "parameter"),
        ('{"AssumeRoleMode": "False"}', "NON_COMPLIANT", UNKNOWN + "parameter 'AssumeRoleMode'"),
    ],
)
def test_wrong_parameters_are_reported(
    aws: Aws, text: str, compliance: str, annotation: str
) -> None:
    """With the verdict that is asked for where that much can be read; nothing else is called."""
    run(event(ruleParameters=text))
    got = aws.verdict()
    assert got[0] == compliance
    assert got[1].startswith(annotation)
    assert aws.operations == ["PutEvaluations"]


@pytest.mark.parametrize("text", [None, "", " ", "{}", "null", '{"CallList": ""}'])
def test_no_parameters(aws: Aws, text: str | None) -> None:
    """Absent and empty ones are the defaults."""
    run(event(ruleParameters=text))
    assert aws.verdict()[0] == "COMPLIANT"


@pytest.mark.parametrize(
    "trigger",
    [
        {"messageType": "ScheduledNotification"},
        {"messageType": "ConfigurationItemChangeNotification", "configurationItem": {}},
        {"messageType": "OversizedConfigurationItemChangeNotification"},
        {"messageType": "SomethingNew"},
    ],
)
def test_whatever_the_trigger(aws: Aws, trigger: dict[str, Any]) -> None:
    """The verdict is on the account; the item that changed is not asked for."""
    invoking = {"notificationCreationTime": "2026-01-01T00:00:00.000Z", **trigger}
    run(event(invokingEvent=json.dumps(invoking)))
    assert aws.verdict()[0] == "COMPLIANT"
    assert "GetResourceConfigHistory" not in aws.operations


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"resultToken": None}, "resultToken"),
        ({"invokingEvent": None}, "notificationCreationTime"),
        ({"invokingEvent": "{"}, "notificationCreationTime"),
        ({"invokingEvent": "[]"}, "notificationCreationTime"),
    ],
)
def test_an_event_without_a_way_to_report(aws: Aws, changes: dict[str, Any], lacks: str) -> None:
    """It is raised, with what is missing."""
    with pytest.raises(EventError, match=lacks):
        run(event(**changes))
    assert aws.calls == []


def test_the_region_is_the_rules_own(aws: Aws) -> None:
    """It comes from the rule's ARN, whatever region the Lambda runs in or a role's parameter says;
    what lives in the trail's home region is read there."""
    arn = f"arn:aws:config:ap-south-1:{ACCOUNT}:config-rule/config-rule-abcdef"
    run(event({"ExecutionRoleRegion": "sa-east-1"}, configRuleArn=arn))
    assert aws.verdict()[0] == "COMPLIANT"
    regions = {operation: region for _, region, operation in aws.calls}
    assert regions["DescribeTrails"] == regions["PutEvaluations"] == "ap-south-1"
    assert regions["GetTrailStatus"] == regions["DescribeAlarmsForMetric"] == REGION


UNREAD = {
    ReadKind.METRIC_ALARMS,
    ReadKind.ALL_ALARMS,
    ReadKind.KEY,
    ReadKind.KEY_POLICY,
    ReadKind.ASSUME_ROLE,
}
"""What a whole chain without an encrypted topic does not need, or can do without."""


@pytest.mark.parametrize("action", [kind.value for kind in ReadKind if kind not in UNREAD])
def test_a_denied_read_is_named(aws: Aws, action: str) -> None:
    """Each in turn: the verdict is unknown, and its annotation says what to grant."""
    aws.account["denied"] = [action]
    run(event({"UnprovableVerdict": "NOT_APPLICABLE"}))
    compliance, annotation = aws.verdict()
    assert compliance == "NOT_APPLICABLE"
    assert annotation.startswith(UNKNOWN)
    assert action in annotation


def test_the_alarms_of_a_metric_can_be_read_in_two_ways(aws: Aws) -> None:
    """All alarms tell of one metric's as well; only both denials leave it unknown."""
    aws.account["denied"] = ["cloudwatch:DescribeAlarmsForMetric"]
    run(event())
    assert aws.verdict()[0] == "COMPLIANT"
    aws.reported.clear()
    aws.account["denied"].append("cloudwatch:DescribeAlarms")
    run(event())
    assert aws.verdict()[1].startswith(UNKNOWN)
    assert "cloudwatch:DescribeAlarms" in aws.verdict()[1]


@pytest.mark.parametrize(
    ("operation", "code", "status"),
    [
        ("DescribeTrails", "ThrottlingException", 400),
        ("GetTopicAttributes", "InternalError", 500),
        ("DescribeMetricFilters", "ServiceUnavailableException", 503),
    ],
)
def test_a_passing_failure_is_raised(aws: Aws, operation: str, code: str, status: int) -> None:
    """Lambda tries again; nothing is reported of what was not read."""
    aws.fail(operation, code, status)
    with pytest.raises(CollectError, match=code):
        run(event())
    assert aws.reported == []


def test_a_lasting_failure_is_reported(aws: Aws) -> None:
    """Another try would not help, and the old verdict must not stand."""
    aws.fail("DescribeTrails", "SomethingNew")
    run(event())
    assert aws.verdict() == (
        "NON_COMPLIANT",
        "UNKNOWN: cloudtrail:DescribeTrails in us-east-1 failed: SomethingNew: said AWS",
    )


@pytest.mark.parametrize("code", ["InvalidResultTokenException", "AccessDenied", "InternalError"])
def test_a_verdict_that_is_not_taken_is_raised(aws: Aws, code: str) -> None:
    """rdklib would return a dictionary, and Lambda would call that a success."""
    aws.fail("PutEvaluations", code)
    with pytest.raises(ReportError, match=code):
        run(event())


def test_a_verdict_that_is_answered_but_not_taken_is_raised() -> None:
    """PutEvaluations can succeed and say that it failed: rdklib would not notice."""
    answer = {"FailedEvaluations": [{"ComplianceResourceId": ACCOUNT}]}
    sent = []

    def make_request(_: object, model: Any, request: object) -> tuple[Any, dict[str, Any]]:
        sent.append(model.name)
        return SimpleNamespace(status_code=200, headers={}), answer

    with (
        mock.patch.dict("os.environ", ENVIRONMENT),
        mock.patch("botocore.endpoint.Endpoint.make_request", make_request),
        pytest.raises(ReportError, match=f"did not accept the verdict: .*{ACCOUNT}"),
    ):
        run(event({"CallList": "everything"}))
    assert sent == ["PutEvaluations"]


def test_a_mistake_of_our_own_is_reported(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a ValueError, on which rdklib ends in silence."""

    def mistaken(*_: object) -> None:
        raise ValueError("what\nnow")

    monkeypatch.setattr(rule, "read_and_assess", mistaken)
    run(event())
    assert aws.verdict() == ("NON_COMPLIANT", "UNKNOWN: the rule failed: ValueError: what?now")


def test_without_time_nothing_is_read(aws: Aws) -> None:
    """With 10 s left there is time to report, and no more."""
    run(event(), context(10))
    assert aws.verdict()[0] == "NON_COMPLIANT"
    assert aws.verdict()[1].startswith("UNKNOWN: ran out of time reading")
    assert aws.operations == ["PutEvaluations"]


def test_time_runs_out_between_two_reads(aws: Aws) -> None:
    """The read that was next is named."""
    left = iter([60, 60, 60, 9.9, 9.9])
    told = context()
    told.get_remaining_time_in_millis = lambda: int(next(left) * 1000)
    run(event(), told)
    assert aws.verdict()[1].startswith("UNKNOWN: ran out of time reading cloudtrail:Get")
    assert aws.operations == ["DescribeTrails", aws.operations[1], "PutEvaluations"]


def test_a_hanging_read_does_not_eat_the_time(aws: Aws) -> None:
    """The verdict is reported while the read still hangs, and names it."""
    released = threading.Event()
    aws.faults["GetTopicAttributes"] = lambda: released.wait(60) and None
    try:
        run(event(), context(15))
        assert aws.verdict()[1].startswith(
            "UNKNOWN: ran out of time reading sns:GetTopicAttributes of arn:aws:sns:"
        )
    finally:
        released.set()


def test_a_context_that_tells_no_time(aws: Aws) -> None:
    """As RDK's local tests give: there is no limit."""
    run(event(), context(None))
    assert aws.verdict()[0] == "COMPLIANT"


def test_each_invocation_reads_anew(aws: Aws) -> None:
    """A warm Lambda knows nothing of the account as it was."""
    warm = handler(str(FOLDER / "ConfigChanges.py"))
    warm(event(), context())
    aws.account["trails"][0]["Status"]["IsLogging"] = False
    warm(event(), context())
    assert [one["ComplianceType"] for one in aws.reported] == ["COMPLIANT", "NON_COMPLIANT"]


@pytest.mark.parametrize(
    ("parameters", "role"),
    [
        ({"ExecutionRoleName": "audit/reader"}, f"arn:aws:iam::{ACCOUNT}:role/audit/reader"),
        (
            {"ExecutionRoleName": "reader", "AssumeRoleMode": "true"},
            f"arn:aws:iam::{ACCOUNT}:role/reader",
        ),
        ({"AssumeRoleMode": "true"}, f"arn:aws:iam::{ACCOUNT}:role/config"),
    ],
)
def test_a_role_is_assumed_once(aws: Aws, parameters: dict[str, str], role: str) -> None:
    """Where it is asked for, as a central Lambda needs it; it also reports with it."""
    aws.assume()
    run(event(parameters), context(account=OTHER))
    assert aws.verdict()[0] == "COMPLIANT"
    assert aws.operations.count("AssumeRole") == 1
    assert aws.requests[aws.operations.index("AssumeRole")]["RoleArn"] == role


@pytest.mark.parametrize(
    "parameters",
    [{}, {"AssumeRoleMode": "false"}, {"AssumeRoleMode": "false", "ExecutionRoleName": "reader"}],
)
def test_no_role_is_assumed_unasked(aws: Aws, parameters: dict[str, str]) -> None:
    """rdklib would assume AWS Config's own role, which is mostly not to be had."""
    run(event(parameters))
    assert aws.verdict()[0] == "COMPLIANT"
    assert "AssumeRole" not in aws.operations


def test_a_role_that_is_refused(aws: Aws) -> None:
    """The Lambda reports it with its own role, and reads nothing with that one."""
    aws.fail("AssumeRole", "AccessDenied", 403)
    run(event({"AssumeRoleMode": "true"}))
    compliance, annotation = aws.verdict()
    assert compliance == "NON_COMPLIANT"
    assert annotation.startswith("UNKNOWN: sts:AssumeRole in us-east-1 failed: AccessDenied")
    assert set(aws.operations) == {"AssumeRole", "PutEvaluations"}


def test_another_accounts_rule_is_not_judged_by_this_account(aws: Aws) -> None:
    """A central Lambda without a role would read its own account."""
    run(event(), context(account=OTHER))
    assert aws.verdict() == (
        "NON_COMPLIANT",
        f"UNKNOWN: the function runs in account {OTHER}; set ExecutionRoleName to a role of"
        f" {ACCOUNT}",
    )
    assert aws.operations == ["PutEvaluations"]


def test_the_default_session_is_left_as_it_was(aws: Aws) -> None:
    """The time-outs hold for rdklib's clients too, and for nobody else's."""
    before = boto3.DEFAULT_SESSION
    bounds: list[tuple[float, float]] = []
    original = aws.call

    def call(client: Any, operation: str, request: Mapping[str, Any]) -> Any:
        bounds.append((client.meta.config.connect_timeout, client.meta.config.read_timeout))
        return original(client, operation, request)

    aws.call = call  # type: ignore[method-assign]
    run(event())
    assert set(bounds) == {(5, 10)}
    assert boto3.DEFAULT_SESSION is before


def test_work_within_its_time() -> None:
    """What it returns or raises comes out; without a limit it runs where it is called."""

    def mistaken() -> None:
        raise KeyError("x")

    assert run_within(60, lambda: 1) == 1
    assert run_within(None, threading.get_ident) == threading.get_ident()
    with pytest.raises(KeyError):
        run_within(60, mistaken)
    with pytest.raises(DeadlineExceededError):
        run_within(0, threading.Event().wait)
