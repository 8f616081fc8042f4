"""All rules of the project together: RDK deploys them, and AWS Config evaluates them."""

import json
from pathlib import Path

import pytest

from alarmchain.control import known_controls
from demo.account import FAULTS, HOME
from demo.steps import Run
from localaws.server import LocalAws


@pytest.mark.long
def test_all_rules(local_aws: LocalAws, tmp_path: Path) -> None:
    """Each rule is deployed and has its verdict: a fault in three chains, all others work."""
    run = Run(local_aws, tmp_path / "run", "one-region", rules=())
    assert set(run.rules) == set(known_controls())
    run.make_account()
    lines = run.deploy()
    assert len([line for line in lines if ": stack is " in line]) == 2 * len(run.rules)
    verdicts = {verdict.rule: verdict.compliance for verdict in run.evaluate()}
    faulty = {rule for rule, fault in FAULTS.items() if fault.description}
    assert set(verdicts) == set(run.rules)
    assert {rule for rule, word in verdicts.items() if word != "COMPLIANT"} == faulty


@pytest.mark.long
def test_a_rule_set(local_aws: LocalAws, tmp_path: Path) -> None:
    """cis-5.0 also requires ModifySecurityGroupRules: of the rule, and of its remediation."""
    rule = "SecurityGroupChanges"
    run = Run(local_aws, tmp_path / "run", "one-region", rules=("ConfigChanges", rule))
    run.make_account()
    run.deploy("--rule-set", "cis-5.0")
    client = run.client("config", HOME)
    (deployed,) = client.describe_config_rules(ConfigRuleNames=[rule])["ConfigRules"]
    calls = json.loads(deployed["InputParameters"])["AdditionalCalls"]
    assert calls == "ec2.amazonaws.com:ModifySecurityGroupRules"
    before = {verdict.rule: verdict for verdict in run.evaluate()}
    assert before["ConfigChanges"].compliance == "COMPLIANT"
    assert before[rule].compliance == "NON_COMPLIANT"
    run.remediate([before[rule]])
    after = {verdict.rule: verdict for verdict in run.evaluate()}
    assert after[rule].compliance == "COMPLIANT", after[rule]
    filters = run.client("logs", HOME).describe_metric_filters()["metricFilters"]
    assert any("ModifySecurityGroupRules" in one["filterPattern"] for one in filters)
