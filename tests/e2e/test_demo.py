"""The steps of the demo, from an account with faults to a notification, with every state asserted.

They run in the home region only; `make demo`, which test_readme.py runs, uses two regions.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo.__main__ import main
from demo.account import FAULTS, HOME, LOG_GROUP, NO_FAULT, ON_CALL, UNCONFIRMED
from demo.config import Verdict
from demo.errors import DiffersError
from demo.expectations import check_after, check_before, check_rang
from demo.steps import Notification, Run
from localaws.server import LocalAws


def stacks(run: Run, region: str) -> dict[str, str]:
    """Return the status of each stack of the region that is not deleted."""
    listed = run.client("cloudformation", region).describe_stacks()["Stacks"]
    return {stack["StackName"]: stack["StackStatus"] for stack in listed}


def alarms(run: Run) -> dict[str, dict[str, Any]]:
    """Return the home region's alarms by name."""
    listed = run.client("cloudwatch", HOME).describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"]: alarm for alarm in listed}


def test_the_run(local_aws: LocalAws, tmp_path: Path) -> None:
    """Each step of the demo has its documented effect."""
    run = Run(local_aws, tmp_path / "run", "one-region")
    run.make_account()
    account_is_made(run)
    run.deploy()
    everything_is_deployed(run)
    before = run.evaluate()
    verdicts_name_the_faults(before, run)
    alarms_before = alarms(run)
    remediations = run.remediate(before)
    assert all(remediation.made for remediation in remediations)
    remediation_added_what_was_missing(run, alarms_before)
    after = run.evaluate()
    assert [verdict.compliance for verdict in after] == ["COMPLIANT"] * (
        len(run.rules) * len(run.regions)
    )
    check_after(after)
    notification = run.ring(run.stop_logging_record())
    check_rang(notification)
    assert notification.state == "ALARM"
    assert alarms(run)[notification.alarm]["StateValue"] == "ALARM"
    run.undeploy()
    nothing_is_left(run)


def account_is_made(run: Run) -> None:
    """Assert the trail, the metric filters, the alarms, and one confirmed subscriber of two."""
    cloudtrail = run.client("cloudtrail", HOME)
    (trail,) = cloudtrail.describe_trails()["trailList"]
    assert trail["IsMultiRegionTrail"]
    assert cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]
    filters = run.client("logs", HOME).describe_metric_filters(logGroupName=LOG_GROUP)
    assert len(filters["metricFilters"]) == len(alarms(run)) == len(run.rules)
    sns = run.client("sns", HOME)
    subscriptions = {
        topic["TopicArn"].rsplit(":", 1)[1]: [
            subscription["SubscriptionArn"]
            for subscription in sns.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])[
                "Subscriptions"
            ]
        ]
        for topic in sns.list_topics()["Topics"]
    }
    assert subscriptions[UNCONFIRMED] == ["PendingConfirmation"]
    assert subscriptions[ON_CALL][0].startswith("arn:aws:sns:")


def everything_is_deployed(run: Run) -> None:
    """Assert that each region has each rule with its function, its remediation and their stacks."""
    for region in run.regions:
        names = (*run.rules, *(f"{rule}-Remediation" for rule in run.rules))
        assert stacks(run, region) == dict.fromkeys(names, "CREATE_COMPLETE")
        functions = run.client("lambda", region).list_functions()["Functions"]
        assert {function["FunctionName"] for function in functions} == {
            f"RDK-Rule-Function-{rule}" for rule in run.rules
        }
        rules = run.client("config", region).describe_config_rules()["ConfigRules"]
        assert {rule["ConfigRuleName"] for rule in rules} == set(run.rules)
        remediations = run.client("config", region).describe_remediation_configurations(
            ConfigRuleNames=list(run.rules)
        )["RemediationConfigurations"]
        assert {item["ConfigRuleName"]: item["Automatic"] for item in remediations} == (
            dict.fromkeys(run.rules, False)
        )


