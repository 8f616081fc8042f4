"""docs/remediation.md: its parameters, steps and commands are correct."""

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore import xform_name

from alarmchain.remediation.document import document
from deployment.folders import CHECKOUT, rule_folders
from deployment.remediation import RemediationChoice, remediation_body
from localaws import sns as local_sns
from tests.remediation.account_setup import ACCOUNT
from tests.remediation.local_account import CONTROLS, ROLE, LocalAccount, content
from tests.remediation.scenario import HOME, RULE, is_compliant, make_trail, trail

GUIDE = (CHECKOUT / "docs" / "remediation.md").read_text()
COMMANDS = [line for line in GUIDE.splitlines() if re.match(r"(aws|make) ", line)]


def test_parameters_and_steps() -> None:
    """The guide lists exactly the parameters and the steps of the document."""
    ssm_document = document(CONTROLS[RULE])
    section = GUIDE.split("## Parameters")[1].split("## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(ssm_document["parameters"])
    steps = re.findall(r"^\| `(\w+)` \| ", GUIDE.split("## Parameters")[0], re.MULTILINE)
    assert steps == [step["name"] for step in ssm_document["mainSteps"]]


@dataclass(frozen=True)
class Call:
    """A command of the AWS CLI, as a call of the service's API."""

    service: str
    operation: str
    region: str
    arguments: dict[str, Any]


def read(command: str) -> Call:
    """Return the API call of a command.

    Raises KeyError for an option that the API does not have, ValueError for a bad value.
    """
    _, service, operation, *rest = shlex.split(command)
    name = {"configservice": "config"}.get(service, service)
    model = boto3.client(name, region_name="us-east-1").meta.service_model
    (api,) = [one for one in model.operation_names if _cli(one) == operation]
    shape = model.operation_model(api).input_shape
    members = {_cli(member): (member, kind) for member, kind in shape.members.items()}
    # The CLI's name of this option differs from the API's name.
    members |= {"notification-endpoint": members["endpoint"]} if operation == "subscribe" else {}
    options: dict[str, list[str]] = {}
    for word in rest:
        if word.startswith("--"):
            values = options.setdefault(word[2:], [])
        else:
            values.append(word)
    options.pop("query", None)
    region = options.pop("region")[0]
    arguments = {}
    for option, values in options.items():
        member, kind = members[option]
        arguments[member] = typed(kind, values)
    return Call(name, xform_name(api), region, arguments)


def file_text(name: str) -> str:
    """Return a file of the checkout, or remediation.json as `make remediation` writes it."""
    if name == f"rules/{RULE}/remediation.json":
        return content(RULE)
    return (CHECKOUT / name).read_text()


def typed(kind: Any, values: list[str]) -> Any:
    """Return an option's values, which are in the CLI's shorthand, with the API's types."""
    if kind.type_name == "boolean":
        return not values or values == ["true"]
    if kind.type_name == "list":
        return [typed(kind.member, [one]) for one in values]
    (text,) = values
    if kind.type_name == "structure":
        parts = dict(part.split("=", 1) for part in text.split(","))
        return {name: typed(kind.members[name], [value]) for name, value in parts.items()}
    if kind.type_name == "map":
        parts = dict(part.split("=", 1) for part in text.split(","))
        return {name: typed(kind.value, [value]) for name, value in parts.items()}
    if text.startswith("file://"):
        return file_text(text.removeprefix("file://"))
    numbers = {"integer": int, "float": float, "double": float}
    return numbers.get(kind.type_name, str)(text)


AWS = [command for command in COMMANDS if command.startswith("aws ")]
API = [command for command in AWS if not command.startswith("aws cloudformation deploy ")]


@pytest.mark.parametrize("command", API, ids=lambda text: " ".join(text.split()[:3]))
def test_commands(command: str) -> None:
    """Each command of the guide is one of the AWS CLI, with options and values of the API."""
    call = read(command)
    assert call.region == "us-east-1"
    ours = call.arguments.get("ConfigRuleName", RULE), *call.arguments.get("ConfigRuleNames", [])
    assert set(ours) == {RULE}


def test_the_templates() -> None:
    """The commands name template files of the checkout, and set every required parameter."""
    role, alarms = [shlex.split(command) for command in AWS if command not in API]
    assert CHECKOUT / role[role.index("--template-file") + 1] == ROLE
    assert role[-2:] == ["--capabilities", "CAPABILITY_NAMED_IAM"]
    file = alarms[alarms.index("--template-file") + 1]
    declared = json.loads((CHECKOUT / file).read_text())["Parameters"]
    given = dict(one.split("=") for one in alarms[alarms.index("--parameter-overrides") + 1 :])
    assert {name for name, one in declared.items() if "Default" not in one} <= given.keys()
    for name, value in given.items():
        assert re.fullmatch(declared[name]["AllowedPattern"], value)


MAKE = [command for command in COMMANDS if command.startswith("make deploy ")]


@pytest.mark.parametrize("command", MAKE)
def test_make_deploy(command: str) -> None:
    """Each command is accepted, and the remediation is automatic only if the command says so."""
    (folder,) = rule_folders(names=[RULE])
    given = dict(word.split("=", 1) for word in shlex.split(command)[2:])
    values = dict([given["PARAMETERS"].split("=", 1)] if "PARAMETERS" in given else [])
    choice = RemediationChoice(given["REMEDIATION"], values)
    if choice.kind != "none":
        made = json.loads(remediation_body(folder, choice))["Resources"]["Remediation"]
        assert made["Properties"]["Automatic"] is (choice.kind == "automatic")


def run(local_account: LocalAccount, section: str) -> list[Any]:
    """Run the commands of a section in order, and return the answers."""
    text = GUIDE.split(section)[1].split("\n## ")[0].split("\n### ")[0]
    calls = [read(line) for line in text.splitlines() if line in API]
    return [
        getattr(local_account.client(call.service, call.region), call.operation)(**call.arguments)
        for call in calls
        # This account has no Config rule; the test itself evaluates the rule.
        if call.service != "config"
    ]


def test_by_hand(local_account: LocalAccount) -> None:
    """The commands close the finding once the subscription is confirmed."""
    make_trail(local_account, trail("management-events"))
    answers = run(local_account, "\n### AWS CLI\n")
    (topic,) = [one["TopicArn"] for one in answers if "TopicArn" in one]
    assert not is_compliant(local_account)
    local_account.client("sns").confirm_subscription(
        TopicArn=topic,
        Token=local_sns.confirmation_token(ACCOUNT, HOME, "on-call@example.com"),
    )
    assert is_compliant(local_account)
    again = local_account.remediate(RULE)
    assert (again.status, again.result["Made"]) == ("Success", [])


def test_without_the_rule(local_account: LocalAccount) -> None:
    """SSM accepts the document, and the documented dry run succeeds with the role."""
    make_trail(local_account)
    local_account.role()
    before = local_account.resources()
    *_, started = run(local_account, "\n### Without the rule\n")
    local_account.aws.settle()
    execution = local_account.client("ssm").get_automation_execution(
        AutomationExecutionId=started["AutomationExecutionId"]
    )["AutomationExecution"]
    assert execution["AutomationExecutionStatus"] == "Success"
    assert local_account.resources() == before


def _cli(name: str) -> str:
    return str(xform_name(name, "-"))


def test_the_table_of_faults_is_near() -> None:
    """The guide links to docs/remediation-faults.md, and the page exists."""
    assert (CHECKOUT / "docs" / "remediation-faults.md").exists()
    assert "(remediation-faults.md)" in GUIDE
