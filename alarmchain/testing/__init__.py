"""The base class of a rule's test: it runs the rule's handler against an account as data.

Nothing between the handler and botocore is replaced. The rule reads the account through boto3
clients whose calls are answered from the data, and its verdict is what PutEvaluations received.
This package is not part of the Lambda function.
"""

import json
import runpy
import unittest
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

from botocore.loaders import Loader

from alarmchain.chain.self_silencing import OWN_LINK
from alarmchain.control import Control
from alarmchain.remediation.filter_patterns import cis_patterns
from alarmchain.testing.account import (
    ACCOUNT,
    REGION,
    good_account,
    metric_filters,
)
from alarmchain.testing.aws import FakeAws

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}

SHOWN = 37
"""An annotation shows at least so many characters of a name, and shortens a longer one to 40."""

LOADER = Loader()
"""Serves the sessions of all evaluations: it reads botocore's models once instead of each time."""


class RuleCase(unittest.TestCase):
    """Base class of a rule's test: `evaluate` runs the handler in the rule's `folder`.

    Each test starts with `self.account`, in which the chain works, and changes one thing in it.
    """

    folder: ClassVar[Path]

    def setUp(self) -> None:
        """Make a new account in which the rule's chain works."""
        self.control = Control.load(self.folder)
        self.account = good_account(self.control)

    def evaluate(self, **parameters: str) -> tuple[str, str]:
        """Run the handler as AWS Config does once a day; return its compliance and annotation.

        `parameters` are the rule's. Fails unless exactly one verdict on the account is reported.
        """
        aws = FakeAws(self.account)
        with (
            mock.patch.dict("os.environ", ENVIRONMENT),
            mock.patch("botocore.client.BaseClient._make_api_call", aws.answerer),
            mock.patch("botocore.session.create_loader", return_value=LOADER),
        ):
            _handler(self.folder)(scheduled_event(self.control.name, parameters), Context())
        (evaluation,) = aws.evaluations
        self.assertEqual("AWS::::Account", evaluation["ComplianceResourceType"])
        self.assertEqual(ACCOUNT, evaluation["ComplianceResourceId"])
        return evaluation["ComplianceType"], evaluation["Annotation"]

    def assert_verdict(self, compliance: str, *words: str, **parameters: str) -> None:
        """Assert that the verdict is `compliance` and that its annotation contains all `words`."""
        actual, annotation = self.evaluate(**parameters)
        self.assertEqual(compliance, actual, annotation)
        for word in words:
            self.assertIn(word, annotation)

    def shown(self, key: str) -> str:
        """Return what every annotation shows of a name in [names], such as FilterName."""
        return self.control.names[key][:SHOWN]

    def set_pattern(self, narrowed_by: str = "", without: str = "") -> None:
        """Narrow the metric filters by a condition, or by leaving out the call of that name."""
        texts = cis_patterns(self.control, narrowed_by, without)
        self.account["metric_filters"] = metric_filters(self.control, texts)


class ChainScenarios(RuleCase):
    """The scenarios that all rules share, except scenario 3 (the narrowed filter) of each rule.

    A rule's test inherits them. The docstring in the rule's file has the same numbers.
    """

    def test_scenario_1_wrong_parameters(self) -> None:
        """The annotation names an unknown parameter or a wrong value, and what is allowed."""
        self.assert_verdict(
            "NON_COMPLIANT", "FailedCalls", "maybe", "required", FailedCalls="maybe"
        )
        self.assert_verdict("NON_COMPLIANT", "Failedcalls", "unknown", Failedcalls="required")

    def test_scenario_2_no_trail(self) -> None:
        """If no trail is logging and delivers to a log group, no alarm can notify a person."""
        (trail,) = self.account["trails"]
        trail["Status"]["IsLogging"] = False
        self.assert_verdict("NON_COMPLIANT", "trail")
        trail["Status"]["IsLogging"] = True
        del trail["CloudWatchLogsLogGroupArn"]
        self.assert_verdict("NON_COMPLIANT", "trail")
        self.account["trails"] = []
        self.assert_verdict("NON_COMPLIANT", "trail")

    def test_scenario_4_the_alarm_needs_too_many_events(self) -> None:
        """The annotation names an alarm that needs more events than the rule, with its threshold.

        A call must raise the alarm each time, so five are too many.
        """
        needed = max([1, *(each.events for each in self.control.records["cis"])]) + 4
        self.account["metric_alarms"][0]["Threshold"] = float(needed)
        self.assert_verdict("NON_COMPLIANT", self.shown("AlarmName"), str(needed))

    def test_scenario_5_no_confirmed_subscription(self) -> None:
        """A topic without a confirmed subscription notifies nobody."""
        (topic,) = self.account["topics"]
        topic["Subscriptions"][0]["SubscriptionArn"] = "PendingConfirmation"
        self.assert_verdict("NON_COMPLIANT", "CloudWatchAlarmSNSTopic")
        topic["Subscriptions"] = []
        self.assert_verdict("NON_COMPLIANT", "CloudWatchAlarmSNSTopic")

    def test_scenario_6_a_read_is_denied(self) -> None:
        """A denied read makes the verdict unknown, and the annotation names the action to allow."""
        for action in ("cloudtrail:DescribeTrails", "sns:ListSubscriptionsByTopic"):
            self.account["denied"] = [action]
            _, annotation = self.evaluate()
            self.assertTrue(annotation.startswith("UNKNOWN:"), annotation)
            self.assert_verdict("NON_COMPLIANT", action)
            self.assert_verdict("NOT_APPLICABLE", action, UnprovableVerdict="NOT_APPLICABLE")

    def test_scenario_7_the_chain_is_whole(self) -> None:
        """The unchanged account is compliant.

        A call that can be about a link of the chain is unknown where the chain is.
        """
        for call in self.control.calls["cis"]:
            if (call.event_source, call.event_name) in OWN_LINK:
                self.assert_verdict("NON_COMPLIANT", "UNKNOWN:", "itself")
                return
        self.assert_verdict("COMPLIANT")


def _handler(folder: Path) -> Callable[[Any, Any], Any]:
    # By its path, not its name: under pytest no rule folder is on the import path.
    module = runpy.run_path(str(folder / f"{folder.name}.py"))
    handler: Callable[[Any, Any], Any] = module["lambda_handler"]
    return handler


class Context:
    """The members of the Lambda context that a rule uses."""

    function_name = "RDK-Rule-Function"
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:RDK-Rule-Function"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return the milliseconds until Lambda ends the function."""
        return 60_000


def scheduled_event(rule: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the event of a periodic evaluation, as AWS Config sends it to the rule's function."""
    invoking_event = {
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": "2026-01-01T00:00:00.000Z",
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    }
    return {
        "version": "1.0",
        "invokingEvent": json.dumps(invoking_event),
        "ruleParameters": json.dumps(parameters),
        "resultToken": "token",
        "eventLeftScope": False,
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/config",
        "configRuleArn": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-abcdef",
        "configRuleName": rule,
        "configRuleId": "config-rule-abcdef",
        "accountId": ACCOUNT,
    }
