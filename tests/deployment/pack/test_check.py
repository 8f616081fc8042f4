"""The check of a pack's template: each thing that AWS Config refuses is one line."""

import copy
from typing import Any

import pytest

from deployment.folders import rule_folders
from deployment.pack.check import MOST_BYTES, problems
from deployment.pack.options import Options
from deployment.pack.rules import PackRule
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import written

RULE = "ConfigChanges"
REMEDIATION = f"{RULE}Remediation"
TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """A pack with automatic remediation."""
    rules = [PackRule.read(folder) for folder in rule_folders()]
    values = {"RemediationTopicArn": TOPIC}
    return pack_template(rules, Options("automatic", account="123456789012", values=values))


def test_a_pack_that_is_well(whole: dict[str, Any]) -> None:
    """There is nothing to say of what `make pack` writes."""
    assert problems(written(whole)) == ()


WRONG: list[tuple[tuple[str, ...], Any, str]] = [
    (("Resources", RULE, "Type"), "AWS::SNS::Topic", "type AWS::SNS::Topic; a pack holds"),
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
        "expected a function's ARN",
    ),
    (
        ("Resources", RULE, "Properties", "Source", "SourceDetails"),
        [],
        "nothing would start",
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
    (("Resources", REMEDIATION, "Properties", "ConfigRuleName"), "Other", "is no rule of the"),
    (("Resources", REMEDIATION, "Properties", "TargetId"), "", "TargetId name the document"),
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
        "MaximumAutomaticAttempts is 26; automatic remediation wants 1 to 25",
    ),
    (
        ("Parameters", "Unused"),
        {"Type": "String"},
        "parameter 'Unused' is asked for and nowhere used",
    ),
    (("Conditions", "CallListGiven"), None, "condition 'CallListGiven' is nowhere defined"),
    (("Parameters", "CallList"), None, "'CallList' is referred to and nowhere defined"),
    (
        ("Parameters",),
        {f"P{number}": {"Type": "String"} for number in range(61)},
        "the template has 61 parameters; at most 60",
    ),
]


@pytest.mark.parametrize(("place", "value", "said"), WRONG)
def test_what_aws_config_refuses(
    whole: dict[str, Any], place: tuple[str, ...], value: Any, said: str
) -> None:
    """One change to a pack that is well, and the line that names it (None: taken out)."""
    template = copy.deepcopy(whole)
    holder = template
    for step in place[:-1]:
        holder = holder[step]
    if value is None:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    assert any(said in line for line in problems(written(template))), problems(written(template))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[1", "the template is no YAML: while parsing"),
        ("Rules: {}", "the template has no Resources"),
        ("Resources: {}\n" + "#" * MOST_BYTES, f"bytes; at most {MOST_BYTES}"),
    ],
)
def test_what_is_no_template(body: str, said: str) -> None:
    """Said in one line each."""
    (line,) = problems(body)
    assert said in line
    assert "\n" not in line
