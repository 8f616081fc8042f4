"""SSM Automation: documents run step by step and report as AWS does."""

from __future__ import annotations

import json
import textwrap

import pytest
from botocore.exceptions import ClientError

from tests.localaws.builders import trust


def script(code: str, **more):
    """An executeScript step's action and inputs; ``payload`` is its InputPayload."""
    inputs = {
        "Runtime": "python3.11",
        "Handler": "script_handler",
        "Script": textwrap.dedent(code),
        "InputPayload": more.pop("payload", {}),
    }
    return {"action": "aws:executeScript", "inputs": inputs} | more


def api(service: str, operation: str, /, outputs=(), **inputs):
    """An executeAwsApi step's action and inputs."""
    return {
        "action": "aws:executeAwsApi",
        "inputs": {"Service": service, "Api": operation} | inputs,
        "outputs": [
            {"Name": name, "Selector": selector, "Type": kind} for name, selector, kind in outputs
        ],
    }


def branch(choices, **more):
    """A branch step."""
    return {"action": "aws:branch", "inputs": {"Choices": choices} | more}


OK = script("def script_handler(events, context): return 1")
FAILS = script("def script_handler(events, context): raise ValueError('broken')")


@pytest.fixture
def run(local_aws):
    """``run(steps, parameters, given)``: the finished AutomationExecution."""
    ssm = local_aws.client("ssm")

    def run(steps: dict, parameters=None, given=None, **document):
        content = {
            "schemaVersion": "0.3",
            "parameters": parameters or {},
            "mainSteps": [{"name": name} | step for name, step in steps.items()],
        } | document
        name = f"document-{len(ssm.list_documents()['DocumentIdentifiers'])}"
        ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Automation")
        started = ssm.start_automation_execution(DocumentName=name, Parameters=given or {})
        local_aws.settle()
        identifier = started["AutomationExecutionId"]
        return ssm.get_automation_execution(AutomationExecutionId=identifier)["AutomationExecution"]

    return run


def statuses(execution) -> dict[str, str]:
    """The status of each step by name."""
    return {step["StepName"]: step["StepStatus"] for step in execution["StepExecutions"]}


def test_script_gets_events_and_gives_its_payload(run):
    """InputPayload is resolved with its types; outputs are selected from the Payload."""
    steps = {
        "Add": script(
            """
            def script_handler(events, context):
                total = sum(events["numbers"]) + events["more"]
                return {"total": total, "region": context["global:REGION"], "names": ["a", "b"]}
            """,
            payload={"numbers": [1, 2], "more": "{{ More }}"},
            outputs=[
                {"Name": "Total", "Selector": "$.Payload.total", "Type": "Integer"},
                {"Name": "Names", "Selector": "$.Payload.names", "Type": "StringList"},
            ],
        ),
        "Tell": script(
            "def script_handler(events, context): return events",
            payload={"text": "{{ Add.Total }} in {{ global:REGION }}", "list": "{{ Add.Names }}"},
        ),
    }
    execution = run(
        steps, {"More": {"type": "Integer", "default": 4}}, outputs=["Add.Total", "Tell.Payload"]
    )
    assert execution["AutomationExecutionStatus"] == "Success", execution
    told = json.loads(execution["Outputs"]["Tell.Payload"][0])
    assert told == {"text": "7 in us-east-1", "list": ["a", "b"]}
    assert execution["Outputs"]["Add.Total"] == ["7"]


def test_script_calls_aws_as_the_assumed_role(run, local_aws):
    """boto3 in a script works with the document's assumeRole."""
    iam = local_aws.client("iam")
    arn = iam.create_role(RoleName="healer", AssumeRolePolicyDocument=trust("ssm"))["Role"]["Arn"]
    execution = run(
        {
            "Make": script(
                """
                import boto3
                def script_handler(events, context):
                    return boto3.client("sns").create_topic(Name="t")["TopicArn"]
                """
            ),
            "List": api("sns", "list_topics", outputs=[("Arn", "$.Topics[0].TopicArn", "String")]),
        },
        {"Role": {"type": "String"}},
        {"Role": [arn]},
        assumeRole="{{ Role }}",
        outputs=["List.Arn"],
    )
    assert execution["Outputs"] == {"List.Arn": ["arn:aws:sns:us-east-1:123456789012:t"]}
    assert local_aws.calls.actions(principal="role/healer") == ["sns:CreateTopic", "sns:ListTopics"]


@pytest.mark.parametrize("code", ["import yaml", "import moto", "import alarmchain"])
def test_script_has_only_what_automation_has(run, code):
    """What is installed beside the local AWS cannot be imported by a script."""
    execution = run({"Import": script(f"def script_handler(events, context):\n    {code}")})
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert "ModuleNotFoundError" in execution["FailureMessage"]


