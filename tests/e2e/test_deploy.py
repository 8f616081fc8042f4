"""Unmodified RDK deploys the rules to two regions of the local AWS, and reports its failures."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo import config
from demo.errors import DiffersError
from demo.steps import Run
from deployment.deploy import Target
from deployment.folders import rule_folders
from deployment.rdk import Run as Rdk
from deployment.rdk import rdk
from deployment.regions import REGION_SETS
from deployment.stack_body import stack_body
from deployment.stacks import Stack
from deployment.staging import stage

RULE = "ConfigChanges"
REMEDIATION = f"{RULE}-Remediation"


def stack_lines(lines: tuple[str, ...]) -> list[str]:
    """Return the lines that give a stack's state."""
    return [line for line in lines if ": stack is " in line]


def set_parameters(run: Run, **parameters: str) -> None:
    """Set the rule's parameters in parameters.json, as a user does before a deployment."""
    file = run.work / "rules" / RULE / "parameters.json"
    document = json.loads(file.read_text())
    optional = json.loads(document["Parameters"]["OptionalParameters"]) | parameters
    document["Parameters"]["OptionalParameters"] = json.dumps(optional)
    file.write_text(json.dumps(document))


def rdk_in(run: Run, region: str, *arguments: str) -> Rdk:
    """Run rdk in a staged copy of the run's rules."""
    folder = run.work / "by-hand"
    if not folder.exists():
        stage(rule_folders(run.work / "rules"), folder)
    environment = run.aws.child_environment(region, run.account)
    return rdk(region, arguments, folder, environment=environment)


def config_rule(run: Run, region: str) -> dict[str, Any]:
    """Return the Config rule as AWS Config describes it."""
    client = run.client("config", region)
    rules: list[dict[str, Any]] = client.describe_config_rules(ConfigRuleNames=[RULE])[
        "ConfigRules"
    ]
    (rule,) = rules
    return rule


def function(run: Run, region: str) -> dict[str, Any]:
    """Return the rule's Lambda function as Lambda describes it."""
    name = f"RDK-Rule-Function-{RULE}"
    configuration: dict[str, Any] = run.client("lambda", region).get_function(FunctionName=name)[
        "Configuration"
    ]
    return configuration


def stack(run: Run, region: str, name: str = RULE) -> str:
    """Return the body of a stack, as it was sent; by default that of the rule."""
    client = run.client("cloudformation", region)
    body = client.get_template(StackName=name)["TemplateBody"]
    return body if isinstance(body, str) else json.dumps(body, indent=2)


def make_code_bucket(run: Run, region: str) -> None:
    """Make the bucket that `rdk init` makes for the code."""
    place = {} if region == "us-east-1" else {"LocationConstraint": region}
    run.client("s3", region).create_bucket(
        Bucket=f"config-rule-code-bucket-{run.account}-{region}",
        **({"CreateBucketConfiguration": place} if place else {}),
    )


def test_deploy_redeploy_logs_undeploy(run: Run) -> None:
    """A second deployment updates parameters and code; the logs show the function's runs."""
    run.make_account()
    lines = run.deploy(RULE)
    assert stack_lines(lines) == [
        f"{name} in {region}: stack is CREATE_COMPLETE"
        for name in (RULE, REMEDIATION)
        for region in run.regions
    ]
    for region in run.regions:
        rule = config_rule(run, region)
        assert json.loads(rule.get("InputParameters") or "{}") == {}
        assert rule["Source"]["SourceDetails"] == [
            {
                "EventSource": "aws.config",
                "MessageType": "ScheduledNotification",
                "MaximumExecutionFrequency": "TwentyFour_Hours",
            }
        ]
        assert function(run, region)["Runtime"] == "python3.13"
        # `make build` measures the same body that RDK sends to CloudFormation.
        assert stack(run, region) == stack_body()
    code = {region: function(run, region)["CodeSha256"] for region in run.regions}

    set_parameters(run, CallList="extended")
    (run.work / "rules" / RULE / "control.toml").open("a").write("# changed\n")
    lines = run.deploy("--skip-init", RULE)
    assert stack_lines(lines) == [
        f"{name} in {region}: stack is UPDATE_COMPLETE"
        for name in (RULE, REMEDIATION)
        for region in run.regions
    ]
    for region in run.regions:
        rule = config_rule(run, region)
        assert json.loads(rule["InputParameters"]) == {"CallList": "extended"}
        # The remediation has the same parameters as the rule.
        made = json.loads(stack(run, region, REMEDIATION))["Resources"]["Document"]
        declared = made["Properties"]["Content"]["parameters"]
        assert declared["CallList"]["default"] == "extended"
        assert function(run, region)["CodeSha256"] != code[region]
        (verdict,) = config.evaluate(run.client("config", region), [RULE], region)
        assert verdict.compliance == "NON_COMPLIANT"
        assert "Delete" in verdict.annotation

    logs = rdk_in(run, run.regions[0], "logs", RULE, "--number", "20")
    assert logs.status == 0
    assert any("START RequestId" in line for line in logs.lines)

    assert run.undeploy()[-len(run.rules) * 2 :] == tuple(
        f"{rule} in {region}: no stack" for region in run.regions for rule in run.rules
    )


