"""The CloudFormation template: valid, as committed, and it closes findings as the documents do."""

import json
from typing import Any

import pytest
from cfnlint.api import lint_file

from alarmchain.control import Control
from alarmchain.remediation.template import text
from deployment.folders import CHECKOUT, rule_folders
from localaws import sns as local_sns
from tests.remediation.conftest import CONTROLS, Place
from tests.remediation.laying import ACCOUNT
from tests.remediation.test_runs import GROUP, encrypted, listened, made

FILE = CHECKOUT / "cloudformation" / "alarms.json"
EMAIL = "on-call@example.com"


def test_as_committed() -> None:
    """It has not drifted from the controls: `make remediation` writes it."""
    assert FILE.read_text() == text(Control.load(folder) for folder in rule_folders())


def test_cfn_lint() -> None:
    """Nothing to say, warnings included."""
    assert lint_file(FILE) == []


def deployed(place: Place, **parameters: str) -> dict[str, Any]:
    """The stack's resources by logical name."""
    cloudformation = place.client("cloudformation")
    given = {"LogGroupName": GROUP} | parameters
    cloudformation.create_stack(
        StackName="alarms",
        TemplateBody=FILE.read_text(),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
        ],
    )
    (stack,) = cloudformation.describe_stacks(StackName="alarms")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    items = cloudformation.list_stack_resources(StackName="alarms")["StackResourceSummaries"]
    # moto lists a resource whose condition is false, without its name.
    return {item["LogicalResourceId"]: item for item in items if item.get("LogicalResourceId")}


@pytest.mark.parametrize("calls", ["cis", "extended"])
def test_it_closes_every_finding(place: Place, calls: str) -> None:
    """With a confirmed e-mail every rule is COMPLIANT."""
    made(place)
    resources = deployed(place, NotificationEmail=EMAIL, CallList=calls, Suffix="-own")
    assert len(resources) == 3 + 2 * len(CONTROLS)
    assert {place.judge(rule)[0] for rule in CONTROLS} == {"NON_COMPLIANT"}
    (topic,) = place.standing()["topics"]
    place.client("sns").confirm_subscription(
        TopicArn=topic, Token=local_sns.confirmation_token(ACCOUNT, "us-east-1", EMAIL)
    )
    for rule in CONTROLS:
        compliance, annotation = place.judge(rule, CallList=calls)
        assert compliance == "COMPLIANT", annotation


def test_a_topic_of_ones_own(place: Place) -> None:
    """It is told, and no other is made; a record rings through to who listens."""
    made(place)
    topic, url = place.on_call()
    resources = deployed(place, TopicArn=topic)
    assert not {"Topic", "TopicPolicy", "Subscription"} & resources.keys()
    for rule, control in CONTROLS.items():
        assert place.judge(rule)[0] == "COMPLIANT"
        call = control.calls["cis"][0]
        place.call(call.event_source, call.event_name)
        assert place.told(url) == [control.names["AlarmName"]]


def test_an_encrypted_topic(place: Place) -> None:
    """Under the key that is given; its key lets CloudWatch publish, and all rules are content."""
    made(place)
    key = encrypted(place, lets_cloudwatch=True)
    deployed(place, KmsKeyId=key)
    ((arn, topic),) = place.standing()["topics"].items()
    assert topic["KmsMasterKeyId"] == key
    listened(place, arn)
    assert {place.judge(rule)[0] for rule in CONTROLS} == {"COMPLIANT"}


def test_the_document_reuses_what_the_template_made(place: Place) -> None:
    """The two roads make the same."""
    made(place)
    topic, _ = place.on_call()
    deployed(place, TopicArn=topic)
    for rule in CONTROLS:
        run = place.remediate(rule, TopicArn=topic)
        assert (run.status, run.result["Made"]) == ("Success", [])
        assert len(run.result["Reused"]) == 3


def test_the_names_are_the_published_ones() -> None:
    """As the runbooks have them, each with the suffix that is asked for."""
    body = json.loads(FILE.read_text())["Resources"]
    for rule, control in CONTROLS.items():
        properties = body[f"{rule}Alarm"]["Properties"]
        assert properties["AlarmName"] == {"Fn::Sub": control.names["AlarmName"] + "${Suffix}"}
        assert properties["Namespace"] == control.names["MetricNamespace"]
