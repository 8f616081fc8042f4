"""Sets of rules, derived from the mappings."""

import json
from pathlib import Path

import pytest

from alarmchain.rule_sets import is_derived, rule_sets, rules_of_set, sets_of
from deployment.build import build
from deployment.errors import DeploymentError
from deployment.folders import RULES, rule_folders
from deployment.pack.__main__ import write
from deployment.pack.options import Options
from deployment.pack.yaml_text import from_yaml
from deployment.remediation import RemediationChoice, remediation_body
from deployment.rule_set import chosen_folders
from deployment.rule_values import given_values
from deployment.staging import PARAMETER_MEMBERS, copy_rule, stage
from tests.builders import CONTROLS, SERVING
from tests.cli.audit_report import report
from tests.command_line import Run

ADDED = "ModifySecurityGroupRules"
EXAMPLE = ("audit", "--snapshot", "docs/example-account.json", "--format", "json")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("cis-1.2", 14),
        ("cis-3.0", 15),
        ("cis-5.0", 15),
        ("security-hub", 14),
        ("conformity", 15),
        ("all", len(CONTROLS)),
    ],
)
def test_the_rules_of_a_set(name: str, rules: int) -> None:
    """Security Hub and the oldest benchmark have no control of Organizations."""
    chosen = [control.name for control in rules_of_set(name, CONTROLS)]
    assert len(chosen) == rules
    assert ("OrganizationsChanges" in chosen) is (rules != 14)
    assert tuple(chosen) == rule_sets(CONTROLS.values())[name]


@pytest.mark.parametrize("name", ["cis-5.0", "cis-6.0", "cis-7.0", "cis-4.0", "security-hub"])
def test_the_calls_that_a_version_adds(name: str) -> None:
    """Since 5.0 the benchmark also requires ModifySecurityGroupRules, once."""
    (control,) = [
        each for each in rules_of_set(name, CONTROLS) if each.name == "SecurityGroupChanges"
    ]
    names = [call.event_name for calls in control.calls.values() for call in calls]
    assert names.count(ADDED) == 1
    required = ADDED in [call.event_name for call in control.calls["cis"]]
    assert required is (name in ("cis-5.0", "cis-6.0", "cis-7.0"))


def test_rdk_knows_the_sets() -> None:
    """parameters.json has each rule's sets, by which `rdk deploy --rulesets` chooses."""
    for folder in rule_folders():
        given = json.loads((folder / "parameters.json").read_text())["Parameters"]["RuleSets"]
        derived = ["alarmchain", *sets_of(CONTROLS[folder.name])]
        assert given[: len(derived)] == derived
        assert not any(map(is_derived, given[len(derived) :]))


def test_an_audit_of_a_set(alarmchain: Run) -> None:
    """An audit of a set has the set's rules, and requires the calls that the set adds."""
    results = report(alarmchain(*EXAMPLE, "--rule-set", "cis-5.0").out)["results"]
    assert [result["rule"] for result in results] == sorted(SERVING)
    (groups,) = [each for each in results if each["rule"] == "SecurityGroupChanges"]
    assert ADDED in groups["calls"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule-set", "cis-9.9"), "rule set 'cis-9.9' is unknown; known: all, cis-1.2, cis-1.3"),
        (
            ("--rule-set", "all", "--rule", "CMKChanges"),
            "--rule and --rule-set exclude each other",
        ),
    ],
)
def test_refused(alarmchain: Run, arguments: tuple[str, ...], message: str) -> None:
    """The message names the known sets, or the options."""
    completed = alarmchain(*EXAMPLE, *arguments)
    assert (completed.status, completed.out) == (2, "")
    assert message in completed.err


def test_a_pack_of_a_set(tmp_path: Path) -> None:
    """The pack has the set's rules; the calls that the set adds are a parameter's default."""
    write(RULES, tmp_path / "pack", Options(), "cis-5.0")
    pack = from_yaml((tmp_path / "pack" / "conformance-pack.yaml").read_text())
    assert set(pack["Resources"]) == set(SERVING)
    added = pack["Parameters"]["SecurityGroupChangesAdditionalCalls"]["Default"]
    assert added == f"ec2.amazonaws.com:{ADDED}"


@pytest.mark.parametrize("member", PARAMETER_MEMBERS)
@pytest.mark.parametrize("given", ["", "ec2.amazonaws.com:CreateVpc"])
def test_what_is_staged_of_a_set(tmp_path: Path, given: str, member: str) -> None:
    """The calls that the set adds follow those of parameters.json, whose source is unchanged."""
    names = ("ConfigChanges", "SecurityGroupChanges")
    for folder in rule_folders(RULES, names):
        copy_rule(folder, tmp_path / "rules")
        file = tmp_path / "rules" / folder.name / "parameters.json"
        set_calls(file, given, member)
        build(file.parent)
    before = file.read_text()
    stage(rule_folders(tmp_path / "rules"), tmp_path / "staged", rule_set="cis-5.0")
    assert file.read_text() == before
    added = f"ec2.amazonaws.com:{ADDED}"
    expected = {"ConfigChanges": given, names[1]: ",".join(filter(None, (given, added)))}
    for name in names:
        staged = given_values(tmp_path / "staged" / name)
        assert staged.get("AdditionalCalls", "") == expected[name]
    body = remediation_body(tmp_path / "staged" / names[1], RemediationChoice())
    (document,) = (
        resource["Properties"]["Content"]
        for resource in json.loads(body)["Resources"].values()
        if resource["Type"] == "AWS::SSM::Document"
    )
    assert document["parameters"]["AdditionalCalls"]["default"] == expected[names[1]]


def set_calls(file: Path, calls: str, member: str) -> None:
    """Set the value of AdditionalCalls in a member of a parameters.json, and only there."""
    content = json.loads(file.read_text())
    for name in PARAMETER_MEMBERS:
        parameters = json.loads(content["Parameters"][name])
        parameters.pop("AdditionalCalls", None)
        if name == member:
            parameters["AdditionalCalls"] = calls
        content["Parameters"][name] = json.dumps(parameters)
    file.write_text(json.dumps(content))


def test_a_deployment_of_a_set() -> None:
    """`make deploy RULE_SET=` chooses the set's folders."""
    folders = chosen_folders(RULES, (), "security-hub")
    assert {folder.name for folder in folders} == set(SERVING) - {"OrganizationsChanges"}
    with pytest.raises(DeploymentError, match=r"rule set 'x' is unknown; known: all, cis-1\.2"):
        chosen_folders(RULES, (), "x")
    with pytest.raises(DeploymentError, match="RULES and RULE_SET exclude each other"):
        chosen_folders(RULES, ["CMKChanges"], "all")
