"""Build a pack's remediations: when they start, their values, and the role of their steps."""

from collections.abc import Iterable
from typing import Any

from alarmchain.remediation.document import ACTIONS
from deployment.errors import DeploymentError
from deployment.pack.options import REMEDIATION_PREFIX, Options
from deployment.pack.parameters import PackParameter, core_default
from deployment.pack.resource_names import REMEDIATION_ROLE, document_name
from deployment.pack.roles import named_role
from deployment.pack.rules import PackRule
from deployment.static_value_check import check_static_value

ATTEMPTS, ATTEMPTS_PERIOD = 3, 43_200
"""The number of automatic attempts within a period, in seconds.

A remediation that changed something starts an evaluation, which starts the next attempt while the
rule is not COMPLIANT. After the last attempt AWS Config makes a remediation exception and starts no
more until a person deletes it. Neither a remediation that waits for a subscriber, nor one attempt a
day may use the attempts up; so the period is shorter than the 24 hours between evaluations."""


def remediation(
    rule: PackRule, parameters: Iterable[PackParameter], options: Options
) -> dict[str, Any]:
    """Return the rule's RemediationConfiguration. All values are literal, as a pack requires.

    Raises DeploymentError for a value that the document refuses.
    """
    role = f"arn:{options.partition}:iam::{options.account}:role/{REMEDIATION_ROLE}"
    values = _values(rule, parameters, options) | {"AutomationAssumeRole": role}
    automatic = options.remediation == "automatic"
    limits = {"MaximumAutomaticAttempts": ATTEMPTS, "RetryAttemptSeconds": ATTEMPTS_PERIOD}
    return {
        "Type": "AWS::Config::RemediationConfiguration",
        "DependsOn": rule.name,
        "Properties": {
            "ConfigRuleName": rule.name,
            "TargetType": "SSM_DOCUMENT",
            "TargetId": document_name(rule.name),
            "Automatic": automatic,
            **(limits if automatic else {}),
            "Parameters": {
                name: {"StaticValue": {"Values": [value]}} for name, value in values.items()
            },
        },
    }


def _values(
    rule: PackRule, parameters: Iterable[PackParameter], options: Options
) -> dict[str, str]:
    """Return the rule's values that its document has as well, and the remediations' values."""
    known = rule.document["parameters"]
    shared = {
        parameter.parameter: parameter.default
        for parameter in parameters
        if rule.name in parameter.rules
        and parameter.parameter in known
        and parameter.default != core_default(parameter.parameter)
    }
    for name in options.remediation_values:
        if name not in known or name == "AutomationAssumeRole":
            allowed = (known_name for known_name in known if known_name != "AutomationAssumeRole")
            names = ", ".join(REMEDIATION_PREFIX + known_name for known_name in allowed)
            raise DeploymentError(
                f"{rule.name} has no parameter '{REMEDIATION_PREFIX}{name}'; it has {names}"
            )
    values = shared | options.remediation_values
    for name, value in values.items():
        check_static_value(rule.name, name, value, known[name])
    return values


def remediation_role(rules: Iterable[PackRule], options: Options) -> dict[str, Any]:
    """Return the role for the documents of all rules in every region.

    Actions that change something are allowed on the names that the documents make, and on names
    with those as a prefix, as the documents add a suffix to a name that is taken.
    """
    rules = tuple(rules)
    given = options.remediation_values
    alarms = {
        given.get("AlarmName") or options.rule_values.get(f"{rule.name}AlarmName") or own
        for rule, own in ((rule, rule.control.names["AlarmName"]) for rule in rules)
    }
    topics = {rule.control.names["TopicName"] for rule in rules}
    scopes = {
        "cloudwatch:Put": [_arn("cloudwatch", f"alarm:{name}*") for name in sorted(alarms)],
        "sns:Create": [_arn("sns", f"{name}*") for name in sorted(topics)],
        "logs:Put": [_arn("logs", f"log-group:{given.get('LogGroupName', '')}*")],
        "config:Start": [_arn("config", "config-rule/*")],
    }
    scopes["sns:Set"] = scopes["sns:Subscribe"] = [
        *scopes["sns:Create"],
        *filter(None, [given.get("TopicArn")]),
    ]
    statements: dict[str, dict[str, Any]] = {}
    for action in sorted(ACTIONS):
        scoped = (scopes[prefix] for prefix in scopes if action.startswith(prefix))
        resources = next(scoped, ["*"])
        statement = statements.setdefault(
            str(resources), {"Effect": "Allow", "Action": [], "Resource": resources}
        )
        statement["Action"].append(action)
    return named_role(
        REMEDIATION_ROLE,
        "Allows alarmchain's remediations to make metric filters, alarms and a topic",
        {"Service": "ssm.amazonaws.com"},
        statements.values(),
    )


def _arn(service: str, resource: str) -> Any:
    """Return the ARN of this account's resource in every region, with `${` in names escaped."""
    literal = resource.replace("${", "${!")
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:*:${{AWS::AccountId}}:{literal}"}
