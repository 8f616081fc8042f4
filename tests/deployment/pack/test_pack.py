"""`make pack`: what is written from the rule folders, and what is refused before."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint_file
from click.testing import CliRunner, Result

from alarmchain.parameters import NAMES
from deployment.errors import ProblemError
from deployment.folders import CHECKOUT, rule_folders
from deployment.pack.__main__ import main, write
from deployment.pack.code import zipped
from deployment.pack.options import Options
from deployment.pack.parameters import EACH_RULES_OWN
from deployment.pack.references import references
from deployment.staging import copy_rule
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


@pytest.fixture(scope="module", params=SETTINGS)
def pack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """build/pack for one of the settings, by its name."""
    folder: Path = tmp_path_factory.mktemp(request.param) / request.param
    write(CHECKOUT / "rules", folder, SETTINGS[request.param])
    return folder


def templates(folder: Path) -> dict[str, dict[str, Any]]:
    """Every template but the static one, by name."""
    return {
        file.stem: yaml.safe_load(file.read_text())
        for file in folder.glob("*.yaml")
        if file.stem != "code-bucket"
    }


def test_cfn_lint_has_nothing_to_say(pack: Path) -> None:
    """Of no template, warnings included."""
    for file in sorted(pack.glob("*.yaml")):
        assert lint_file(file) == [], file.name


def test_the_files(pack: Path) -> None:
    """A central account has the members' role beside it, another one the stack set."""
    names = {file.name for file in pack.iterdir()}
    both = {"code", "code-bucket.yaml", "conformance-pack.yaml", "prerequisites.yaml"}
    roles = {"central-role.yaml", "member-role.yaml"}
    assert names == both | (roles if pack.name == "central" else {"stack-set.yaml"})


def test_the_pack_is_made_of_the_rule_folders(pack: Path) -> None:
    """Its rules are the folders', with every parameter of theirs, and remediations as asked."""
    template = templates(pack)["conformance-pack"]
    remediated = pack.name in ("manual", "automatic")
    expected = set(RULES) | {f"{rule}Remediation" for rule in RULES if remediated}
    assert set(template["Resources"]) == expected
    for rule in RULES:
        properties = template["Resources"][rule]["Properties"]
        given = json.loads((CHECKOUT / "rules" / rule / "parameters.json").read_text())
        assert properties["Description"] == given["Parameters"]["Description"]
        assert set(properties["InputParameters"]) == set(NAMES)
    own = {rule + name for rule in RULES for name in EACH_RULES_OWN}
    assert set(template["Parameters"]) == own | (set(NAMES) - EACH_RULES_OWN)
    automatic = {
        one["Properties"]["Automatic"]
        for one in template["Resources"].values()
        if one["Type"].endswith("RemediationConfiguration")
    }
    assert automatic == {"manual": {False}, "automatic": {True}}.get(pack.name, set())


def test_functions_find_their_code(pack: Path) -> None:
    """Each function's key is a zip's that was written, under the hash of what is in it, and holds
    the handler's module with all that it imports."""
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


def test_the_codes_bucket_is_always_named(pack: Path) -> None:
    """Bucket names are everyone's: by a default, whoever has taken it would give the code."""
    for name, template in templates(pack).items():
        assert "Default" not in template.get("Parameters", {}).get("CodeBucketPrefix", {}), name