SCRIPT_FAILURES = [
    (FAILS, "Failed", "ValueError - broken"),
    (script("x = (", timeoutSeconds=5), "Failed", "SyntaxError"),
    (script("def other(): pass"), "Failed", "no function 'script_handler'"),
    (script("def script_handler(e, c): return {1}"), "Failed", "not JSON"),
    (
        script(
            "import time\ndef script_handler(events, context): time.sleep(60)", timeoutSeconds=1
        ),
        "TimedOut",
        "timed out after 1 seconds",
    ),
    (api("sns", "NoSuchCall"), "Failed", "service sns has no API NoSuchCall"),
    (api("sns", "GetTopicAttributes", TopicArn="arn:aws:sns:us-east-1:1:no"), "Failed", "NotFound"),
    (
        api("sns", "ListTopics", outputs=[("Topics", "$.Topics", "String")]),
        "Failed",
        "output Only.Topics is a list; expected String",
    ),
    (api("sns", "CreateTopic", Name="{{ Gone.Value }}"), "Failed", "{{ Gone.Value }} has no value"),
    (branch([{"NextStep": "Only", "Variable": "a", "StringEquals": "b"}]), "Failed", "no Default"),
]


@pytest.mark.parametrize(("step", "status", "message"), SCRIPT_FAILURES)
def test_failing_steps(run, step, status, message):
    """A failing step says why in its FailureMessage, and the execution fails with it."""
    execution = run({"Only": step})
    assert statuses(execution) == {"Only": status}
    assert execution["AutomationExecutionStatus"] == status
    assert execution["FailureMessage"].startswith("Step fails when it is Execute/Cancelling action")
    assert message in execution["StepExecutions"][0]["FailureMessage"]


FLOWS = [
    # (steps, status of each step, status of the execution)
    ({"A": OK, "B": OK}, "Success Success", "Success"),
    ({"A": FAILS, "B": OK}, "Failed Pending", "Failed"),
    ({"A": FAILS | {"onFailure": "Continue"}, "B": OK}, "Failed Success", "Success"),
    (
        {"A": FAILS | {"onFailure": "Continue", "isCritical": True}, "B": OK},
        "Failed Success",
        "Failed",
    ),
    ({"A": FAILS | {"onFailure": "step:C"}, "B": OK, "C": OK}, "Failed Pending Success", "Failed"),
    (
        {"A": FAILS | {"onFailure": "step:C", "isCritical": False}, "B": OK, "C": OK},
        "Failed Pending Success",
        "Success",
    ),
    ({"A": OK | {"nextStep": "C"}, "B": OK, "C": OK}, "Success Pending Success", "Success"),
    ({"A": OK | {"isEnd": True}, "B": OK}, "Success Pending", "Success"),
    (
        {"A": {"action": "aws:sleep", "inputs": {"Duration": "PT0.01S"}}, "B": OK},
        "Success Success",
        "Success",
    ),
]


@pytest.mark.parametrize(("steps", "each", "whole"), FLOWS)
def test_flow(run, steps, each, whole):
    """onFailure, isCritical, nextStep and isEnd lead through the document."""
    execution = run(steps)
    assert " ".join(statuses(execution).values()) == each
    assert execution["AutomationExecutionStatus"] == whole


CHOICES = [
    ({"Variable": "{{ P }}", "StringEquals": "yes"}, "yes", True),
    ({"Variable": "{{ P }}", "StringEquals": "yes"}, "no", False),
    ({"Variable": "{{ P }}", "EqualsIgnoreCase": "YES"}, "yes", True),
    ({"Variable": "{{ P }}", "StartsWith": "arn:"}, "arn:aws", True),
    ({"Variable": "{{ P }}", "EndsWith": "x"}, "arn", False),
    ({"Variable": "{{ P }}", "Contains": "e"}, "yes", True),
    ({"Variable": "{{ P }}", "NumericGreater": 3}, "4", True),
    ({"Variable": "{{ P }}", "NumericLesserOrEquals": 3}, "4", False),
    ({"Variable": "{{ P }}", "BooleanEquals": True}, "true", True),
    ({"Not": {"Variable": "{{ P }}", "StringEquals": ""}}, "some", True),
    (
        {
            "And": [
                {"Variable": "{{ P }}", "StartsWith": "a"},
                {"Variable": "{{ P }}", "EndsWith": "z"},
            ]
        },
        "ay",
        False,
    ),
    (
        {
            "Or": [
                {"Variable": "{{ P }}", "StringEquals": "a"},
                {"Variable": "{{ P }}", "StringEquals": "b"},
            ]
        },
        "b",
        True,
    ),
]


@pytest.mark.parametrize(("choice", "value", "met"), CHOICES)
def test_branch(run, choice, value, met):
    """A branch goes where its first met choice says, else to its Default."""
    steps = {
        "Ask": branch([choice | {"NextStep": "Yes"}], Default="No"),
        "Yes": api("sns", "ListTopics") | {"isEnd": True},
        "No": api("sns", "ListTopics") | {"isEnd": True},
    }
    execution = run(steps, {"P": {"type": "String"}}, {"P": [value]})
    assert (statuses(execution)["Yes"] == "Success") == met
    assert (statuses(execution)["No"] == "Success") == (not met)


