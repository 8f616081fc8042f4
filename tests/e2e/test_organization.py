"""Central functions with rules in every account: the organization pack and deploy-organization."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo import config
from demo.account import FAULTS, HOME, make_account, turn_on_config
from demo.steps import Run
from deployment.folders import rule_folders
from deployment.pack.__main__ import write
from deployment.pack.options import Options
from deployment.pack.resource_names import FUNCTION, MEMBER_ROLE, RULES_ROLE
from deployment.rdk import Run as Rdk
from deployment.rdk import rdk
from deployment.staging import stage
from tests.e2e.packs import BUCKETS, deploy_stack, make_code_bucket, template

RULES = ("ConfigChanges",)
"""The rules that RDK deploys here; one is enough, because each takes some seconds.

ConfigChanges is compliant only in the watched account.
"""
MULTI_ACCOUNT = "config-multiaccountsetup.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Organization:
    """Four accounts, each with AWS Config turned on.

    `central` administers AWS Config for the others. `watched` has the demo's trail and alarms.
    `bare` has nothing.
    """

    run: Run
    identifier: str
    management: str
    central: str
    watched: str
    bare: str
    pack: Path

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the ids of all four accounts."""
        return (self.management, self.central, self.watched, self.bare)

    def client(self, service: str, account: str) -> Any:
        """Return a client of the account."""
        return self.run.aws.client(service, HOME, account)

    def clients(self, account: str) -> Callable[[str, str], Any]:
        """Return a function that returns a client of the account for a service and a region."""
        return lambda service, region: self.run.aws.client(service, region, account)

    def verdicts(self, account: str, *rules: str) -> dict[str, config.Verdict]:
        """Evaluate these rules of an account, and return the verdicts by the rules' own names."""
        self.run.aws.settle()  # a function may still run when its verdict is there
        client = self.client("config", account)
        deployed = client.describe_config_rules()["ConfigRules"]
        names = [rule["ConfigRuleName"] for rule in deployed]
        names = [name for name in names if own_name(name) in rules]
        return {own_name(verdict.rule): verdict for verdict in config.evaluate(client, names, HOME)}


def own_name(rule: str) -> str:
    """Return a rule's name without the prefix and suffix of AWS Config."""
    match = re.fullmatch(r"(?:OrgConfigRule-)?(\w+?)-.*", rule)
    assert match, rule
    return match[1]


@pytest.fixture
def organization(run: Run, tmp_path: Path) -> Organization:
    """Return an organization with the roles of members and functions that `make pack` writes."""
    client = run.client("organizations", HOME)
    identifier = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    central, watched, bare = (
        client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        for name in ("central", "watched", "bare")
    )
    client.register_delegated_administrator(AccountId=central, ServicePrincipal=MULTI_ACCOUNT)
    pack = tmp_path / "pack"
    write(run.work / "rules", pack, Options(central=central))
    made = Organization(run, identifier, run.account, central, watched, bare, pack)
    make_account(made.clients(watched), watched, [HOME], run.controls)
    for account in made.accounts:
        if account != watched:
            turn_on_config(made.clients(account), account, [HOME])
        deploy_stack(
            made.client("cloudformation", account),
            "alarmchain-member",
            template(pack, "member-role.yaml"),
        )
    deploy_stack(
        made.client("cloudformation", central),
        "alarmchain-role",
        template(pack, "central-role.yaml"),
        OrganizationId=identifier,
    )
    return made


def every_account_has_its_own_verdict(organization: Organization, *rules: str) -> None:
    """Assert that each account has the verdicts on itself, reported with its own role."""
    verdicts = organization.verdicts(organization.watched, *rules)
    assert sorted(verdicts) == sorted(rules)
    for rule, verdict in verdicts.items():
        fault = FAULTS[rule]
        assert (verdict.compliance == "COMPLIANT") is (fault.description is None), verdict
        assert fault.named in verdict.annotation
    for account in {*organization.accounts} - {organization.watched}:
        verdict = organization.verdicts(account, rules[0])[rules[0]]
        assert verdict.compliance == "NON_COMPLIANT"
        assert "no trail records" in verdict.annotation
    reports = {
        (call.account, call.principal)
        for call in organization.run.aws.calls
        if call.action == "config:PutEvaluations"
    }
    assert reports == {(account, f"role/{MEMBER_ROLE}") for account in organization.accounts}


@pytest.mark.long
def test_organization_pack(organization: Organization) -> None:
    """The organization pack has its function in one account, and verdicts in every account."""
    central = organization.central
    stacks = organization.client("cloudformation", central)
    make_code_bucket(stacks, organization.client("s3", central), HOME, organization.pack)
    body = template(organization.pack, "prerequisites.yaml")
    deploy_stack(stacks, "alarmchain-prerequisites", body, CodeBucketPrefix=BUCKETS)
    client = organization.client("config", central)
    client.put_organization_conformance_pack(
        OrganizationConformancePackName="alarmchain",
        TemplateBody=template(organization.pack, "conformance-pack.yaml"),
    )
    organization.run.aws.settle()
    (status,) = client.describe_organization_conformance_pack_statuses()[
        "OrganizationConformancePackStatuses"
    ]
    assert status["Status"] == "CREATE_SUCCESSFUL"
    every_account_has_its_own_verdict(organization, *FAULTS)
    # Without the role the function cannot report. The rule's status in AWS Config shows it. One
    # attempt is enough: Lambda's other attempts take long and have the same result.
    organization.client("lambda", central).put_function_event_invoke_config(
        FunctionName=FUNCTION, MaximumRetryAttempts=0
    )
    organization.run.aws.deny("sts:AssumeRole", account=central)
    with pytest.raises(config.FailedError, match="did not accept the verdict"):
        organization.verdicts(organization.bare, "ConfigChanges")


def rdk_in(organization: Organization, account: str, *arguments: str) -> Rdk:
    """Run unmodified rdk as a user of the account, in a staged copy of the built rules.

    The rules' parameters make the functions assume the members' role.
    """
    run = organization.run
    folder = run.work / "staged-by-hand"
    if not folder.exists():
        run.build()
        stage(rule_folders(run.work / "rules"), folder)
        for file in folder.glob("*/parameters.json"):
            set_member_role(file)
    environment = run.aws.child_environment(HOME, account)
    return rdk(HOME, arguments, folder, environment=environment)


def set_member_role(file: Path) -> None:
    """Set in parameters.json what docs/deploying.md says.

    InputParameters are set, because `rdk export` ignores the values of OptionalParameters.
    """
    document = json.loads(file.read_text())
    document["Parameters"]["InputParameters"] = json.dumps(
        {"AssumeRoleMode": "true", "ExecutionRoleName": MEMBER_ROLE}
    )
    file.write_text(json.dumps(document))


@pytest.mark.long
def test_rdk_deploy_organization(organization: Organization) -> None:
    """`rdk deploy-organization` works from the delegated account, and so does its removal."""
    central = organization.central
    bucket = f"config-rule-code-bucket-{central}-{HOME}"
    organization.client("s3", central).create_bucket(Bucket=bucket)
    role = ("--lambda-role-name", RULES_ROLE)
    deployed = rdk_in(organization, central, "deploy-organization", *RULES, *role)
    assert deployed.status == 0, deployed.lines
    every_account_has_its_own_verdict(organization, *RULES)
    gone = rdk_in(organization, central, "undeploy-organization", *RULES, "--force")
    assert gone.status == 0, gone.lines
    for account in organization.accounts:
        assert organization.client("config", account).describe_config_rules()["ConfigRules"] == []
