"""The least-privilege role at work: what the deployed rules call, by the local AWS's record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import config
from demo.account import HOME
from demo.steps import Run
from deployment.folders import CHECKOUT
from localaws.server import LocalAws
from tests.test_permissions import allowed_actions

ROLE = "alarmchain-rules"


@pytest.fixture(params=["one-region", pytest.param("default", marks=pytest.mark.long)])
def deployed(local_aws: LocalAws, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    """The four rules, deployed with the role of iam/lambda-role.yaml."""
    run = Run(local_aws, tmp_path / "run", request.param)
    run.make_account()
    run.client("cloudformation", HOME).create_stack(
        StackName="role",
        TemplateBody=(CHECKOUT / "iam" / "lambda-role.yaml").read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    run.deploy("--lambda-role-name", ROLE)
    yield run
    run.aws.settle()


def test_the_rules_call_nothing_that_the_role_refuses(deployed: Run) -> None:
    """In every region each Lambda takes the role and makes only calls that it allows."""
    for region in deployed.regions:
        config.evaluate(deployed.client("config", region), deployed.rules, region)
        called = deployed.aws.calls.actions(principal=f"role/{ROLE}*", region=region)
        assert "config:PutEvaluations" in called
    called = deployed.aws.calls.actions(principal=f"role/{ROLE}*")
    # The chain was walked to its end, so this is a record of every link's calls.
    assert {"cloudtrail:DescribeTrails", "sns:ListSubscriptionsByTopic"} <= set(called)
    assert set(called) - allowed_actions() == set()
    # No other role was taken: RDK made none with ReadOnlyAccess.
    assert [call for call in deployed.aws.calls if "rdkLambdaRole" in call.principal] == []