@pytest.mark.parametrize(("desired", "status"), [("mine", "Success"), ("other", "Failed")])
def test_assert_property(run, local_aws, desired, status):
    """An assertion passes for a desired value only."""
    arn = local_aws.client("sns").create_topic(Name="t", Attributes={"DisplayName": "mine"})
    step = api("sns", "GetTopicAttributes", TopicArn=arn["TopicArn"]) | {
        "action": "aws:assertAwsResourceProperty"
    }
    step["inputs"] |= {
        "PropertySelector": "$.Attributes.DisplayName",
        "DesiredValues": [desired],
    }
    assert run({"Check": step})["AutomationExecutionStatus"] == status


def test_attempts(run, local_aws):
    """maxAttempts tries a failing step again."""
    local_aws.fail("sns:ListTopics", "InvalidParameter", 400, times=2)
    execution = run({"List": api("sns", "ListTopics") | {"maxAttempts": 3}})
    assert execution["AutomationExecutionStatus"] == "Success"
    assert local_aws.calls.actions().count("sns:ListTopics") == 3


PARAMETERS = [
    ({"type": "String"}, None, "Parameter P is required"),
    ({"type": "String"}, ["a", "b"], "Parameter P has 2 values; expected one"),
    (
        {"type": "String", "allowedValues": ["a", "b"]},
        ["c"],
        "Parameter P is 'c'; expected one of a, b",
    ),
    (
        {"type": "String", "allowedPattern": "^[a-z]*$"},
        ["C"],
        "Parameter P is 'C'; expected a match of",
    ),
    ({"type": "String", "maxChars": 2}, ["abc"], "Parameter P has 3 characters; expected 0 to 2"),
    ({"type": "String"}, ["a" * 513], "Parameter P has 513 characters; expected at most 512"),
    ({"type": "Boolean"}, ["maybe"], "Parameter P is 'maybe'; expected true or false"),
    ({"type": "Integer"}, ["1.5"], "Parameter P is '1.5'; expected a whole number"),
    ({"type": "StringMap"}, ["{"], "Parameter P is '{'; expected JSON"),
    ({"type": "StringList", "maxItems": 1}, ["a", "b"], "Parameter P has 2 items; expected 0 to 1"),
]


@pytest.mark.parametrize(("slot", "values", "message"), PARAMETERS)
def test_parameters_are_enforced(run, slot, values, message):
    """A wrong parameter is refused before anything runs, naming it and its value."""
    with pytest.raises(ClientError) as caught:
        run({"A": OK}, {"P": slot}, {"P": values} if values else {})
    assert caught.value.response["Error"]["Code"] == "InvalidAutomationExecutionParametersException"
    assert message in caught.value.response["Error"]["Message"]


DOCUMENTS = [
    (
        {"A": {"action": "aws:approve", "inputs": {}}},
        "the local AWS does not implement action aws:approve",
    ),
    ({"A": OK | {"nextStep": "Nowhere"}}, "step A leads to 'Nowhere', which does not exist"),
    ({"A": OK | {"onFailure": "step:Nowhere"}}, "step A leads to 'Nowhere', which does not exist"),
    ({"A": OK | {"onFailure": "Shrug"}}, "onFailure of step A is 'Shrug'"),
]


@pytest.mark.parametrize(("steps", "message"), DOCUMENTS)
def test_documents_that_cannot_run(run, steps, message):
    """A document that cannot run here says why when it is started."""
    with pytest.raises(ClientError, match="InvalidDocumentContent") as caught:
        run(steps)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ("arn:aws:iam::123456789012:role/nobody", "does not exist"),
        ("not-an-arn", "unable to be assumed"),
    ],
)
def test_role_must_be_assumable(run, role, message):
    """The role must exist and trust SSM."""
    with pytest.raises(ClientError, match=message):
        run({"A": OK}, {"Role": {"type": "String"}}, {"Role": [role]}, assumeRole="{{ Role }}")


def test_unknown_document_and_execution(local_aws):
    """What does not exist has AWS's error codes."""
    ssm = local_aws.client("ssm")
    with pytest.raises(ssm.exceptions.AutomationDefinitionNotFoundException):
        ssm.start_automation_execution(DocumentName="nothing")
    with pytest.raises(ssm.exceptions.AutomationExecutionNotFoundException):
        ssm.get_automation_execution(AutomationExecutionId="0" * 36)


def test_executions_are_listed(run, local_aws):
    """Executions can be found by document and status, and their steps paged."""
    execution = run({"A": OK, "B": FAILS})
    ssm = local_aws.client("ssm")
    filters = [
        {"Key": "DocumentNamePrefix", "Values": ["document-"]},
        {"Key": "ExecutionStatus", "Values": ["Failed"]},
    ]
    found = ssm.describe_automation_executions(Filters=filters)["AutomationExecutionMetadataList"]
    assert [each["AutomationExecutionId"] for each in found] == [execution["AutomationExecutionId"]]
    pages = ssm.get_paginator("describe_automation_step_executions").paginate(
        AutomationExecutionId=execution["AutomationExecutionId"], PaginationConfig={"PageSize": 1}
    )
    assert [step["StepName"] for page in pages for step in page["StepExecutions"]] == ["A", "B"]
