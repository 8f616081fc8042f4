"""The evaluation that a run starts, and automatic runs."""

from typing import Any

import pytest

from deployment.pack.remediation import ATTEMPTS, ATTEMPTS_PERIOD
from localaws.config import evaluation
from localaws.config.state import state
from tests.localaws.builders import VERDICTS, put_function, put_rule, start_recorder, trust
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import LocalAccount, content
from tests.remediation.scenario import (
    HOME,
    RULE,
    subscribe_listener,
    succeeded,
)

Json = dict[str, Any]
PACKED = f"{RULE}-conformance-pack-"


class TestReevaluation:
    """The rule is evaluated anew; a refusal is told."""

    @pytest.fixture
    def rule(self, account: LocalAccount, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Makes a Config rule of a name, whose evaluation ends as soon as it starts."""
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
                f"started for {PACKED}abc; started for {PACKED}def",
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
        """The named one, else those of packs."""
        for name in rules:
            rule(name)
        run = succeeded(account.remediate(RULE, **parameters))
        assert run.result["Reevaluation"].split(" in us-")[0] == said

    @pytest.mark.parametrize(
        "action", ["config:StartConfigRulesEvaluation", "config:DescribeConfigRules"]
    )
    def test_refused(self, account: LocalAccount, rule: Any, action: str) -> None:
        """The run succeeds all the same."""
        rule(RULE)
        account.aws.deny(action)
        run = succeeded(account.remediate(RULE))
        assert action in run.result["Reevaluation"]
        assert account.resources()["alarms"] != []

    def test_one_of_several_is_refused(self, account: LocalAccount, rule: Any) -> None:
        """The others are started all the same."""
        for name in ("abc", "def"):
            rule(f"{PACKED}{name}")
        state(ACCOUNT, HOME).running.add(f"{PACKED}abc")
        said = succeeded(account.remediate(RULE)).result["Reevaluation"]
        assert said.startswith(f"not started for {PACKED}abc: ")
        assert "currently being evaluated" in said
        assert said.endswith(f"; started for {PACKED}def")

    def test_not_as_long_as_nobody_listens(self, account: LocalAccount, rule: Any) -> None:
        """A run that changed nothing starts none: automatic ones would start each other until AWS
        Config makes an exception, and then never again."""
        rule(RULE)
        for said in ("started for ConfigChanges", "not started: nothing was changed"):
            assert succeeded(account.remediate(RULE)).result["Reevaluation"] == said
        subscribe_listener(account)
        again = succeeded(account.remediate(RULE)).result
        assert (again["Made"], again["Reevaluation"]) == ([], "started for ConfigChanges")


def test_automatic_runs_leave_attempts(account: LocalAccount) -> None:
    """A finding that waits for a subscriber makes no remediation exception, which would keep AWS
    Config from healing what is damaged later."""
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