def test_plain_rdk_deploy(run: Run) -> None:
    """After `make build`, `rdk deploy` in the rules folder deploys a rule, which is evaluated."""
    run.make_account()
    run.build()
    region, rules = run.regions[0], run.work / "rules"
    environment = run.aws.child_environment(region, run.account)
    for command in (["init"], ["deploy", RULE]):
        done = rdk(region, command, rules, environment=environment)
        assert done.status == 0, done.lines
    assert stack(run, region) == stack_body()
    (verdict,) = config.evaluate(run.client("config", region), [RULE], region)
    assert verdict.rule == RULE


@pytest.mark.long
def test_functions_only(run: Run) -> None:
    """`rdk deploy --functions-only` makes one stack of all functions, and undeploys it."""
    run.make_account()
    run.build()
    region = run.regions[0]
    assert rdk_in(run, region, "init").status == 0
    deployed = rdk_in(run, region, "deploy", "--all", "--functions-only")
    assert deployed.status == 0, deployed.lines
    cloudformation = run.client("cloudformation", region)
    (stack,) = cloudformation.describe_stacks(StackName="RDK-Config-Rule-Functions")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    functions = run.client("lambda", region).list_functions()["Functions"]
    assert {item["FunctionName"] for item in functions} == {
        f"RDK-Rule-Function-{rule}" for rule in run.rules
    }
    assert {item["Handler"] for item in functions} == {
        f"{rule}.lambda_handler" for rule in run.rules
    }
    assert run.client("config", region).describe_config_rules()["ConfigRules"] == []
    undeployed = rdk_in(run, region, "undeploy", "--all", "--functions-only", "--force")
    assert undeployed.status == 0, undeployed.lines
    assert run.client("lambda", region).list_functions()["Functions"] == []


@pytest.mark.long
def test_rdks_own_region_sets(run: Run) -> None:
    """`rdk -f rdk-config.json --region-set default` deploys to the same regions."""
    run.make_account()
    run.build()
    region_file = ("-f", str(REGION_SETS), "--region-set", "default")
    for command in (["init"], ["deploy", RULE]):
        done = rdk_in(run, run.regions[0], *region_file, *command)
        assert done.status == 0, done.lines
    stacks = read_back(run)
    assert [str(stack) for stack in stacks] == [
        f"{RULE} in {region}: stack is CREATE_COMPLETE" for region in run.regions
    ]


def read_back(run: Run) -> list[Stack]:
    """Return the rule's stack in each region."""
    return [
        Stack(region, stack["StackName"], stack["StackStatus"])
        for region in run.regions
        for stack in run.client("cloudformation", region).describe_stacks()["Stacks"]
    ]


@pytest.mark.long
def test_test_local(run: Run) -> None:
    """`rdk test-local --all` runs each rule's scenarios, and they pass."""
    run.build()
    # In the rules' own folders: a staged copy has no tests.
    region = run.regions[0]
    environment = run.aws.child_environment(region, run.account)
    rules = run.work / "rules"
    tested = rdk(region, ("test-local", "--all"), rules, environment=environment)
    assert tested.status == 0, tested.lines
    assert [line for line in tested.lines if line.startswith("OK")] == ["OK"] * len(run.rules)
    for rule in run.rules:
        assert any(line.startswith("test_scenario_7") and rule in line for line in tested.lines)


def test_a_region_that_fails_fails_the_deployment(run: Run) -> None:
    """If one stack cannot be created, one line names it, and not the others."""
    run.make_account()
    for region in run.regions:
        make_code_bucket(run, region)
    broken, rest = run.regions[1], run.regions[0]
    run.aws.deny("cloudformation:CreateStack", region=broken)
    with pytest.raises(DiffersError, match=f"{RULE} in {broken}: no stack") as differs:
        run.deploy("--skip-init", RULE)
    assert "\n" not in str(differs.value)
    assert rest not in str(differs.value)


def test_a_stack_that_stays_fails_the_removal(run: Run) -> None:
    """A stack that RDK could not delete is named, even if RDK's exit status is 0."""
    kept = run.regions[0]
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    run.client("cloudformation", kept).create_stack(StackName=RULE, TemplateBody=json.dumps(topic))
    run.aws.deny("cloudformation:DeleteStack", region=kept)
    with pytest.raises(DiffersError, match=f"{RULE} in {kept}: stack is CREATE_COMPLETE"):
        run.undeploy()


@pytest.mark.long
def test_a_refused_init_stops_before_any_rule(run: Run) -> None:
    """If `rdk init` fails, nothing is deployed in any region."""
    run.make_account()
    run.aws.deny("s3:CreateBucket")
    with pytest.raises(DiffersError, match=f"rdk init failed in {run.regions[0]}"):
        run.deploy(RULE)
    for region in run.regions:
        assert run.client("cloudformation", region).describe_stacks()["Stacks"] == []


def test_refused_credentials(run: Run) -> None:
    """Refused credentials end the deployment with one line, before anything is staged."""
    run.aws.deny("sts:GetCallerIdentity")
    with pytest.raises(DiffersError, match="no usable AWS credentials"):
        run.deploy(RULE)
    assert not (run.work / "staged").exists()


def test_a_target_names_its_rules(tmp_path: Path) -> None:
    """The names of a target's folders are its rules."""
    target = Target(("us-east-1",), rule_folders(names=[RULE]), tmp_path)
    assert target.rules == (RULE,)
