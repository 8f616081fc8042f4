"""`make pack`: the files that it writes from the rule folders."""

import hashlib
import io
import json
import os
import warnings
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file

from alarmchain.parameters import NAMES
from deployment.folders import CHECKOUT, rule_folders
from deployment.pack.__main__ import write
from deployment.pack.code import zip_code
from deployment.pack.options import Options
from deployment.pack.parameters import PER_RULE, left_out
from deployment.pack.rules import PackRule
from deployment.stack_body import SPARE_BYTES
from deployment.staging import copy_rule
from tests.deployment.pack.pack_files import ACCOUNT, CENTRAL, PACK_RULES, RULES, TOPIC, templates
from tests.test_permissions import UNKNOWN_TO_PARLIAMENT, allowed_actions, resolved

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # parliament still uses pkg_resources
    import parliament

SETTINGS = {
    "none": Options(),
    "manual": Options("manual", account=ACCOUNT),
    "automatic": Options("automatic", account=ACCOUNT, values=TOPIC),
    "central": Options(central=CENTRAL),
}


LONGEST = pytest.mark.parametrize(
    "pack",
    [
        "automatic",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("central", "none", "manual")),
    ],
    indirect=True,
)
"""The check of a template by cfn-lint takes seconds."""
WITHOUT_SUBSETS = pytest.mark.parametrize(
    "pack",
    [
        "automatic",
        "central",
        pytest.param("none", marks=pytest.mark.long),
        pytest.param("manual", marks=pytest.mark.long),
    ],
    indirect=True,
)
"""The templates of automatic remediation contain all that those of none and manual contain."""


@pytest.fixture(scope="module", params=SETTINGS)
def pack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pack's files for one of the settings; the folder has the setting's name."""
    folder: Path = tmp_path_factory.mktemp(request.param) / request.param
    write(CHECKOUT / "rules", folder, SETTINGS[request.param])
    return folder


@LONGEST
def test_cfn_lint_finds_nothing(pack: Path) -> None:
    """No template has an error or a warning."""
    for file in sorted(pack.glob("*.yaml")):
        assert lint_file(file) == [], file.name


def test_the_files(pack: Path) -> None:
    """With a central account there are role templates; otherwise there is the StackSet template."""
    names = {file.name for file in pack.iterdir()}
    both = {"code", "code-bucket.yaml", "conformance-pack.yaml", "prerequisites.yaml"}
    roles = {"central-role.yaml", "member-role.yaml"}
    assert names == both | (roles if pack.name == "central" else {"stack-set.yaml"})


def test_the_pack_contains_the_rules(pack: Path) -> None:
    """The pack has the rules, parameters and chosen remediations, within AWS's limits."""
    template = templates(pack)["conformance-pack"]
    remediated = pack.name in ("manual", "automatic")
    expected = set(RULES) | {f"{rule}Remediation" for rule in RULES if remediated}
    omitted = set(left_out(PACK_RULES, SETTINGS[pack.name]))
    assert set(template["Resources"]) == expected
    for rule in RULES:
        properties = template["Resources"][rule]["Properties"]
        given = json.loads((CHECKOUT / "rules" / rule / "parameters.json").read_text())
        assert properties["Description"] == given["Parameters"]["Description"]
        assert properties["InputParameters"]["Control"] == rule
        assert set(properties["InputParameters"]) == {"Control", *NAMES} - omitted
    own = {rule + name for rule in RULES for name in PER_RULE}
    assert set(template["Parameters"]) == own | set(NAMES) - PER_RULE - omitted
    assert len(template["Parameters"]) <= 60
    # A change of a description must not make the pack too large to be in a request.
    assert (pack / "conformance-pack.yaml").stat().st_size <= 51_200 - SPARE_BYTES
    automatic = {
        one["Properties"]["Automatic"]
        for one in template["Resources"].values()
        if one["Type"].endswith("RemediationConfiguration")
    }
    assert automatic == {"manual": {False}, "automatic": {True}}.get(pack.name, set())


