"""The check of a pack's template reports everything that AWS Config refuses, one line each."""

import copy
from typing import Any

import pytest

from deployment.folders import rule_folders
from deployment.pack.check import MOST_BYTES, pack_errors
from deployment.pack.options import Options
from deployment.pack.rules import PackRule
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import to_yaml

RULE = "ConfigChanges"
REMEDIATION = f"{RULE}Remediation"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


@pytest.fixture(scope="module")
def valid_pack() -> dict[str, Any]:
    """Return a pack with automatic remediation."""
    rules = [PackRule.read(folder) for folder in rule_folders()]
    values = {"RemediationTopicArn": TOPIC}
    return pack_template(rules, Options("automatic", account="123456789012", values=values))


def test_a_valid_pack(valid_pack: dict[str, Any]) -> None:
    """There are no errors in what `make pack` writes."""
    assert pack_errors(to_yaml(valid_pack)) == ()


WRONG_CHANGES: list[tuple[tuple[str, ...], Any, str]] = [
    (("Resources", RULE, "Type"), "AWS::SNS::Topic", "type is AWS::SNS::Topic; a pack may hold"),
    (("Resources", RULE, "Properties", "ConfigRuleName"), "x" * 102, "has 102 characters; in a"),
    (
        ("Resources", RULE, "Properties", "ConfigRuleName"),
        {"Ref": "CallList"},
        "a literal name",
    ),
    (("Resources", RULE, "Properties", "Description"), "x" * 257, "Description has 257"),
    (
        ("Resources", RULE, "Properties", "InputParameters"),
        {"AdditionalCalls": "x" * 1005},
        "InputParameters has 1028 characters; at most 1024",
    ),
    (("Resources", RULE, "Properties", "Source", "Owner"), "AWS", "Source.Owner is 'AWS'"),
    (
        ("Resources", RULE, "Properties", "Source", "SourceIdentifier"),
        "my-function",
        "expected the ARN of a function",
    ),
    (
        ("Resources", RULE, "Properties", "Source", "SourceDetails"),
        [],
        "without it nothing starts",
    ),
    (
        ("Resources", RULE, "Properties", "Source", "SourceDetails"),
        [{"EventSource": "aws.config", "MessageType": "ScheduledNotification"}],
        "MaximumExecutionFrequency is None; allowed: One_Hour",
    ),
    (
        ("Resources", RULE, "Properties", "Source", "SourceDetails"),
        [{"EventSource": "aws.config", "MessageType": "Daily"}],
        "SourceDetails.MessageType is 'Daily'; expected 'ScheduledNotification'",
    ),
    (("Resources", REMEDIATION, "Properties", "ConfigRuleName"), "Other", "is not a rule of the"),
    (("Resources", REMEDIATION, "Properties", "TargetId"), "", "TargetId the document's name"),
    (
        ("Resources", REMEDIATION, "Properties", "Parameters", "TopicArn"),
        {"StaticValue": {"Values": ["x" * 257]}},
        "Parameters.TopicArn has 257 characters; expected 1 to 256",
    ),
    (
        ("Resources", REMEDIATION, "Properties", "Parameters", "AutomationAssumeRole"),
        {"StaticValue": {"Values": [{"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/r"}]}},
        "expected the literal ARN of a role",
    ),
    (
        ("Resources", REMEDIATION, "Properties", "Parameters", "AutomationAssumeRole"),
        {"StaticValue": {"Values": ["remediator"]}},
        "expected the literal ARN of a role",
    ),
    (
        ("Resources", REMEDIATION, "Properties", "Parameters"),
        {f"P{number}": {"StaticValue": {"Values": ["x"]}} for number in range(26)},
        "it has 26 parameters; at most 25",
    ),
    (
        ("Resources", REMEDIATION, "Properties", "MaximumAutomaticAttempts"),
        26,
        "MaximumAutomaticAttempts is 26; automatic remediation needs 1 to 25",
    ),
    (
        ("Parameters", "Unused"),
        {"Type": "String"},
        "parameter 'Unused' is declared but not used",
    ),
    (("Conditions", "CallListUnset"), None, "condition 'CallListUnset' is used but not defined"),
    (("Parameters", "CallList"), None, "'CallList' is referenced but not defined"),
    (
        ("Parameters",),
        {f"P{number}": {"Type": "String"} for number in range(61)},
        "the template has 61 parameters; at most 60",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG_CHANGES)
def test_what_aws_config_refuses(
    valid_pack: dict[str, Any], path: tuple[str, ...], value: Any, message: str
) -> None:
    """A change to a valid pack gives an error line that names it (None removes the member)."""
    template = copy.deepcopy(valid_pack)
    holder = template
    for step in path[:-1]:
        holder = holder[step]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    errors = pack_errors(to_yaml(template))
    assert any(message in error for error in errors), errors


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[1", "the template is not valid YAML: while parsing"),
        ("Rules: {}", "the template has no Resources"),
        ("Resources: {}\n" + "#" * MOST_BYTES, f"bytes; at most {MOST_BYTES}"),
    ],
)
def test_an_unreadable_template(body: str, message: str) -> None:
    """A template that cannot be read, or is too long, gives one error line."""
    (line,) = pack_errors(body)
    assert message in line
    assert "\n" not in line
