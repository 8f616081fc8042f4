"""SSM Automation: documents run step by step and report as AWS does."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock
from localaws.server import LocalAws
from tests.localaws.builders import code_of, trust


def script(code: str, **more: Any) -> Any:
    """Return an executeScript step's action and inputs; ``payload`` is its InputPayload."""
    inputs = {
        "Runtime": "python3.11",
        "Handler": "script_handler",
        "Script": textwrap.dedent(code),
        "InputPayload": more.pop("payload", {}),
    }
    return {"action": "aws:executeScript", "inputs": inputs} | more


def api(service: str, operation: str, /, outputs: Any = (), **inputs: Any) -> Any:
    """Return an executeAwsApi step's action and inputs."""
    return {
        "action": "aws:executeAwsApi",
        "inputs": {"Service": service, "Api": operation} | inputs,
        "outputs": [
            {"Name": name, "Selector": selector, "Type": kind} for name, selector, kind in outputs
        ],
    }


def branch(choices: Any, **more: Any) -> Any:
    """Return a branch step."""
    return {"action": "aws:branch", "inputs": {"Choices": choices} | more}


OK = script("def script_handler(events, context): return 1")
FAILS = script("def script_handler(events, context): raise ValueError('broken')")


@pytest.fixture
def run(local_aws: LocalAws) -> Any:
    """Return a function that runs steps and returns the finished AutomationExecution."""
    ssm = local_aws.client("ssm")

    def run(
        steps: dict[str, Any], parameters: Any = None, values: Any = None, **document: Any
    ) -> Any:
        content = {
            "schemaVersion": "0.3",
            "parameters": parameters or {},
            "mainSteps": [{"name": name} | step for name, step in steps.items()],
        } | document
        name = f"document-{len(ssm.list_documents()['DocumentIdentifiers'])}"
        ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Automation")
        started = ssm.start_automation_execution(DocumentName=name, Parameters=values or {})
        local_aws.settle()
        identifier = started["AutomationExecutionId"]
        return ssm.get_automation_execution(AutomationExecutionId=identifier)["AutomationExecution"]

    return run


def statuses(execution: Any) -> dict[str, str]:
    """Return the status of each step by name."""
    return {step["StepName"]: step["StepStatus"] for step in execution["StepExecutions"]}


def test_script_input_and_payload(run: Any) -> None:
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
    payload = json.loads(execution["Outputs"]["Tell.Payload"][0])
    assert payload == {"text": "7 in us-east-1", "list": ["a", "b"]}
    assert execution["Outputs"]["Add.Total"] == ["7"]


def test_script_calls_aws_as_the_assumed_role(run: Any, local_aws: LocalAws) -> None:
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


def test_script_without_a_role_has_no_credentials(run: Any) -> None:
    """Without assumeRole a script runs, but cannot call AWS; other actions use the caller's key."""
    execution = run(
        {
            "Add": script("def script_handler(events, context): return 1 + 1"),
            "List": api("sns", "list_topics"),
            "Call": script(
                """
                import boto3
                def script_handler(events, context):
                    boto3.client("sns").list_topics()
                """
            ),
        }
    )
    assert statuses(execution) == {"Add": "Success", "List": "Success", "Call": "Failed"}
    assert "NoCredentialsError - Unable to locate credentials" in execution["FailureMessage"]


def test_script_runs_on_the_runtimes_boto3(run: Any, local_aws: LocalAws, tmp_path: Path) -> None:
    """A script can get another boto3 than the installed one."""
    (tmp_path / "boto3").mkdir()
    (tmp_path / "boto3" / "__init__.py").write_text("__version__ = '1.34.0'")
    local_aws.behaviour.runtime_packages = str(tmp_path)
    version = "import boto3\ndef script_handler(events, context): return boto3.__version__"
    execution = run({"Read": script(version) | {"outputs": [VERSION]}}, outputs=["Read.Version"])
    assert execution["Outputs"] == {"Read.Version": ["1.34.0"]}


VERSION = {"Name": "Version", "Selector": "$.Payload", "Type": "String"}


@pytest.mark.parametrize("code", ["import yaml", "import moto", "import alarmchain"])
def test_only_modules_of_automation_can_be_imported(run: Any, code: str) -> None:
    """A script cannot import packages that are installed with the local AWS."""
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
def test_failing_steps(run: Any, step: Any, status: str, message: str) -> None:
    """A failing step has the reason in its FailureMessage, and the execution fails."""
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
def test_flow(run: Any, steps: Any, each: Any, whole: Any) -> None:
    """onFailure, isCritical, nextStep and isEnd decide the order of the steps."""
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
def test_branch(run: Any, choice: Any, value: Any, met: Any) -> None:
    """A branch goes to the step of its first choice that is met, or to its Default."""
    steps = {
        "Ask": branch([choice | {"NextStep": "Yes"}], Default="No"),
        "Yes": api("sns", "ListTopics") | {"isEnd": True},
        "No": api("sns", "ListTopics") | {"isEnd": True},
    }
    execution = run(steps, {"P": {"type": "String"}}, {"P": [value]})
    assert (statuses(execution)["Yes"] == "Success") == met
    assert (statuses(execution)["No"] == "Success") == (not met)


