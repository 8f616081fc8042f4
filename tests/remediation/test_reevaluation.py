"""The evaluation of the rule that a run starts, and automatic runs."""

from collections.abc import Callable
from typing import Any

import pytest

from deployment.pack.remediation import ATTEMPTS, ATTEMPTS_PERIOD
from localaws.config import evaluation
from localaws.config.state import state
from tests.localaws.builders import VERDICTS, put_function, put_rule, start_recorder, trust
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import SCRIPT_GLOBALS, LocalAccount, content
from tests.remediation.scenario import (
    HOME,
    RULE,
    subscribe_listener,
    succeeded,
)

Json = dict[str, Any]
PACKED = f"{RULE}-conformance-pack-"


class Clock:
    """Replace the module time in a script; each pause ends at once."""

    def __init__(self, after_pause: Callable[[], None]) -> None:
        self.now = 0.0
        self.after_pause = after_pause

    def monotonic(self) -> float:
        """Return the seconds that were slept."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let the seconds pass."""
        self.now += seconds
        self.after_pause()


class TestReevaluation:
    """A run starts an evaluation of its rule, or reports that AWS Config refused."""

    @pytest.fixture
    def rule(self, account: LocalAccount, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return a function that makes a Config rule, whose evaluations end at once."""
        monkeypatch.setattr(
            evaluation,
            "_evaluate",
            lambda caller, rule: state(caller.account, caller.region).running.discard(
                rule.config_rule_name
            ),
        )
        start_recorder(account.aws)
        function = put_function(account.aws, VERDICTS)
        return lambda name: put_rule(account.aws, name, function)

    @pytest.mark.parametrize(
        ("rules", "parameters", "said"),
        [
            ([], {}, "not started: no rule ConfigChanges"),
            (["ConfigChanges"], {}, "started for ConfigChanges"),
            (["Mine"], {"ConfigRuleName": "Mine"}, "started for Mine"),
            (
                [f"{PACKED}abc", f"{PACKED}def", "ConfigChangesOther"],
                {},
                f"started for {PACKED}abc {PACKED}def",
            ),
            (
                ["ConfigChanges", f"{PACKED}abc"],
                {},
                "started for ConfigChanges",
            ),
        ],
    )
    def test_which(
        self, account: LocalAccount, rule: Any, rules: list[str], parameters: Json, said: str
    ) -> None:
        """The run evaluates the named rule; without a rule of that name, those of packs."""
        for name in rules:
            rule(name)
        run = succeeded(account.remediate(RULE, **parameters))
        assert run.result["Reevaluation"].split(" in us-")[0] == said

    @pytest.mark.parametrize(
        "action", ["config:StartConfigRulesEvaluation", "config:DescribeConfigRules"]
    )
    def test_refused(self, account: LocalAccount, rule: Any, action: str) -> None:
        """A run whose evaluation is denied succeeds, and says how to start one."""
        rule(RULE)
        account.aws.deny(action)
        run = succeeded(account.remediate(RULE))
        assert action in run.result["Reevaluation"]
        assert "start-config-rules-evaluation" in run.result["ToDo"]
        assert account.resources()["alarms"] != []

    def test_busy(self, account: LocalAccount, rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """While AWS Config is busy, the script tries again; all names are in one call."""
        for name in ("abc", "def"):
            rule(f"{PACKED}{name}")
        running = state(ACCOUNT, HOME).running
        running.add(f"{PACKED}abc")
        clock = Clock(lambda: running.clear() if clock.now >= 40 else None)
        monkeypatch.setitem(SCRIPT_GLOBALS, "time", clock)
        monkeypatch.delitem(SCRIPT_GLOBALS, "PATIENCE")
        monkeypatch.delitem(SCRIPT_GLOBALS, "PAUSE")
        account.aws.calls.clear()
        run = succeeded(account.remediate(RULE))
        assert run.result["Reevaluation"] == f"started for {PACKED}abc {PACKED}def"
        assert clock.now == 40
        assert account.aws.calls.actions().count("config:StartConfigRulesEvaluation") == 3
        assert "Until the next evaluation" not in run.result["ToDo"]

    def test_busy_for_longer(
        self, account: LocalAccount, rule: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After two minutes the run succeeds, and says what is left to do."""
        rule(RULE)
        state(ACCOUNT, HOME).running.add(RULE)
        clock = Clock(lambda: None)
        monkeypatch.setitem(SCRIPT_GLOBALS, "time", clock)
        monkeypatch.delitem(SCRIPT_GLOBALS, "PATIENCE")
        monkeypatch.delitem(SCRIPT_GLOBALS, "PAUSE")
        result = succeeded(account.remediate(RULE)).result
        assert 120 <= clock.now <= 160
        assert "LimitExceededException" in result["Reevaluation"]
        assert result["ToDo"].endswith(
            "Until the next evaluation, up to 24 hours, AWS Config shows the old verdict. To start"
            " it: aws configservice start-config-rules-evaluation --region us-east-1"
            " --config-rule-names ConfigChanges"
        )

    def test_not_as_long_as_nobody_listens(self, account: LocalAccount, rule: Any) -> None:
        """Without a subscriber, a run that changed nothing starts no evaluation.

        Otherwise automatic runs would start each other until AWS Config stops them for good.
        """
        rule(RULE)
        for said in ("started for ConfigChanges", "not started: nothing was changed"):
            assert succeeded(account.remediate(RULE)).result["Reevaluation"] == said
        subscribe_listener(account)
        again = succeeded(account.remediate(RULE)).result
        assert (again["Made"], again["Reevaluation"]) == ([], "started for ConfigChanges")


def test_three_runs_within_a_minute(account: LocalAccount) -> None:
    """If AWS Config refuses the evaluation, ToDo has the command that starts it later."""
    start_recorder(account.aws)
    put_rule(account.aws, RULE, put_function(account.aws, VERDICTS), **{ACCOUNT: "COMPLIANT"})
    account.aws.behaviour.limits_evaluations = True
    topic, _ = account.on_call()
    results = [succeeded(account.remediate(RULE, TopicArn=topic)).result for _ in range(3)]
    assert [bool(result["Made"]) for result in results] == [True, False, False]
    assert results[0]["Reevaluation"] == f"started for {RULE}"
    for result in results[1:]:
        assert "LimitExceededException" in result["Reevaluation"]
        assert "aws configservice start-config-rules-evaluation" in result["ToDo"]


def test_automatic_runs_leave_attempts(account: LocalAccount) -> None:
    """A finding that waits for a subscriber causes no remediation exception.

    With an exception, AWS Config would not start the remediation of a later fault.
    """
    start_recorder(account.aws)
    config = account.client("config")
    put_rule(account.aws, RULE, put_function(account.aws, VERDICTS), **{ACCOUNT: "NON_COMPLIANT"})
    role = account.client("iam").create_role(
        RoleName="healer", AssumeRolePolicyDocument=trust("ssm")
    )["Role"]["Arn"]
    account.client("ssm").create_document(
        Name=RULE, Content=content(RULE), DocumentType="Automation", DocumentFormat="JSON"
    )
    automatic = {
        "ConfigRuleName": RULE,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": RULE,
        "Automatic": True,
        "MaximumAutomaticAttempts": ATTEMPTS,
        "RetryAttemptSeconds": ATTEMPTS_PERIOD,
        "Parameters": {"AutomationAssumeRole": {"StaticValue": {"Values": [role]}}},
    }
    config.put_remediation_configurations(RemediationConfigurations=[automatic])
    config.start_config_rules_evaluation(ConfigRuleNames=[RULE])
    account.aws.settle()
    runs = account.client("ssm").describe_automation_executions()
    assert [
        one["AutomationExecutionStatus"] for one in runs["AutomationExecutionMetadataList"]
    ] == [
        "Success",
        "Success",
    ]
    found = config.describe_remediation_exceptions(ConfigRuleName=RULE)
    assert found["RemediationExceptions"] == []
