"""The role of the remediations' automations: what their steps call, on what they make."""

from collections.abc import Iterable
from typing import Any

from deployment.pack.names import REMEDIATION_ROLE
from deployment.pack.roles import named_role
from deployment.pack.rules import PackRule

_OWN = "${AWS::Partition}:%s:*:${AWS::AccountId}:%s"
_SCOPES = {
    "logs:PutMetricFilter": ("logs", "log-group:*"),
    "cloudwatch:PutMetricAlarm": ("cloudwatch", "alarm:*"),
    "sns:": ("sns", "*"),
    "config:StartConfigRulesEvaluation": ("config", "config-rule/*"),
}
"""By the beginning of an action, the kind of thing that it changes. What is not here only reads,
or knows no resources."""


def remediation_role(rules: Iterable[PackRule]) -> dict[str, Any]:
    """One role for the documents of all rules, in whatever region."""
    actions = sorted(
        {one for rule in rules if rule.remediation for one in rule.remediation.actions}
    )
    scoped: dict[str, list[str]] = {}
    for action in actions:
        scoped.setdefault(_scope(action), []).append(action)
    statements = [
        {
            "Effect": "Allow",
            "Action": named,
            "Resource": resource if resource == "*" else {"Fn::Sub": resource},
        }
        for resource, named in sorted(scoped.items())
    ]
    return named_role(
        REMEDIATION_ROLE,
        "Lets alarmchain's remediations make metric filters, alarms and a topic",
        {"Service": "ssm.amazonaws.com"},
        statements,
    )


def _scope(action: str) -> str:
    for beginning, thing in _SCOPES.items():
        if action.startswith(beginning) and action != "sns:ListTopics":
            return "arn:" + _OWN % thing
    return "*"
