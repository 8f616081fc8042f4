"""Failures are reported as a verdict or raised, never ignored."""

from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from alarmchain import rule
from alarmchain.collector.errors import CollectError
from alarmchain.rule import ReportError
from alarmchain.testing import ENVIRONMENT
from alarmchain.testing.account import ACCOUNT
from tests.rule.fake_lambda import Aws, event, run


@pytest.mark.parametrize(
    ("operation", "code", "status"),
    [
        ("DescribeTrails", "ThrottlingException", 400),
        ("GetTopicAttributes", "InternalError", 500),
        ("DescribeMetricFilters", "ServiceUnavailableException", 503),
    ],
)
def test_a_passing_failure_is_raised(aws: Aws, operation: str, code: str, status: int) -> None:
    """A temporary failure is raised, so that Lambda tries again; no verdict is reported."""
    aws.fail(operation, code, status)
    with pytest.raises(CollectError, match=code):
        run(event())
    assert aws.reported == []


def test_a_lasting_failure_is_reported(aws: Aws) -> None:
    """A lasting failure is reported as UNKNOWN, because another try would not help."""
    aws.fail("DescribeTrails", "SomethingNew")
    run(event())
    assert aws.verdict() == (
        "NON_COMPLIANT",
        "UNKNOWN: cloudtrail:DescribeTrails in us-east-1 failed: SomethingNew: AWS's message",
    )


@pytest.mark.parametrize("code", ["InvalidResultTokenException", "AccessDenied", "InternalError"])
def test_a_failed_report_is_raised(aws: Aws, code: str) -> None:
    """An error of PutEvaluations is raised; rdklib would return, as after a success."""
    aws.fail("PutEvaluations", code)
    with pytest.raises(ReportError, match=code):
        run(event())


def test_a_verdict_that_is_not_accepted_is_raised() -> None:
    """FailedEvaluations in the answer of PutEvaluations are raised; rdklib would ignore them."""
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
    """An error in our code is reported as UNKNOWN, even a ValueError, which rdklib ignores."""

    def fail(*_: object) -> None:
        raise ValueError("what\nnow")

    monkeypatch.setattr(rule, "read_and_assess", fail)
    run(event())
    assert aws.verdict() == ("NON_COMPLIANT", "UNKNOWN: the rule failed: ValueError: what?now")
