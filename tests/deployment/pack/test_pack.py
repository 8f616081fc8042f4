"""`make pack`: the files that it writes from the rule folders, and the options that it refuses."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint_file
from click.testing import CliRunner, Result

from alarmchain.parameters import NAMES
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT, rule_folders
from deployment.pack.__main__ import main, write
from deployment.pack.code import zip_code
from deployment.pack.options import Options
from deployment.pack.parameters import PER_RULE, left_out, pack_parameters
from deployment.pack.references import references
from deployment.pack.rules import PackRule
from deployment.staging import copy_rule
from tests.builders import SERVING
from tests.test_permissions import UNKNOWN_TO_PARLIAMENT, allowed_actions, resolved

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # parliament still uses pkg_resources
    import parliament

RULES = [folder.name for folder in rule_folders()]
ACCOUNT, CENTRAL = "123456789012", "210987654321"
TOPIC = {"RemediationTopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"}
SETTINGS = {
    "none": Options(),
    "manual": Options("manual", account=ACCOUNT),
    "automatic": Options("automatic", account=ACCOUNT, values=TOPIC),
    "central": Options(central=CENTRAL),
}


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


def templates(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every template except the static one, by name."""
    return {
        file.stem: yaml.safe_load(file.read_text())
        for file in folder.glob("*.yaml")
        if file.stem != "code-bucket"
    }


@WITHOUT_SUBSETS
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
    """It has the rules, their parameters and the chosen remediations, within AWS's limits."""
    template = templates(pack)["conformance-pack"]
    remediated = pack.name in ("manual", "automatic")
    expected = set(RULES) | {f"{rule}Remediation" for rule in RULES if remediated}
    assert set(template["Resources"]) == expected
    for rule in RULES:
        properties = template["Resources"][rule]["Properties"]
        given = json.loads((CHECKOUT / "rules" / rule / "parameters.json").read_text())
        assert properties["Description"] == given["Parameters"]["Description"]
        left = left_out(SETTINGS[pack.name]) | (frozenset() if rule in SERVING else PER_RULE)
        assert set(properties["InputParameters"]) == set(NAMES) - left
    own = {rule + name for rule in SERVING for name in PER_RULE}
    shared = set(NAMES) - PER_RULE - left_out(SETTINGS[pack.name])
    assert set(template["Parameters"]) == own | shared
    assert len(template["Parameters"]) <= 60
    assert (pack / "conformance-pack.yaml").stat().st_size <= 51_200
    automatic = {
        one["Properties"]["Automatic"]
        for one in template["Resources"].values()
        if one["Type"].endswith("RemediationConfiguration")
    }
    assert automatic == {"manual": {False}, "automatic": {True}}.get(pack.name, set())


def test_functions_find_their_code(pack: Path) -> None:
    """Each function's S3 key is a written zip, named by its hash, with the handler's imports."""
    resources = templates(pack)["prerequisites"]["Resources"]
    for rule in RULES:
        properties = resources[f"{rule}Function"]["Properties"]
        file = pack / "code" / properties["Code"]["S3Key"]
        assert file.stem == hashlib.sha256(file.read_bytes()).hexdigest()
        names = zipfile.ZipFile(file).namelist()
        assert {f"{rule}.py", "control.toml", "alarmchain/rule.py", "rdklib/__init__.py"} <= {
            *names
        }
        assert not [name for name in names if "test" in name or "__pycache__" in name]
        assert properties["Handler"] == f"{rule}.lambda_handler"


def test_the_code_bucket_has_no_default(pack: Path) -> None:
    """Bucket names are global: the owner of a default bucket would supply the code."""
    for name, template in templates(pack).items():
        assert "Default" not in template.get("Parameters", {}).get("CodeBucketPrefix", {}), name


def test_zips_are_the_same_everywhere(tmp_path: Path) -> None:
    """The bytes depend on the content only, not on times, modes or the folder."""
    (folder,) = rule_folders(names=["CMKChanges"])
    copy_rule(folder, tmp_path)
    copied = tmp_path / "CMKChanges"
    os.utime(copied / "control.toml", (1, 1_000_000_000))
    (copied / "control.toml").chmod(0o600)
    first = zip_code(folder)
    assert zip_code(copied) == first
    (copied / "CMKChanges.py").open("a").write("#")
    assert zip_code(copied).key != first.key
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"remediation": "often"}, "REMEDIATION is 'often'; allowed: none, manual, automatic"),
        ({"account": "1"}, "ACCOUNT is '1'; expected the 12 digits of an account"),
        ({"central": "x"}, "CENTRAL_ACCOUNT is 'x'; expected the 12 digits"),
        ({"partition": "gcp"}, "PARTITION is 'gcp'; expected one, such as aws-us-gov"),
        ({"remediation": "manual"}, "REMEDIATION=manual needs ACCOUNT="),
        ({"remediation": "manual", "central": CENTRAL}, "cannot be used with CENTRAL_ACCOUNT"),
        ({"remediation": "automatic", "account": ACCOUNT}, "needs RemediationTopicArn=ARN"),
        ({"values": TOPIC}, "'RemediationTopicArn' cannot be used with REMEDIATION=none"),
        (
            {"remediation": "manual", "account": ACCOUNT, "values": {"RemediationX": "1"}},
            "CMKChanges has no parameter 'RemediationX'; it has Remediation",
        ),
        (
            {
                "remediation": "manual",
                "account": ACCOUNT,
                "values": {"RemediationTopicArn": "on-call"},
            },
            "CMKChanges: TopicArn is 'on-call'; expected the ARN of a standard SNS topic",
        ),
        ({"values": {"CallList": "all"}}, "parameter 'CallList' is 'all'; allowed: cis, extended"),
        ({"values": {"AlarmName": "a"}}, "the pack has no parameter 'AlarmName'; it has"),
        (
            {
                "values": {
                    "ConfigChangesAdditionalCalls": "a.amazonaws.com:B," * 60 + "a.amazonaws.com:B"
                }
            },
            "ConfigChangesAdditionalCalls: the parameters have 1120 characters together as JSON",
        ),
        (
            {"values": {"ExemptRecords": "{ $.userAgent = terraform }"}},
            "ExemptRecords: parameter 'ExemptRecords': it may not name $.userAgent",
        ),
        (
            {"values": {"ExemptRecords": "{ $.userIdentity.type = * }"}},
            "CMKChanges: parameter 'ExemptRecords' exempts every record of DisableKey",
        ),
    ],
)
def test_refused_options(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    """The error is one line, and nothing is written."""
    with pytest.raises(DeploymentError) as refused:
        write(CHECKOUT / "rules", tmp_path / "pack", Options(**options))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "pack").exists()