def test_zips_are_the_same_everywhere(tmp_path: Path) -> None:
    """Neither times nor modes, nor where the folder lies, change a byte; its content does."""
    (folder,) = rule_folders(names=["CMKChanges"])
    copy_rule(folder, tmp_path)
    copied = tmp_path / "CMKChanges"
    os.utime(copied / "control.toml", (1, 1_000_000_000))
    (copied / "control.toml").chmod(0o600)
    first = zipped(folder)
    assert zipped(copied) == first
    (copied / "CMKChanges.py").open("a").write("#")
    assert zipped(copied).key != first.key
    names = zipfile.ZipFile(io.BytesIO(first.data)).namelist()
    assert names == sorted(names)


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Every statement of every role's policies, as IAM gets them."""
    found = []
    for role in template["Resources"].values():
        if role["Type"] == "AWS::IAM::Role":
            parameters = {"OrganizationTrailRoleArn": "", "OrganizationId": "o-abcdefghij"}
            policies = resolved(role["Properties"]["Policies"], parameters)
            found += [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return found


def test_the_policies_pass_parliament(pack: Path) -> None:
    """Every role's statements are ones that IAM takes, and parliament finds nothing amiss."""
    for name, template in templates(pack).items():
        for statement in statements(template):
            document = {"Version": "2012-10-17", "Statement": statement}
            findings = parliament.analyze_policy_string(json.dumps(document)).findings
            assert [
                finding
                for finding in findings
                if not any(action in str(finding.detail) for action in UNKNOWN_TO_PARLIAMENT)
                # Newer than its list of condition keys.
                and "aws:ResourceOrgID" not in str(finding.detail)
            ] == [], name


def actions(template: dict[str, Any]) -> set[str]:
    """Every action that a template's roles allow."""
    named = [one["Action"] for one in statements(template)]
    return {one for each in named for one in ([each] if isinstance(each, str) else each)}


def test_the_roles_are_least(pack: Path) -> None:
    """A function may do what the role of `make deploy` may; a central one takes the member's role,
    which may read and report and writes no log."""
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
    ("options", "said"),
    [
        ({"remediation": "often"}, "REMEDIATION is 'often'; allowed: none, manual, automatic"),
        ({"account": "1"}, "ACCOUNT is '1'; expected the 12 digits of an account"),
        ({"central": "x"}, "CENTRAL_ACCOUNT is 'x'; expected the 12 digits"),
        ({"partition": "gcp"}, "PARTITION is 'gcp'; expected one such as aws-us-gov"),
        ({"remediation": "manual"}, "REMEDIATION=manual needs ACCOUNT="),
        ({"remediation": "manual", "central": CENTRAL}, "beside CENTRAL_ACCOUNT"),
        ({"remediation": "automatic", "account": ACCOUNT}, "needs RemediationTopicArn=ARN"),
        ({"values": TOPIC}, "'RemediationTopicArn' has no meaning beside REMEDIATION=none"),
        (
            {"remediation": "manual", "account": ACCOUNT, "values": {"RemediationX": "1"}},
            "no 'RemediationX' in CMKChanges; there are Remediation",
        ),
        (
            {
                "remediation": "manual",
                "account": ACCOUNT,
                "values": {"RemediationTopicArn": "on-call"},
            },
            "CMKChanges: TopicArn is 'on-call'; expected what matches",
        ),
        ({"values": {"CallList": "all"}}, "parameter 'CallList' is 'all'; allowed: cis, extended"),
        ({"values": {"AlarmName": "a"}}, "the pack has no parameter 'AlarmName'; it has"),
        (
            {
                "values": {
                    "ConfigChangesAdditionalCalls": "a.amazonaws.com:B," * 60 + "a.amazonaws.com:B"
                }
            },
            "AWS Config would refuse the pack: ConfigChanges: InputParameters has",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    """In one line, and before anything is written."""
    with pytest.raises(ProblemError) as refused:
        write(CHECKOUT / "rules", tmp_path / "pack", Options(**options))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "pack").exists()


def run(*arguments: str) -> Result:
    """`python -m deployment.pack`, in this process."""
    return CliRunner().invoke(main, arguments)


def test_values_become_defaults(tmp_path: Path) -> None:
    """NAME=VALUE is a parameter's default, and the remediation is told as well."""
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


def test_what_looks_like_a_variable(tmp_path: Path) -> None:
    """A name is the same in the pack and in the stack set, whose pack CloudFormation fills in."""
    folder = tmp_path / "pack"
    name = "keys ${AWS::Region} ${x}"
    done = run(
        "--output", str(folder), "--remediation", "manual", "--account", ACCOUNT,
        f"CMKChangesAlarmName={name}",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    written = templates(folder)
    text = written["stack-set"]["Resources"]["Pack"]["Properties"]["TemplateBody"]["Fn::Sub"]
    assert {*references({"Fn::Sub": text})} == set()
    filled = yaml.safe_load(re.sub(r"\$\{AWS::\w+\}", "filled", text).replace("${!", "${"))
    for pack in (written["conformance-pack"], filled):
        assert pack["Parameters"]["CMKChangesAlarmName"]["Default"] == name
        given = pack["Resources"]["CMKChangesRemediation"]["Properties"]["Parameters"]
        assert given["AlarmName"]["StaticValue"]["Values"] == [name]


@pytest.mark.parametrize("values", [("X",), ("CallList=cis", "CallList=cis")])
def test_a_mistake_at_the_terminal(values: tuple[str, ...], tmp_path: Path) -> None:
    """One line on standard error, status 2, no traceback."""
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


def test_a_rule_folder_that_lacks_something(tmp_path: Path) -> None:
    """The file and the member are named."""
    (folder,) = rule_folders(names=["CMKChanges"])
    copy_rule(folder, tmp_path)
    file = tmp_path / "CMKChanges" / "parameters.json"
    document = json.loads(file.read_text())
    del document["Parameters"]["SSMAutomation"]
    file.write_text(json.dumps(document))
    with pytest.raises(ProblemError, match=r"CMKChanges has no remediation \(no SSMAutomation"):
        write(tmp_path, tmp_path / "pack", Options("manual", account=ACCOUNT))
    del document["Parameters"]["SourceRuntime"]
    file.write_text(json.dumps(document))
    with pytest.raises(ProblemError, match=r"parameters.json has no 'SourceRuntime'"):
        write(tmp_path, tmp_path / "pack", Options())
    file.write_text("{")
    with pytest.raises(ProblemError, match=r"CMKChanges/parameters.json can't be read"):
        write(tmp_path, tmp_path / "pack", Options())