def test_the_function_finds_its_code(pack: Path) -> None:
    """One function has all rules. Its S3 key is the only written zip, named by its hash, with the
    handler, its imports and the rules' controls."""
    written = templates(pack)
    resources = written["prerequisites"]["Resources"]
    (function,) = (
        one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Function"
    )
    (permission,) = (
        one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Permission"
    )
    assert permission["FunctionName"] == {"Fn::GetAtt": ["Function", "Arn"]}
    assert permission["Principal"] == "config.amazonaws.com"
    for rule in RULES:
        source = written["conformance-pack"]["Resources"][rule]["Properties"]["Source"]
        assert source["SourceIdentifier"]["Fn::Sub"].endswith(f":{function['FunctionName']}")
    (file,) = (pack / "code").rglob("*.zip")
    assert file == pack / "code" / function["Code"]["S3Key"]
    assert file.stem == hashlib.sha256(file.read_bytes()).hexdigest()
    names = zipfile.ZipFile(file).namelist()
    module, _, handler = function["Handler"].rpartition(".")
    assert {f"{module.replace('.', '/')}.py", "alarmchain/rule.py", "rdklib/__init__.py"} <= {
        *names
    }
    assert callable(getattr(import_module(module), handler))
    controls = {name for name in names if name.endswith(".toml")}
    assert controls == {f"alarmchain/controls/{rule}/control.toml" for rule in RULES}
    assert not [name for name in names if "test" in name or "__pycache__" in name]


def test_the_code_bucket_has_no_default(pack: Path) -> None:
    """Bucket names are global: the owner of a default bucket would supply the code."""
    for name, template in templates(pack).items():
        assert "Default" not in template.get("Parameters", {}).get("CodeBucketPrefix", {}), name


def test_zips_are_the_same_everywhere(tmp_path: Path) -> None:
    """The bytes depend on the content only, not on times, modes or the folder."""
    (folder,) = rule_folders(names=["CMKChanges"])
    copy_rule(folder, tmp_path)
    copied = tmp_path / "CMKChanges" / "control.toml"
    os.utime(copied, (1, 1_000_000_000))
    copied.chmod(0o600)
    first = zip_code([PackRule.read(folder)])
    assert zip_code([PackRule.read(copied.parent)]) == first
    with copied.open("a") as file:
        file.write("#")
    assert zip_code([PackRule.read(copied.parent)]).key != first.key
    names = zipfile.ZipFile(io.BytesIO(first.data)).namelist()
    assert names == sorted(names)


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every statement of every role's policies, as IAM receives them."""
    found = []
    for role in template["Resources"].values():
        if role["Type"] == "AWS::IAM::Role":
            parameters = {"OrganizationTrailRoleArn": "", "OrganizationId": "o-abcdefghij"}
            policies = resolved(role["Properties"]["Policies"], parameters)
            found += [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return found


@WITHOUT_SUBSETS
def test_the_policies_pass_parliament(pack: Path) -> None:
    """parliament finds nothing wrong with any role's statements."""
    for name, template in templates(pack).items():
        for statement in statements(template):
            document = {"Version": "2012-10-17", "Statement": statement}
            findings = parliament.analyze_policy_string(json.dumps(document)).findings
            assert [
                finding
                for finding in findings
                if not any(action in str(finding.detail) for action in UNKNOWN_TO_PARLIAMENT)
                # This condition key is newer than parliament's list.
                and "aws:ResourceOrgID" not in str(finding.detail)
            ] == [], name


def actions(template: dict[str, Any]) -> set[str]:
    """Return every action that a template's roles allow."""
    named = [one["Action"] for one in statements(template)]
    return {one for each in named for one in ([each] if isinstance(each, str) else each)}


def test_the_roles_allow_only_what_is_needed(pack: Path) -> None:
    """A function's role allows what that of `make deploy` allows. A central function assumes the
    member role, which may read and report, but not write logs."""
    found = templates(pack)
    logs = {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
    if pack.name == "central":
        assert actions(found["central-role"]) == {
            "config:PutEvaluations",
            "sts:AssumeRole",
            *logs,
        }
        assert actions(found["member-role"]) == allowed_actions() - logs
    elif pack.name == "none":
        assert actions(found["prerequisites"]) == allowed_actions()