def run(*arguments: str) -> Result:
    """Run `python -m deployment.pack` in this process."""
    return CliRunner().invoke(main, arguments)


def test_values_become_defaults(tmp_path: Path) -> None:
    """NAME=VALUE sets a parameter's default, also for the remediation."""
    folder = tmp_path / "pack"
    done = run(
        "--output", str(folder), "--remediation", "manual", "--account", ACCOUNT,
        "CMKChangesAlarmName=keys", "RemediationNotificationEmail=a@example.com",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    template = templates(folder)["conformance-pack"]
    assert template["Parameters"]["CMKChangesAlarmName"]["Default"] == "keys"
    parameters = {
        rule: template["Resources"][f"{rule}Remediation"]["Properties"]["Parameters"]
        for rule in RULES
    }
    assert parameters["CMKChanges"]["AlarmName"] == {"StaticValue": {"Values": ["keys"]}}
    assert "AlarmName" not in parameters["ConfigChanges"]
    for rule in RULES:
        role = parameters[rule]["AutomationAssumeRole"]["StaticValue"]["Values"]
        assert role == [f"arn:aws:iam::{ACCOUNT}:role/alarmchain-pack-remediation"]
        assert parameters[rule]["NotificationEmail"]["StaticValue"]["Values"] == ["a@example.com"]


def test_values_that_look_like_variables(tmp_path: Path) -> None:
    """CloudFormation does not replace them in the StackSet's pack."""
    folder = tmp_path / "pack"
    name = "keys ${AWS::Region} ${x}"
    done = run(
        "--output", str(folder), "--remediation", "manual", "--account", ACCOUNT,
        f"CMKChangesAlarmName={name}",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    packs = templates(folder)
    text = packs["stack-set"]["Resources"]["Pack"]["Properties"]["TemplateBody"]["Fn::Sub"]
    assert {*references({"Fn::Sub": text})} == set()
    filled = yaml.safe_load(re.sub(r"\$\{AWS::\w+\}", "filled", text).replace("${!", "${"))
    for pack in (packs["conformance-pack"], filled):
        assert pack["Parameters"]["CMKChangesAlarmName"]["Default"] == name
        given = pack["Resources"]["CMKChangesRemediation"]["Properties"]["Parameters"]
        assert given["AlarmName"]["StaticValue"]["Values"] == [name]


@pytest.mark.parametrize("values", [("X",), ("CallList=cis", "CallList=cis")])
def test_a_wrong_argument(values: tuple[str, ...], tmp_path: Path) -> None:
    """There is one line on standard error, status 2 and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "deployment.pack", "--output", str(tmp_path / "pack"), *values],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: parameter")


def test_an_incomplete_rule_folder(tmp_path: Path) -> None:
    """The error names the file and the missing member."""
    (folder,) = rule_folders(names=["CMKChanges"])
    copy_rule(folder, tmp_path)
    file = tmp_path / "CMKChanges" / "parameters.json"
    document = json.loads(file.read_text())
    del document["Parameters"]["SourceRuntime"]
    file.write_text(json.dumps(document))
    with pytest.raises(DeploymentError, match=r"parameters.json has no 'SourceRuntime'"):
        write(tmp_path, tmp_path / "pack", Options())
    file.write_text("{")
    with pytest.raises(DeploymentError, match=r"CMKChanges/parameters.json cannot be read"):
        write(tmp_path, tmp_path / "pack", Options())


def test_somebodys_own_rules_need_no_parameters() -> None:
    """So their number has no limit: their owner changes control.toml instead."""
    rules = [PackRule.read(folder) for folder in rule_folders()]
    theirs = {each.name for each in pack_parameters(rules, Options())}
    control = replace(rules[0].control, mappings=())
    own = [replace(rules[0], name=f"Own{number}", control=control) for number in range(40)]
    parameters = pack_parameters([*rules, *own], Options())
    assert {each.name for each in parameters} == theirs
    given = [each.parameter for each in parameters if own[-1].name in each.rules]
    assert set(given) == set(NAMES) - PER_RULE - left_out(Options())
