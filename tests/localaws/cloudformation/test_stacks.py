"""CloudFormation: checks, rollback, conditions and dependencies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.cloudformation.references import in_order, references
from localaws.server import LocalAws
from tests.localaws.builders import (
    ACCOUNT,
    trust,
)
from tests.localaws.builders import put_stack as put

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
REFUSED = [
    (
        {"X": {"Type": "AWS::No::Such"}},
        {},
        "the local AWS does not implement resource types ['AWS::No::Such']",
    ),
    (
        {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Gone"}}}},
        {},
        "Unresolved resource dependencies [Gone]",
    ),
    (
        {"A": TOPIC | {"DependsOn": "B"}, "B": TOPIC | {"DependsOn": "A"}},
        {},
        "Circular dependency between resources: [A, B]",
    ),
    ({"T": TOPIC}, {"Q": "1"}, "Parameters: [Q] do not exist in the template"),
    ({"T": TOPIC}, {"P": "abcd"}, "Parameter 'P' must contain at most 3 characters"),
    ({"T": TOPIC}, {"P": ""}, "Parameter 'P' must contain at least 1 characters"),
    ({"T": TOPIC}, {"P": "x"}, "Parameter 'P' must be one of AllowedValues: [a, abcd]"),
]


@pytest.mark.parametrize(("resources", "parameters", "message"), REFUSED)
def test_refused_before_anything_is_made(
    stacks: Any, resources: Any, parameters: Any, message: str
) -> None:
    """An invalid template or parameter is a ValidationError, and no stack is created."""
    allowed = ["a", "abcd"] if parameters.get("P") == "x" else None
    slot = {"Type": "String", "Default": "a", "MinLength": 1, "MaxLength": 3}
    slot |= {"AllowedValues": allowed} if allowed else {}
    with pytest.raises(ClientError) as caught:
        put(stacks, {"Resources": resources, "Parameters": {"P": slot}}, **parameters)
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    assert message in caught.value.response["Error"]["Message"]
    assert stacks.describe_stacks()["Stacks"] == []


@pytest.mark.parametrize(("size", "fits"), [(51_200, True), (51_201, False)])
def test_template_body_is_limited(stacks: Any, size: Any, fits: Any) -> None:
    """A body of 51,200 bytes is accepted, a longer one is refused."""
    template = json.dumps({"Resources": {"T": TOPIC}})
    body = template + " " * (size - len(template))
    if fits:
        stacks.create_stack(StackName="s", TemplateBody=body)
        return
    with pytest.raises(ClientError, match="less than or equal to 51200"):
        stacks.create_stack(StackName="s", TemplateBody=body)


@pytest.mark.parametrize(("size", "fits"), [(1_000_000, True), (1_000_001, False)])
def test_template_in_s3_is_limited(local_aws: LocalAws, stacks: Any, size: int, fits: bool) -> None:
    """A template of 1 MB is accepted, a longer one is refused."""
    template = json.dumps({"Resources": {"T": TOPIC}})
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="templates")
    body = template + " " * (size - len(template))
    s3.put_object(Bucket="templates", Key="t.json", Body=body.encode())
    url = "https://s3.amazonaws.com/templates/t.json"
    if fits:
        stacks.create_stack(StackName="s", TemplateURL=url)
        return
    with pytest.raises(ClientError, match="less than or equal to 1000000"):
        stacks.create_stack(StackName="s", TemplateURL=url)


BAD_ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "a", "Nonsense": 1}}


def test_failed_creation_rolls_back(local_aws: LocalAws, stacks: Any) -> None:
    """A failed creation removes the resources, and the stack shows which resource failed."""
    made = put(stacks, {"Resources": {"T": TOPIC, "A": BAD_ALARM | {"DependsOn": "T"}}})
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "[A]. Encountered unsupported property Nonsense" in made["StackStatusReason"]
    assert local_aws.client("sns").list_topics()["Topics"] == []
    events = stacks.describe_stack_events(StackName="s")["StackEvents"]
    assert any(each["ResourceStatus"] == "CREATE_FAILED" for each in events)
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        put(stacks, {"Resources": {"T": TOPIC}}, update=True)
    stacks.delete_stack(StackName="s")
    assert stacks.describe_stacks()["Stacks"] == []


def test_failed_update_rolls_back(local_aws: LocalAws, stacks: Any) -> None:
    """A failed update restores the stack."""
    put(stacks, {"Resources": {"T": TOPIC}})
    other = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "u"}}
    updated = put(
        stacks,
        {"Resources": {"T": TOPIC, "U": other, "A": BAD_ALARM | {"DependsOn": "U"}}},
        update=True,
    )
    assert updated["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    topics = [each["TopicArn"] for each in local_aws.client("sns").list_topics()["Topics"]]
    assert topics == [f"arn:aws:sns:us-east-1:{ACCOUNT}:t"]


def test_failed_deletion_stays(local_aws: LocalAws, stacks: Any) -> None:
    """A stack whose resource cannot be removed is DELETE_FAILED, and can be deleted later."""
    put(stacks, {"Resources": {"T": TOPIC}})
    local_aws.fail("sns:DeleteTopic", "InternalError", 500, times=1)
    stacks.delete_stack(StackName="s")
    (stack,) = stacks.describe_stacks()["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED"
    stacks.delete_stack(StackName="s")
    assert stacks.describe_stacks()["Stacks"] == []


def test_changed_conditions(local_aws: LocalAws, stacks: Any) -> None:
    """A parameter that changes a condition creates and removes the resource."""
    template = {
        "Parameters": {"Wanted": {"Type": "String"}},
        "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, "yes"]}},
        "Resources": {
            "T": TOPIC,
            "U": {
                "Type": "AWS::SNS::Topic",
                "Condition": "IsWanted",
                "Properties": {"TopicName": "u"},
            },
        },
    }
    numbers = []
    for place, enabled in enumerate(("no", "yes", "no")):
        put(stacks, template, update=place > 0, Wanted=enabled)
        numbers.append(len(local_aws.client("sns").list_topics()["Topics"]))
    assert numbers == [1, 2, 1]


def test_nothing_to_update(stacks: Any) -> None:
    """The same template again is refused: no updates are to be performed."""
    parameters = {"Parameters": {"P": {"Type": "String", "Default": "a"}}}
    template = {"Resources": {"T": TOPIC}} | parameters
    put(stacks, template, P="a")
    with pytest.raises(ClientError, match="No updates are to be performed"):
        put(stacks, template, update=True, P="a")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"Ref": "A"}, {"A"}),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"A"}),
        ({"Fn::GetAtt": "A.Arn"}, {"A"}),
        ({"Fn::Sub": "${A}-${B.Arn}-${!C}"}, {"A", "B"}),
        ({"Fn::Sub": ["${A}-${x}", {"x": {"Ref": "B"}}]}, {"A", "B"}),
        ({"Fn::If": ["Condition", {"Ref": "A"}, [{"Ref": "B"}]]}, {"A", "B"}),
        ("${A}", set()),
    ],
)
def test_references(value: Any, names: set[str]) -> None:
    """Every form of a reference in a template."""
    assert set(references(value)) == names


def test_order() -> None:
    """Each resource comes after the resources that it needs."""
    resources: dict[str, dict[str, Any]] = {
        "A": {"Properties": {"x": {"Ref": "B"}}},
        "B": {"DependsOn": ["C"]},
        "C": {},
    }
    assert in_order(resources) == ["C", "B", "A"]


def test_no_value_in_a_list(local_aws: LocalAws) -> None:
    """``AWS::NoValue`` removes its item from a list."""
    policy = {
        "PolicyName": "one",
        "PolicyDocument": {
            "Statement": [{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}]
        },
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "worker",
            "AssumeRolePolicyDocument": json.loads(trust("lambda")),
            "Policies": [{"Fn::If": ["Never", policy, {"Ref": "AWS::NoValue"}]}, policy],
        },
    }
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Role": role},
    }
    client = local_aws.client("cloudformation")
    client.create_stack(StackName="s", TemplateBody=json.dumps(template))
    (stack,) = client.describe_stacks(StackName="s")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    names = local_aws.client("iam").list_role_policies(RoleName="worker")["PolicyNames"]
    assert names == ["one"]
