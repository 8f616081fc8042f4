"""The verdict is reported before Lambda ends the function."""

import threading

import pytest

from alarmchain.config_rule.deadline import DeadlineExceededError, run_within
from tests.rule.fake_lambda import Aws, context, event, run


def test_without_time_nothing_is_read(aws: Aws) -> None:
    """With 10 s left there is only time to report; the thread may or may not reach a read."""
    run(event(), context(10))
    assert aws.verdict()[0] == "NON_COMPLIANT"
    assert aws.verdict()[1].startswith("UNKNOWN: ran out of time ")
    assert aws.operations == ["PutEvaluations"]


def test_time_runs_out_between_two_reads(aws: Aws) -> None:
    """The annotation names the next read."""
    left = iter([60, 60, 60, 9.9, 9.9])
    lambda_context = context()
    lambda_context.get_remaining_time_in_millis = lambda: int(next(left) * 1000)
    run(event(), lambda_context)
    assert aws.verdict()[1].startswith("UNKNOWN: ran out of time reading cloudtrail:Get")
    assert aws.operations == ["DescribeTrails", aws.operations[1], "PutEvaluations"]


def test_a_read_that_does_not_return(aws: Aws) -> None:
    """The verdict is reported while the read still waits, and it names the read."""
    released = threading.Event()
    aws.faults["GetTopicAttributes"] = lambda: released.wait(60) and None
    try:
        run(event(), context(15))
        assert aws.verdict()[1].startswith(
            "UNKNOWN: ran out of time reading sns:GetTopicAttributes of arn:aws:sns:"
        )
    finally:
        released.set()


def test_a_context_without_a_time_limit(aws: Aws) -> None:
    """The context of RDK's local tests has no time limit, so the rule has none."""
    run(event(), context(None))
    assert aws.verdict()[0] == "COMPLIANT"


def test_work_within_its_time() -> None:
    """The result or error is passed on; without a limit the work runs in the same thread."""

    def fail() -> None:
        raise KeyError("x")

    assert run_within(60, lambda: 1) == 1
    assert run_within(None, threading.get_ident) == threading.get_ident()
    with pytest.raises(KeyError):
        run_within(60, fail)
    with pytest.raises(DeadlineExceededError):
        run_within(0, threading.Event().wait)
