"""The deployed rules make only the calls that iam/lambda-role.yaml allows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import config
from demo.account import HOME
from demo.steps import Run
from deployment.folders import CHECKOUT
from localaws.server import LocalAws
from tests.e2e.deployer import deployer
from tests.test_permissions import allowed_actions

ROLE = "alarmchain-rules"


@pytest.fixture(params=["one-region", pytest.param("default", marks=pytest.mark.long)])
def deployed(local_aws: LocalAws, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    """Deploy the rules with the role of iam/lambda-role.yaml and the listed permissions.

    The local AWS enforces IAM policies from the deployment on.
    """
    run = Run(local_aws, tmp_path / "run", request.param)
    run.make_account()
    run.client("cloudformation", HOME).create_stack(
        StackName="role",
        TemplateBody=(CHECKOUT / "iam" / "lambda-role.yaml").read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    run.credentials = deployer(run.aws)
    run.aws.behaviour.enforces_iam = True
    run.deploy("--lambda-role-name", ROLE)
    yield run
    run.aws.settle()


def test_the_rules_call_nothing_that_the_role_refuses(deployed: Run) -> None:
    """In every region each function assumes the role and makes only calls that it allows."""
    for region in deployed.regions:
        verdicts = config.evaluate(deployed.client("config", region), deployed.rules, region)
        assert not any(verdict.annotation.startswith("UNKNOWN") for verdict in verdicts)
        called = deployed.aws.calls.actions(principal=f"role/{ROLE}*", region=region)
        assert "config:PutEvaluations" in called
    called = deployed.aws.calls.actions(principal=f"role/{ROLE}*")
    # The chain was followed to its end, so every link's calls are in the list.
    assert {"cloudtrail:DescribeTrails", "sns:ListSubscriptionsByTopic"} <= set(called)
    assert set(called) - allowed_actions() == set()
    # No other role was assumed, so RDK created none with ReadOnlyAccess.
    assert [call for call in deployed.aws.calls if "rdkLambdaRole" in call.principal] == []


@pytest.mark.long
def test_deployment_with_the_listed_permissions(run: Run) -> None:
    """The permissions of docs/operating.md are enough to deploy, with RDK's roles, and undeploy."""
    run.make_account()
    run.credentials = deployer(run.aws)
    run.aws.behaviour.enforces_iam = True
    run.deploy()
    run.undeploy()
