"""`alarmchain coverage --verify-with-aws`: the comparison with CloudWatch Logs."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from alarmchain.cli.options import required_classes
from alarmchain.cli.verify_with_aws import MOST_MESSAGES, compare
from alarmchain.control import known_controls
from alarmchain.decision.pattern_coverage import coverage
from alarmchain.parameters import Parameters
from alarmchain.records.record_class import api_call
from tests.cli.local_credentials import use_local_aws
from tests.command_line import Run

STOP = "{ $.eventName = StopLogging }"
NO_ROOT = "{ $.eventSource = cloudtrail* && $.userIdentity.type != Root }"


@pytest.fixture
def aws(local_aws: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the local AWS, with the environment set for the command."""
    use_local_aws(local_aws, monkeypatch)
    return local_aws


def test_it_agrees(alarmchain: Run, aws: Any) -> None:
    """CloudWatch Logs agrees on matched and on escaping records of each call."""
    completed = alarmchain("coverage", "--rule", "CloudTrailChanges", "--verify-with-aws", NO_ROOT)
    assert (completed.status, completed.err) == (1, "")
    assert "CloudWatch Logs agrees on 10 of 10 records." in completed.out
    completed = alarmchain(
        "coverage", "--rule", "CMKChanges", "--verify-with-aws", "--format", "json", "kms"
    )
    first = {"call": "DisableKey", "expected": True, "found": True}
    assert completed.status == 0
    assert json.loads(completed.out)["aws"]["agreed"] is True
    assert json.loads(completed.out)["aws"]["records"][0] == first


def test_denied(alarmchain: Run, aws: Any) -> None:
    """Without the permission, one line names the action, and the status is 2."""
    aws.deny("logs:TestMetricFilter")
    completed = alarmchain("coverage", "--rule", "CMKChanges", "--verify-with-aws", "x")
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith("alarmchain: logs:TestMetricFilter: AccessDenied")


@pytest.mark.parametrize("answer", [{}, {"matches": [{"eventMessage": "x"}]}, {"matches": 1}])
def test_an_unreadable_answer(
    alarmchain: Run, aws: Any, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    """For an answer without its documented members, the status is 2."""
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", lambda *arguments: answer)
    completed = alarmchain("coverage", "--rule", "CMKChanges", "--verify-with-aws", "x")
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith("alarmchain: logs:TestMetricFilter gave an unreadable answer: ")


UNUSABLE = [
    # options, environment, text on standard error
    ([], {}, "You must specify a region"),
    (["--region", "us-east-1"], {}, "Unable to locate credentials"),
    (["--profile", "nobody"], {}, "nobody"),
    (
        ["--region", "no where"],
        {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"},
        "no where",
    ),
]


@pytest.mark.parametrize(("options", "environment", "words"), UNUSABLE)
def test_aws_cannot_be_reached(
    alarmchain: Run,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    environment: dict[str, str],
    words: str,
) -> None:
    """Without credentials or a region, standard error has one line, and the status is 2."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    completed = alarmchain("coverage", "--rule", "CMKChanges", "--verify-with-aws", *options, "x")
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert words in line


def client() -> Any:
    """Return a client for the Stubber."""
    return boto3.client(
        "logs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )


def test_a_disagreement_is_reported() -> None:
    """The check shows that AWS matches a record that should escape."""
    result = coverage({"DeleteTrail": api_call("cloudtrail.amazonaws.com", "DeleteTrail")}, STOP)
    logs = client()
    with Stubber(logs) as stub:
        stub.add_response("test_metric_filter", {"matches": [{"eventNumber": 1}]})
        agreement = compare(logs, result)
    assert not agreement.complete
    assert agreement.agreements == 0
    assert [(check.expected, check.actual) for check in agreement.checks] == [(False, True)]


def test_at_most_50_messages_a_call() -> None:
    """More than 50 records take several calls, and keep their order."""
    calls = {f"Stop{n}": api_call("x.amazonaws.com", f"Stop{n}") for n in range(MOST_MESSAGES + 3)}
    result = coverage(calls, "{ $.eventName = Stop* }")
    logs = client()
    with Stubber(logs) as stub:
        for size in (MOST_MESSAGES, 3):
            matches = [{"eventNumber": number} for number in range(1, size + 1)]
            stub.add_response("test_metric_filter", {"matches": matches})
        agreement = compare(logs, result)
        stub.assert_no_pending_responses()
    assert agreement.complete
    assert [check.call for check in agreement.checks] == list(calls)


def test_the_request() -> None:
    """The request has the unchanged pattern, and the records as JSON."""
    result = coverage(required_classes(known_controls()["CloudTrailChanges"], Parameters()), STOP)
    logs = client()
    sent: list[dict[str, Any]] = []
    logs.meta.events.register(
        "provide-client-params.cloudwatch-logs.TestMetricFilter",
        lambda params, **_: sent.append(params),
    )
    with Stubber(logs) as stub:
        stub.add_response("test_metric_filter", {"matches": [{"eventNumber": 5}]})
        agreement = compare(logs, result)
    assert agreement.complete
    assert sent[0]["filterPattern"] == STOP
    names = [json.loads(message)["eventName"] for message in sent[0]["logEventMessages"]]
    assert names == [check.call for check in agreement.checks]
