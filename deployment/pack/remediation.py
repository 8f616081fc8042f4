"""A pack's remediations: when they start, with which values, and the role of their steps."""

from collections.abc import Iterable
from typing import Any

from deployment.errors import ProblemError
from deployment.pack.options import FOR_REMEDIATIONS, Options
from deployment.pack.parameters import PackParameter, core_default
from deployment.pack.resource_names import REMEDIATION_ROLE, document_name
from deployment.pack.roles import named_role
from deployment.pack.rules import PackRule, Remediation
from deployment.static_value_check import check_static_value

ATTEMPTS, WITHIN = 3, 43_200
"""Automatic attempts, and the seconds in which there are no more. A remediation that changed
something ends by evaluating the rule, which starts the next as long as the rule is not COMPLIANT.
Attempts that are used up end in a remediation exception, after which nothing starts by itself until
a person deletes it; so one that heals what it can, then waits for a subscriber, must not use them
up, nor may one a day do so: less than the 24 hours between evaluations."""


def remediation(
    rule: PackRule, parameters: Iterable[PackParameter], options: Options
) -> dict[str, Any]:
    """The rule's RemediationConfiguration. All its values are literal, as a pack wants the role's.

    Raises ProblemError for a rule without a remediation, or a value that it does not take.
    """
    if rule.remediation is None:
        raise ProblemError(
            f"{rule.name} has no remediation (no SSMAutomation in parameters.json);"
            " REMEDIATION=none makes the pack without"
        )
    role = f"arn:{options.partition}:iam::{options.account}:role/{REMEDIATION_ROLE}"
    values = _values(rule, rule.remediation, parameters, options) | {"AutomationAssumeRole": role}
    automatic = options.remediation == "automatic"
    limits = {"MaximumAutomaticAttempts": ATTEMPTS, "RetryAttemptSeconds": WITHIN}
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
    rule: PackRule,
    found: Remediation,
    parameters: Iterable[PackParameter],
    options: Options,
) -> dict[str, str]:
    """What the rule is told, as far as its remediation has to heal the same, and what is given
    for remediations alone."""
    known = found.document["parameters"]
    shared = {
        one.parameter: one.default
        for one in parameters
        if rule.name in one.rules
        and one.parameter in known
        and one.default != core_default(one.parameter)
    }
    for name in options.of_remediations:
        if name not in known or name == "AutomationAssumeRole":
            own = (one for one in known if one != "AutomationAssumeRole")
            listed = ", ".join(FOR_REMEDIATIONS + one for one in own)
            raise ProblemError(f"no '{FOR_REMEDIATIONS}{name}' in {rule.name}; there are {listed}")
    values = shared | options.of_remediations
    for name, value in values.items():
        check_static_value(rule.name, name, value, known[name])
    return values


def remediation_role(rules: Iterable[PackRule], options: Options) -> dict[str, Any]:
    """One role for the documents of all rules, in whatever region.

    What changes something is allowed on the names that the documents make, and on those that begin
    so: a name that is taken gets a suffix.
    """
    rules = tuple(rule for rule in rules if rule.remediation)
    given = options.of_remediations
    alarms = {
        given.get("AlarmName") or options.of_rules.get(f"{rule.name}AlarmName") or own
        for rule, own in ((rule, rule.control.names["AlarmName"]) for rule in rules)
    }
    topics = {rule.control.names["TopicName"] for rule in rules}
    scopes = {
        "cloudwatch:Put": [_own("cloudwatch", f"alarm:{name}*") for name in sorted(alarms)],
        "sns:Create": [_own("sns", f"{name}*") for name in sorted(topics)],
        "logs:Put": [_own("logs", f"log-group:{given.get('LogGroupName', '')}*")],
        "config:Start": [_own("config", "config-rule/*")],
    }
    scopes["sns:Set"] = scopes["sns:Subscribe"] = [
        *scopes["sns:Create"],
        *filter(None, [given.get("TopicArn")]),
    ]
    statements: dict[str, dict[str, Any]] = {}
    actions = sorted(
        {one for rule in rules if rule.remediation for one in rule.remediation.actions}
    )
    for action in actions:
        resources = next((scopes[one] for one in scopes if action.startswith(one)), ["*"])
        statement = statements.setdefault(
            str(resources), {"Effect": "Allow", "Action": [], "Resource": resources}
        )
        statement["Action"].append(action)
    return named_role(
        REMEDIATION_ROLE,
        "Lets alarmchain's remediations make metric filters, alarms and a topic",
        {"Service": "ssm.amazonaws.com"},
        statements.values(),
    )


def _own(service: str, thing: str) -> Any:
    """Of this account, in every region. Nothing in a name may be taken for a variable."""
    literal = thing.replace("${", "${!")
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:*:${{AWS::AccountId}}:{literal}"}
