"""A conformance pack on the local AWS, deployed as docs/deploying.md says."""

from pathlib import Path
from typing import Any

import pytest

from demo import config
from demo.account import FAULTS, HOME, NO_FAULT
from demo.steps import Run
from deployment.pack.__main__ import write
from deployment.pack.options import Options
from deployment.pack.resource_names import FUNCTION, REMEDIATION_ROLE, RULES_ROLE
from deployment.pack.yaml_text import from_yaml
from localaws.server import LocalAws
from tests.e2e.packs import (
    BUCKETS,
    deploy_stack,
    make_code_bucket,
    put_pack,
    template,
    upload_code,
    upload_template,
)


@pytest.fixture
def built(run: Run, tmp_path: Path) -> Path:
    """Make the account, and return the folder of a pack without remediation."""
    run.make_account()
    folder = tmp_path / "pack"
    write(run.work / "rules", folder, Options())
    return folder


def prepare(run: Run, folder: Path, region: str) -> None:
    """Deploy what the pack needs to a region; the roles are created in the home region only."""
    cloudformation = run.client("cloudformation", region)
    make_code_bucket(cloudformation, run.client("s3", region), region, folder)
    deploy_stack(
        cloudformation,
        "alarmchain-prerequisites",
        template(folder, "prerequisites.yaml"),
        CodeBucketPrefix=BUCKETS,
        RolesRegion=HOME,
    )


def verdicts(run: Run, region: str) -> dict[str, config.Verdict]:
    """Evaluate the pack's rules, and return the verdicts by the rules' names without suffix."""
    run.aws.settle()  # a function may still run when its verdict is there
    client = run.client("config", region)
    names = [rule["ConfigRuleName"] for rule in client.describe_config_rules()["ConfigRules"]]
    evaluated = config.evaluate(client, names, region)
    return {verdict.rule.partition("-conformance-pack-")[0]: verdict for verdict in evaluated}


def test_from_an_empty_account_to_verdicts(run: Run, built: Path) -> None:
    """In each region the pack's rules have the same verdicts as rules that RDK deploys."""
    for region in run.regions:
        prepare(run, built, region)
        put_pack(run, region, template(built, "conformance-pack.yaml"))
        reported = verdicts(run, region)
        assert sorted(reported) == sorted(run.rules)
        for rule, verdict in reported.items():
            fault = FAULTS.get(rule, NO_FAULT)
            assert (verdict.compliance == "COMPLIANT") is (fault.description is None), verdict
            assert fault.named in verdict.annotation
    # tests/e2e/test_role.py checks that the role allows no more than the functions need.
    principals = {call.principal for call in run.aws.calls if call.operation == "PutEvaluations"}
    assert principals == {f"role/{RULES_ROLE}"}


def test_parameters_arrive_and_code_changes(run: Run, built: Path) -> None:
    """A parameter of PutConformancePack reaches its rule only; changed code gets a new key."""
    prepare(run, built, HOME)
    put_pack(
        run,
        HOME,
        template(built, "conformance-pack.yaml"),
        CMKChangesAlarmName="no such alarm",
    )
    reported = verdicts(run, HOME)
    assert "no such alarm" in reported["CMKChanges"].annotation
    assert reported["ConfigChanges"].compliance == "COMPLIANT"

    before = code(run)
    control = run.work / "rules" / "CMKChanges" / "control.toml"
    control.write_text(control.read_text() + "# changed\n")
    write(run.work / "rules", built, Options())
    upload_code(run.client("s3", HOME), f"{BUCKETS}-{HOME}", built)
    deploy_stack(
        run.client("cloudformation", HOME),
        "alarmchain-prerequisites",
        template(built, "prerequisites.yaml"),
        CodeBucketPrefix=BUCKETS,
        RolesRegion=HOME,
    )
    assert code(run).keys() == before.keys() == {FUNCTION}
    assert code(run) != before


