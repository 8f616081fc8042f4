"""The CloudFormation template is valid and up to date, and closes each rule's finding."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cfnlint.api import lint_file

from alarmchain.control import Call, Control
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict, prove
from alarmchain.remediation.template import template, text
from deployment.folders import CHECKOUT, rule_folders
from localaws import sns as local_sns
from tests.real_records import real_records
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import GROUP, make_key, make_trail, subscribe_listener

FILE = CHECKOUT / "cloudformation" / "alarms.json"
EMAIL = "on-call@example.com"


def test_as_committed() -> None:
    """The template is what `make remediation` writes from the controls."""
    assert FILE.read_text() == text(Control.load(folder) for folder in rule_folders())


def test_cfn_lint() -> None:
    """cfn-lint reports no error and no warning."""
    assert lint_file(FILE) == []


def deployed(local_account: LocalAccount, **parameters: str) -> dict[str, Any]:
    """Deploy the template, and return the stack's resources by logical ID."""
    cloudformation = local_account.client("cloudformation")
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
    # moto also lists resources whose condition is false, but without a logical ID.
    return {item["LogicalResourceId"]: item for item in items if item.get("LogicalResourceId")}


@pytest.mark.parametrize("calls", [pytest.param("cis", marks=pytest.mark.long), "extended"])
def test_it_closes_every_finding(local_account: LocalAccount, calls: str) -> None:
    """Every rule is COMPLIANT once the e-mail address is confirmed."""
    make_trail(local_account)
    resources = deployed(local_account, NotificationEmail=EMAIL, CallList=calls, Suffix="-own")
    filters = [f"{rule}Filter" for rule in CONTROLS]
    alarms = [f"{rule}Alarm" for rule in CONTROLS]
    topic = ["Topic", "TopicPolicy", "Subscription"]
    further = {name for name in resources if name[:-1] in filters} if calls == "extended" else set()
    assert set(resources) - further == {*filters, *alarms, *topic}
    assert {local_account.evaluate(rule)[0] for rule in CONTROLS} == {"NON_COMPLIANT"}
    (topic,) = local_account.resources()["topics"]
    local_account.client("sns").confirm_subscription(
        TopicArn=topic, Token=local_sns.confirmation_token(ACCOUNT, "us-east-1", EMAIL)
    )
    for rule in CONTROLS:
        compliance, annotation = local_account.evaluate(rule, CallList=calls)
        assert compliance == "COMPLIANT", annotation


def test_a_topic_of_ones_own(local_account: LocalAccount) -> None:
    """The template uses the given topic and makes no other; each rule's record notifies."""
    make_trail(local_account)
    topic, url = local_account.on_call()
    resources = deployed(local_account, TopicArn=topic)
    assert not {"Topic", "TopicPolicy", "Subscription"} & resources.keys()
    for rule, control in CONTROLS.items():
        assert local_account.evaluate(rule)[0] == "COMPLIANT"
        local_account.deliver(real_records(control)[-1])
        assert local_account.notified_alarms(url) == [control.names["AlarmName"]]


def test_an_encrypted_topic(local_account: LocalAccount) -> None:
    """With a key, the topic is encrypted, and every rule except CMKChanges is COMPLIANT."""
    make_trail(local_account)
    key = make_key(local_account, lets_cloudwatch=True)
    deployed(local_account, KmsKeyId=key)
    ((arn, topic),) = local_account.resources()["topics"].items()
    assert topic["KmsMasterKeyId"] == key
    subscribe_listener(local_account, arn)
    found = {rule: local_account.evaluate(rule) for rule in CONTROLS}
    failed = {rule: found[rule][1] for rule in found if found[rule][0] != "COMPLIANT"}
    # Disabling the topic's key also stops its notification: CMKChanges needs another topic.
    assert list(failed) == ["CMKChanges"]
    assert "add a topic without this key" in failed["CMKChanges"]


def test_the_document_reuses_what_the_template_made(local_account: LocalAccount) -> None:
    """The remediation uses everything that the template made, and makes nothing new."""
    make_trail(local_account)
    topic, _ = local_account.on_call()
    deployed(local_account, TopicArn=topic)
    for rule in CONTROLS:
        run = local_account.remediate(rule, TopicArn=topic)
        assert (run.status, run.result["Made"]) == ("Success", [])
        assert len(run.result["Reused"]) == 3


def test_the_names_are_the_published_ones() -> None:
    """Each alarm and namespace has the runbooks' name, and the alarm also the chosen suffix."""
    body = json.loads(FILE.read_text())["Resources"]
    for rule, control in CONTROLS.items():
        properties = body[f"{rule}Alarm"]["Properties"]
        assert properties["AlarmName"] == {"Fn::Sub": control.names["AlarmName"] + "${Suffix}"}
        assert properties["Namespace"] == control.names["MetricNamespace"]


def test_many_calls() -> None:
    """Calls that do not fit into one pattern get further filters for the extended list only."""
    control = CONTROLS["CMKChanges"]
    many = tuple(Call(f"service{number}.amazonaws.com", "Change") for number in range(30))
    calls = {**control.calls, "extended": many}
    resources = template([replace(control, calls=calls)])["Resources"]
    filters = {name: item for name, item in resources.items() if "Filter" in name}
    assert list(filters) == ["CMKChangesFilter", "CMKChangesFilter2", "CMKChangesFilter3"]
    assert [item.get("Condition") for item in filters.values()] == [None, "Extended", "Extended"]
    assert [item["Properties"]["FilterName"]["Fn::Sub"] for item in filters.values()] == [
        "AWSCMKChanges${Suffix}",
        "AWSCMKChanges${Suffix}-2",
        "AWSCMKChanges${Suffix}-3",
    ]
    first, second, third = (item["Properties"]["FilterPattern"] for item in filters.values())
    assert first["Fn::If"][2] == control.cis_pattern
    assert max(len(first["Fn::If"][1]), len(second), len(third)) <= 1024


def test_a_list_cis_that_needs_several_filters() -> None:
    """The filters that the template makes for a list match every call of the list."""
    numbered = [Call("ec2.amazonaws.com", f"ACallWithALongName{number}") for number in range(60)]
    calls = {"cis": tuple(numbered[:30]), "extended": tuple(numbered[30:])}
    rule = replace(CONTROLS["CMKChanges"], calls=calls, cis_pattern="")
    resources = template([rule])["Resources"]
    filters = [item for name, item in resources.items() if "Filter" in name]
    assert [item.get("Condition") for item in filters] == [None, None, "Extended"]
    texts = [item["Properties"]["FilterPattern"] for item in filters]
    made = {
        "extended": [text if isinstance(text, str) else text["Fn::If"][1] for text in texts],
        "cis": [text if isinstance(text, str) else text["Fn::If"][2] for text in texts[:2]],
    }
    for call_list, patterns in made.items():
        assert max(map(len, patterns)) <= 1024
        classes = Parameters(call_list=call_list).required_classes(rule, region=None, account=None)
        assert len(classes) == {"cis": 30, "extended": 60}[call_list]
        parsed = [parse(text) for text in patterns]
        assert all(prove(parsed, each).verdict is Verdict.COVERED for each in classes.values())