@pytest.mark.parametrize(("desired", "status"), [("mine", "Success"), ("other", "Failed")])
def test_assert_property(run: Any, local_aws: LocalAws, desired: Any, status: str) -> None:
    """An assertion passes only for a desired value."""
    arn = local_aws.client("sns").create_topic(Name="t", Attributes={"DisplayName": "mine"})
    step = api("sns", "GetTopicAttributes", TopicArn=arn["TopicArn"]) | {
        "action": "aws:assertAwsResourceProperty"
    }
    step["inputs"] |= {
        "PropertySelector": "$.Attributes.DisplayName",
        "DesiredValues": [desired],
    }
    assert run({"Check": step})["AutomationExecutionStatus"] == status


def test_attempts(run: Any, local_aws: LocalAws) -> None:
    """maxAttempts repeats a failing step."""
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
def test_parameters_are_enforced(run: Any, slot: dict[str, Any], values: Any, message: str) -> None:
    """A wrong parameter is refused before any step runs, with its name and value."""
    with pytest.raises(ClientError) as caught:
        run({"A": OK}, {"P": slot}, {"P": values} if values else {})
    assert caught.value.response["Error"]["Code"] == "InvalidAutomationExecutionParametersException"
    assert message in caught.value.response["Error"]["Message"]


def test_content_is_checked_at_creation(local_aws: LocalAws) -> None:
    """Invalid content is refused by CreateDocument and UpdateDocument, as on AWS."""
    ssm = local_aws.client("ssm")
    good = {"schemaVersion": "0.3", "mainSteps": [{"name": "A"} | OK]}
    bad = {"schemaVersion": "0.3", "mainSteps": [{"name": "A", "nextStep": "Nowhere"} | OK]}
    document = {"Name": "document", "DocumentType": "Automation"}
    contents: list[Any] = [bad, {"schemaVersion": "0.3"}, []]
    for content in contents:
        code = code_of(ssm.create_document, Content=json.dumps(content), **document)
        assert code == "InvalidDocumentContent"
    ssm.create_document(Content=json.dumps(good), **document)
    update = {"Name": "document", "DocumentVersion": "$LATEST"}
    code = code_of(ssm.update_document, Content=json.dumps(bad), **update)
    assert code == "InvalidDocumentContent"


def test_new_role_cannot_be_used_at_once(run: Any, local_aws: LocalAws) -> None:
    """A role can be assumed only some time after its creation."""
    local_aws.behaviour.role_delay = 10
    iam = local_aws.client("iam")
    arn = iam.create_role(RoleName="new", AssumeRolePolicyDocument=trust("ssm"))["Role"]["Arn"]
    arguments = ({"A": OK}, {"Role": {"type": "String"}}, {"Role": [arn]})
    with pytest.raises(ClientError, match="unable to be assumed"):
        run(*arguments, assumeRole="{{ Role }}")
    Clock.advance(10)
    assert run(*arguments, assumeRole="{{ Role }}")["AutomationExecutionStatus"] == "Success"


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
def test_documents_that_cannot_run(run: Any, steps: Any, message: str) -> None:
    """A document that the local AWS cannot run is refused at its start, with the reason."""
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
def test_role_must_be_assumable(run: Any, role: Any, message: str) -> None:
    """The role must exist and trust SSM."""
    with pytest.raises(ClientError, match=message):
        run({"A": OK}, {"Role": {"type": "String"}}, {"Role": [role]}, assumeRole="{{ Role }}")


def test_unknown_document_and_execution(local_aws: LocalAws) -> None:
    """A missing document or execution has AWS's error code."""
    ssm = local_aws.client("ssm")
    with pytest.raises(ssm.exceptions.AutomationDefinitionNotFoundException):
        ssm.start_automation_execution(DocumentName="nothing")
    with pytest.raises(ssm.exceptions.AutomationExecutionNotFoundException):
        ssm.get_automation_execution(AutomationExecutionId="0" * 36)


def test_executions_are_listed(run: Any, local_aws: LocalAws) -> None:
    """Executions can be found by document and status, and their steps paged."""
    execution = run({"A": OK, "B": FAILS})
    ssm = local_aws.client("ssm")
    filters = [
        {"Key": "DocumentNamePrefix", "Values": ["document-"]},
        {"Key": "ExecutionStatus", "Values": ["Failed"]},
    ]
    response = ssm.describe_automation_executions(Filters=filters)[
        "AutomationExecutionMetadataList"
    ]
    assert [each["AutomationExecutionId"] for each in response] == [
        execution["AutomationExecutionId"]
    ]
    pages = ssm.get_paginator("describe_automation_step_executions").paginate(
        AutomationExecutionId=execution["AutomationExecutionId"], PaginationConfig={"PageSize": 1}
    )
    assert [step["StepName"] for page in pages for step in page["StepExecutions"]] == ["A", "B"]
