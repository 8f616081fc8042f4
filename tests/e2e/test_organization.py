"""Central functions, rules in every account: the organization pack, and RDK's own roads."""

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
from deployment.pack.resource_names import MEMBER_ROLE, RULES_ROLE
from deployment.rdk import Run as Rdk
from deployment.rdk import rdk
from deployment.staging import stage
from tests.e2e.packs import BUCKETS, deploy_stack, make_code_bucket, template

RULES = ("ConfigChanges",)
"""Of those that RDK deploys: each takes it some seconds, and is one more function to run. This one
is right in the watched account alone."""
MULTI_ACCOUNT = "config-multiaccountsetup.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Organization:
    """Four accounts, each with AWS Config on: `central` administers it for the others, `watched`
    has the demo's trail and alarms, `bare` has nothing."""

    run: Run
    identifier: str
    management: str
    central: str
    watched: str
    bare: str
    pack: Path

    @property
    def accounts(self) -> tuple[str, ...]:
        """All four."""
        return (self.management, self.central, self.watched, self.bare)

    def client(self, service: str, account: str) -> Any:
        """A client of that account's user."""
        return self.run.aws.client(service, HOME, account)

    def clients(self, account: str) -> Callable[[str, str], Any]:
        """The same, as demo/account.py wants it."""
        return lambda service, region: self.run.aws.client(service, region, account)

    def verdicts(self, account: str, *rules: str) -> dict[str, config.Verdict]:
        """Evaluates these rules of an account; by their own names."""
        self.run.aws.settle()  # a function may still run when its verdict is there
        client = self.client("config", account)
        there = client.describe_config_rules()["ConfigRules"]
        names = [rule["ConfigRuleName"] for rule in there]
        names = [name for name in names if own_name(name) in rules]
        return {own_name(verdict.rule): verdict for verdict in config.evaluate(client, names, HOME)}


def own_name(rule: str) -> str:
    """A rule's name without what AWS Config puts around it."""
    found = re.fullmatch(r"(?:OrgConfigRule-)?(\w+?)-.*", rule)
    assert found, rule
    return found[1]


@pytest.fixture
def organization(run: Run, tmp_path: Path) -> Organization:
    """The organization with the members' and the functions' roles, as `make pack` writes them."""
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
    """The verdicts are on the account that they stand in, and reported by its own role."""
    found = organization.verdicts(organization.watched, *rules)
    assert sorted(found) == sorted(rules)
    for rule, verdict in found.items():
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


def test_organization_pack(organization: Organization) -> None:
    """Functions in the delegated account; a pack, and its verdicts, in every account."""
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
    # A refused role leaves nobody to report: the rule's status tells, in AWS Config; after one
    # attempt, as Lambda's others take their time and come to the same.
    organization.client("lambda", central).put_function_event_invoke_config(
        FunctionName="alarmchain-ConfigChanges", MaximumRetryAttempts=0
    )
    organization.run.aws.deny("sts:AssumeRole", account=central)
    with pytest.raises(config.FailedError, match="did not accept the verdict"):
        organization.verdicts(organization.bare, "ConfigChanges")


def rdk_in(organization: Organization, account: str, *arguments: str) -> Rdk:
    """Runs unmodified rdk as a user of the account, in a staged copy of the built rules whose
    parameters send the functions into the members."""
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
    """What docs/deploying.md says to set in parameters.json.

    As InputParameters, not OptionalParameters: `rdk export` takes no values in those.
    """
    document = json.loads(file.read_text())
    document["Parameters"]["InputParameters"] = json.dumps(
        {"AssumeRoleMode": "true", "ExecutionRoleName": MEMBER_ROLE}
    )
    file.write_text(json.dumps(document))


@pytest.mark.long
def test_rdk_deploy_organization(organization: Organization) -> None:
    """`rdk deploy-organization` from the delegated account; undeployed, no rule is left."""
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