@pytest.mark.long
def test_all_rules_with_automatic_remediation(local_aws: LocalAws, tmp_path: Path) -> None:
    """The largest pack fits into a request; one function gives each of its rules its verdict."""
    run = Run(local_aws, tmp_path / "run", "one-region", rules=())
    run.make_account()
    folder = tmp_path / "pack"
    topic = f"arn:aws:sns:{HOME}:{run.account}:alerts"
    options = Options("automatic", account=run.account, values={"RemediationTopicArn": topic})
    write(run.work / "rules", folder, options, "cis-5.0")
    cloudformation, s3 = run.client("cloudformation", HOME), run.client("s3", HOME)
    make_code_bucket(cloudformation, s3, HOME, folder)
    body = upload_template(s3, f"{BUCKETS}-{HOME}", template(folder, "prerequisites.yaml"))
    deploy_stack(cloudformation, "alarmchain-prerequisites", body, CodeBucketPrefix=BUCKETS)
    put_pack(run, HOME, template(folder, "conformance-pack.yaml"))
    assert code(run).keys() == {FUNCTION}
    run.aws.settle()
    client = run.client("config", HOME)
    names = [rule["ConfigRuleName"] for rule in client.describe_config_rules()["ConfigRules"]]
    # One after the other: together they could run out of time on a busy machine.
    found = [verdict for name in names for verdict in config.evaluate(client, [name], HOME)]
    words = {one.rule.partition("-conformance-pack-")[0]: one.compliance for one in found}
    assert words.keys() == set(run.rules)
    faulty = {rule for rule, fault in FAULTS.items() if fault.description}
    assert {rule for rule, word in words.items() if word != "COMPLIANT"} == faulty


def test_a_function_without_the_rules_control(run: Run, built: Path, tmp_path: Path) -> None:
    """A rule whose control the function lacks has a verdict that says so, and is never silent."""
    few = tmp_path / "few"
    write(run.work / "rules", few, Options(), names=["ConfigChanges"])
    prepare(run, few, HOME)
    put_pack(run, HOME, template(built, "conformance-pack.yaml"))
    for rule, verdict in verdicts(run, HOME).items():
        if rule == "ConfigChanges":
            assert verdict.compliance == "COMPLIANT"
        else:
            assert verdict.compliance == "NON_COMPLIANT"
            assert verdict.annotation == (
                f"UNKNOWN: parameter 'Control' is '{rule}'; name a control that this function has,"
                " or update the function; it has ConfigChanges"
            )


def code(run: Run) -> dict[str, str]:
    """Return the hash of each function's code."""
    functions: list[dict[str, Any]] = run.client("lambda", HOME).list_functions()["Functions"]
    return {function["FunctionName"]: function["CodeSha256"] for function in functions}


def test_the_stack_set_has_everything(run: Run, built: Path) -> None:
    """A stack of stack-set.yaml creates functions, roles and pack; its deletion removes them."""
    region = HOME
    client = run.client("cloudformation", region)
    make_code_bucket(client, run.client("s3", region), region, built)
    deploy_stack(client, "alarmchain", template(built, "stack-set.yaml"), CodeBucketPrefix=BUCKETS)
    assert sorted(verdicts(run, region)) == sorted(run.rules)
    client.delete_stack(StackName="alarmchain")
    run.aws.settle()
    assert run.client("config", region).describe_config_rules()["ConfigRules"] == []
    assert run.client("lambda", region).list_functions()["Functions"] == []


def test_a_packs_remediation_fixes_a_finding(run: Run, tmp_path: Path) -> None:
    """With REMEDIATION=manual, the remediation makes the rule COMPLIANT.

    It uses the pack's own role, which allows every call that it makes.
    """
    run.make_account()
    folder = tmp_path / "pack"
    write(run.work / "rules", folder, Options("manual", account=run.account))
    cloudformation, s3 = run.client("cloudformation", HOME), run.client("s3", HOME)
    make_code_bucket(cloudformation, s3, HOME, folder)
    body = upload_template(s3, f"{BUCKETS}-{HOME}", template(folder, "prerequisites.yaml"))
    deploy_stack(cloudformation, "alarmchain-prerequisites", body, CodeBucketPrefix=BUCKETS)
    put_pack(run, HOME, template(folder, "conformance-pack.yaml"))
    before = verdicts(run, HOME)["SecurityGroupChanges"]
    assert before.compliance == "NON_COMPLIANT"

    status = config.remediate(run.client("config", HOME), before.rule, run.account)
    assert status["State"] == "SUCCEEDED", status
    run.aws.settle()
    assert verdicts(run, HOME)["SecurityGroupChanges"].compliance == "COMPLIANT"

    called = set(run.aws.calls.actions(principal=f"role/{REMEDIATION_ROLE}"))
    stack = from_yaml(template(folder, "prerequisites.yaml"))
    (policy,) = stack["Resources"]["RemediationRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    assert "cloudwatch:PutMetricAlarm" in called
    assert called <= {action for statement in statements for action in statement["Action"]}


def test_without_the_functions_the_pack_fails(run: Run, built: Path) -> None:
    """AWS Config refuses a pack whose functions do not exist yet."""
    with pytest.raises(AssertionError, match="cannot be invoked"):
        put_pack(run, HOME, template(built, "conformance-pack.yaml"))