def verdicts_name_the_faults(verdicts: tuple[Verdict, ...], run: Run) -> None:
    """Assert that a rule without a fault is COMPLIANT, and that the others name their fault."""
    assert [(verdict.region, verdict.rule) for verdict in verdicts] == [
        (region, rule) for region in run.regions for rule in run.rules
    ]
    for verdict in verdicts:
        fault = FAULTS.get(verdict.rule, NO_FAULT)
        assert (verdict.compliance == "COMPLIANT") is (fault.description is None)
        assert fault.named in verdict.annotation
        assert 1 <= len(verdict.annotation) <= 256
    check_before(verdicts)


def remediation_added_what_was_missing(run: Run, before: dict[str, dict[str, Any]]) -> None:
    """Assert that existing alarms are unchanged, and that three more notify the person on call."""
    now = alarms(run)
    assert {name: now[name]["Threshold"] for name in before} == {
        name: alarm["Threshold"] for name, alarm in before.items()
    }
    added = [alarm for name, alarm in now.items() if name not in before]
    assert len(added) == 3
    assert {arn.rsplit(":", 1)[1] for alarm in added for arn in alarm["AlarmActions"]} == {ON_CALL}


def nothing_is_left(run: Run) -> None:
    """Assert that no stack, function, Config rule or temporary file remains."""
    for region in run.regions:
        assert stacks(run, region) == {}
        assert run.client("lambda", region).list_functions()["Functions"] == []
        assert run.client("config", region).describe_config_rules()["ConfigRules"] == []
    assert list(run.temporary.iterdir()) == []


@pytest.mark.parametrize("words", [["extra"], ["--nope"]])
def test_arguments_that_the_demo_does_not_know(words: list[str]) -> None:
    """Unknown arguments are refused before anything starts."""
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert words[0] in done.output
    assert "alarmchain's AWS Config rules" not in done.output


@pytest.mark.parametrize(
    ("compliance", "annotation"),
    [("COMPLIANT", "alarm 'CloudTrail Changes'"), ("NON_COMPLIANT", "no trail in this region")],
)
def test_a_verdict_that_differs_ends_the_demo(compliance: str, annotation: str) -> None:
    """The demo stops if a verdict or its reason is not the expected one."""
    verdict = Verdict("CloudTrailChanges", "eu-west-1", compliance, annotation)
    with pytest.raises(DiffersError, match="CloudTrailChanges in eu-west-1"):
        check_before([verdict])


def test_a_rule_that_stays_broken_ends_the_demo() -> None:
    """The demo stops if a verdict is not COMPLIANT after the remediation."""
    with pytest.raises(DiffersError, match="expected: COMPLIANT"):
        check_after([Verdict("CMKChanges", "us-east-1", "NON_COMPLIANT", "topic")])


@pytest.mark.parametrize(
    ("alarm", "state"), [("CloudTrail Changes", "OK"), ("AWSConfigChangesAlarm", "ALARM")]
)
def test_another_notification_ends_the_demo(alarm: str, state: str) -> None:
    """The demo stops if another alarm notifies, or if the state is not ALARM."""
    with pytest.raises(DiffersError, match="expected: 'CloudTrail Changes' in ALARM"):
        check_rang(Notification(alarm, state, "because"))


def test_the_record_is_one_of_cloudtrail(run: Run) -> None:
    """The StopLogging record has the fields that every record of a management call has."""
    record = run.stop_logging_record()
    assert {"eventVersion", "userIdentity", "eventTime", "eventID", "requestID"} <= record.keys()
    assert (record["eventSource"], record["eventName"], record["eventCategory"]) == (
        "cloudtrail.amazonaws.com",
        "StopLogging",
        "Management",
    )
    assert record["recipientAccountId"] == run.account
    assert "errorCode" not in record
    assert json.loads(json.dumps(record)) == record
