"""`make pack`: its options and parameters, what it says of them, and those that it refuses."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT, rule_folders
from deployment.pack.__main__ import main, write
from deployment.pack.code import zip_code
from deployment.pack.delivery import check_sizes
from deployment.pack.options import Options
from deployment.pack.parameters import PER_RULE, left_out, pack_parameters
from deployment.pack.prerequisites import prerequisites
from deployment.pack.references import references
from deployment.pack.yaml_text import from_yaml
from deployment.staging import copy_rule
from tests.deployment.pack.pack_files import ACCOUNT, CENTRAL, PACK_RULES, RULES, TOPIC, templates


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
    filled = from_yaml(re.sub(r"\$\{AWS::\w+\}", "filled", text).replace("${!", "${"))
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


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            (),
            [
                r"conformance-pack.yaml: \d+ bytes \(--template-body, \d+ bytes below .* 51200\)",
                r"prerequisites.yaml: \d+ bytes",
                r"stack-set.yaml: \d+ bytes",
                "the pack has 57 parameters; at most 60",
                "the pack does not have ExecutionRoleRegion: it has no effect",
            ],
        ),
        (
            ("--remediation", "manual", "--account", ACCOUNT),
            [
                r"prerequisites.yaml: \d+ bytes \(--s3-bucket, as it has more than 51200 bytes\)",
                r"stack-set.yaml: \d+ bytes \(--template-url, as it has more than 51200 bytes\)",
                "the pack does not have AssumeRoleMode: it is for central functions, .*",
                "the pack does not have ExecutionRoleName: it is for central functions, .*",
            ],
        ),
        (
            (
                *("--remediation", "manual", "--account", ACCOUNT),
                f"RemediationLogGroupName={'x' * 250}",
                f"RemediationMetricNamespace={'x' * 250}",
            ),
            [
                r"conformance-pack.yaml: \d+ bytes \(--template-s3-uri, as it has more .*",
                "stack-set.yaml is not written: its pack has more than 51200 bytes, .*",
            ],
        ),
        (
            ("--rule", "CMKChanges", "--rule", "VPCChanges"),
            ["the pack has 18 parameters; at most 60"],
        ),
    ],
)  # fmt: skip
def test_what_make_pack_says(tmp_path: Path, arguments: tuple[str, ...], lines: list[str]) -> None:
    """The output says how to deploy each template, and what the pack lacks."""
    done = run("--output", str(tmp_path / "pack"), *arguments)
    assert done.exit_code == 0, done.output
    said = done.output.splitlines()
    for line in lines:
        assert any(re.fullmatch(line, one) for one in said), (line, said)
    written = {line.partition(":")[0] for line in said if "bytes" in line and ".yaml:" in line}
    assert written == {file.name for file in (tmp_path / "pack").glob("*.yaml")}


def test_a_pack_of_many_rules() -> None:
    """Parameters of each rule are left out until 60 remain, except those with a given value."""
    rules = [replace(PACK_RULES[0], name=f"Rule{number}") for number in range(20)]
    options = Options(values={"Rule3MetricName": "m", "Rule4AdditionalCalls": "a.amazonaws.com:B"})
    parameters = pack_parameters(rules, options)
    assert len(parameters) <= 60
    kept = {parameter.name for parameter in parameters if parameter.parameter in PER_RULE}
    assert kept == {f"Rule{number}{name}" for number in range(20) for name in (
        "AdditionalCalls", "AlarmName"
    )} | {"Rule3MetricName"}  # fmt: skip
    reasons = left_out(rules, options)
    assert reasons["MetricName"].startswith("a pack may have at most 60 parameters")
    assert "AlarmName" not in reasons
    more = [replace(PACK_RULES[0], name=f"Rule{number}") for number in range(40)]
    assert {"MetricName", "AlarmName"} <= left_out(more, options).keys()
    assert len(pack_parameters(more, options)) <= 60


def test_calls_of_a_set_and_of_the_user(tmp_path: Path) -> None:
    """Calls that the user adds do not replace those that the set adds."""
    name, own = "SecurityGroupChangesAdditionalCalls", "ec2.amazonaws.com:CreateVpc"
    write(CHECKOUT / "rules", tmp_path / "pack", Options(values={name: own}), "cis-5.0")
    given = templates(tmp_path / "pack")["conformance-pack"]["Parameters"][name]["Default"]
    assert given == f"{own},ec2.amazonaws.com:ModifySecurityGroupRules"


def test_rules_of_several_runtimes() -> None:
    """Rules of different runtimes cannot share a function; the error names one rule of each."""
    rules = [PACK_RULES[0], replace(PACK_RULES[1], runtime="python3.14")]
    with pytest.raises(DeploymentError) as refused:
        prerequisites(rules, zip_code(rules), Options())
    assert f"{rules[0].name} has python3.13, {rules[1].name} has python3.14" in str(refused.value)


def test_a_stack_that_is_too_large() -> None:
    """CloudFormation's limit is checked before anything is written."""
    check_sizes({"stack-set.yaml": b"x" * 1_000_000})
    with pytest.raises(DeploymentError, match=r"stack-set.yaml: it has 1000001 bytes; at most"):
        check_sizes({"stack-set.yaml": b"x" * 1_000_001})


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
