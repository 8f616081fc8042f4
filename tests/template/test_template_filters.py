"""`alarmchain coverage --template`: templates of CloudFormation and of Terraform."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ALARMS = Path(__file__).parents[2] / "cloudformation" / "alarms.json"
KEYS = "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }"  # noqa: E501
DISABLE, DELETE = "{ $.eventName = DisableKey }", "{ $.eventName = ScheduleKeyDeletion }"


def resource(pattern: Any, log_group: Any = "trail", **others: Any) -> dict[str, Any]:
    """A metric filter of a CloudFormation template."""
    transformation = {"MetricName": "n", "MetricNamespace": "s", "MetricValue": "1"}
    properties = {
        "LogGroupName": log_group,
        "FilterPattern": pattern,
        "MetricTransformations": [transformation],
    }
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties, **others}


def template(tmp_path: Path, *filters: dict[str, Any], **sections: Any) -> str:
    """A template with these filters as F1, F2 and so on, in a file."""
    resources = {f"F{number}": one for number, one in enumerate(filters, 1)}
    document = {**sections, "Resources": {**sections.get("Resources", {}), **resources}}
    file = tmp_path / "template.json"
    file.write_text(json.dumps(document))
    return str(file)


def answer(alarmchain: Run, file: str, rule: str = "CMKChanges") -> tuple[int, dict[str, Any]]:
    """The exit status, and what is said of the rule."""
    ran = alarmchain("coverage", "--template", file, "--rule", rule, "--format", "json")
    assert ran.err == ""
    document = json.loads(ran.out)
    assert document["format"] == "alarmchain-template/1"
    (said,) = document["rules"]
    return ran.status, said


def verdicts(said: dict[str, Any]) -> dict[str, str]:
    """Each call's verdict."""
    return {name: call["verdict"] for name, call in said["calls"].items()}


def test_one_filter_that_matches_all(alarmchain: Run, tmp_path: Path) -> None:
    """Exit status 0, and the filter is named."""
    status, said = answer(alarmchain, template(tmp_path, resource(KEYS)))
    assert status == 0
    assert set(verdicts(said).values()) == {"covered"}
    assert said["filters"] == [{"name": "F1", "pattern": KEYS, "unresolved": ""}]


def test_filters_of_a_log_group_add_up(alarmchain: Run, tmp_path: Path) -> None:
    """Neither covers the rule alone."""
    assert answer(alarmchain, template(tmp_path, resource(DISABLE), resource(DELETE)))[0] == 0
    status, said = answer(alarmchain, template(tmp_path, resource(DISABLE)))
    assert (status, verdicts(said)) == (
        1,
        {"DisableKey": "covered", "ScheduleKeyDeletion": "escapes"},
    )
    call = said["calls"]["ScheduleKeyDeletion"]
    assert call["counterexample"]["eventName"] == "ScheduleKeyDeletion"
    assert call["reason"] == 'when $.eventName is "ScheduleKeyDeletion"'


def test_filters_of_different_log_groups_do_not(alarmchain: Run, tmp_path: Path) -> None:
    """A catch-all on an application's log group says nothing of the trail's."""
    file = template(tmp_path, resource(DISABLE, "trail"), resource(DELETE, "other"))
    assert answer(alarmchain, file)[0] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Ref": "Group"}, {"Fn::Sub": "${Group}"}),
        ({"Ref": "Group"}, "named"),
        ({"Ref": "Elsewhere"}, {"Fn::Join": ["", [{"Ref": "Elsewhere"}]]}),
        ({"Fn::ImportValue": "x"}, {"Fn::ImportValue": "x"}),
    ],
)
def test_a_log_group_is_known_by_any_of_its_names(
    alarmchain: Run, tmp_path: Path, one: Any, other: Any
) -> None:
    """By reference, substituted, or by its name where the template gives it one."""
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "named"}}
    filters = resource(DISABLE, one), resource(DELETE, other)
    file = template(tmp_path, *filters, Resources={"Group": group})
    assert answer(alarmchain, file)[0] == 0


@pytest.mark.parametrize(
    "pattern",
    [
        {"Fn::Sub": "{ $.eventSource = ${Source} }"},
        {"Fn::Sub": ["{ $.eventSource = ${Here} }", {"Here": {"Ref": "Source"}}]},
        {"Fn::Join": ["", ["{ $.eventSource = ", {"Ref": "Source"}, " }"]]},
        {"Fn::FindInMap": ["Patterns", "kms", "all"]},
        {"Fn::Select": [1, ["x", "{ $.eventSource = kms.amazonaws.com }"]]},
        {"Fn::Select": ["1", {"Fn::Split": [";", "x;{ $.eventSource = kms.amazonaws.com }"]}]},
    ],
)
def test_what_the_template_says_is_resolved(alarmchain: Run, tmp_path: Path, pattern: Any) -> None:
    """Functions of parameters' defaults and of mappings."""
    file = template(
        tmp_path,
        resource(pattern),
        Parameters={"Source": {"Type": "String", "Default": "kms.amazonaws.com"}},
        Mappings={"Patterns": {"kms": {"all": "{ $.eventSource = kms.amazonaws.com }"}}},
    )
    assert answer(alarmchain, file)[0] == 0


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ({"Ref": "NoDefault"}, "NoDefault"),
        ({"Ref": "Stored"}, "Stored"),
        ({"Ref": "Missing"}, "Missing"),
        ({"Fn::Sub": "{ $.eventSource = ${AWS::Region} }"}, "AWS::Region"),
        ({"Fn::Sub": "{ $.eventSource = ${Bucket.Arn} }"}, "Bucket.Arn"),
        ({"Fn::ImportValue": "shared-pattern"}, "ImportValue shared-pattern"),
        ({"Fn::If": ["IsProd", KEYS, DISABLE]}, "If IsProd"),
        ({"Fn::GetAtt": ["Custom", "Pattern"]}, "GetAtt Custom"),
        ({"Fn::FindInMap": ["Patterns", "kms", "none"]}, "FindInMap Patterns"),
        ("{{resolve:ssm:/pattern}}", "{{resolve:ssm:/pattern}}"),
    ],
)
def test_an_unresolved_reference_is_unknown(
    alarmchain: Run, tmp_path: Path, pattern: Any, name: str
) -> None:
    """With its name; what other filters cover is covered all the same."""
    parameters = {
        "NoDefault": {"Type": "String"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": KEYS},
    }
    file = template(tmp_path, resource(pattern), resource(DISABLE, "x"), Parameters=parameters)
    status, said = answer(alarmchain, file)
    assert status == 1
    assert verdicts(said) == {"DisableKey": "covered", "ScheduleKeyDeletion": "unknown"}
    assert said["calls"]["ScheduleKeyDeletion"]["reason"] == f"F1 hangs on {name}"


def test_a_filter_on_a_condition_may_not_be_there(alarmchain: Run, tmp_path: Path) -> None:
    """So what it alone covers is unknown."""
    status, said = answer(alarmchain, template(tmp_path, resource(KEYS, Condition="IsProd")))
    assert status == 1
    assert said["calls"]["DisableKey"]["reason"] == "F1 hangs on Condition IsProd"


CONDITIONS = {
    "Yes": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "No": {"Fn::Not": [{"Condition": "Yes"}]},
    "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
    "One": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]},
    "Number": {"Fn::Equals": [{"Ref": "Count"}, "1"]},
    "Region": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]},
    "Perhaps": {"Fn::And": [{"Condition": "Region"}, {"Condition": "Yes"}]},
    "Itself": {"Fn::Not": [{"Condition": "Itself"}]},
    "Odd": {"Fn::Equals": [["a"], {"Ref": "Stage"}]},
    "Text": "Yes",
}
DECIDED = {"Yes": True, "No": False, "Both": False, "One": True, "Number": True}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_on_what_the_template_says_is_decided(
    alarmchain: Run, tmp_path: Path, name: str
) -> None:
    """By the parameters' defaults, as an If and on a filter; any other leaves it open."""
    sections: dict[str, Any] = {
        "Conditions": CONDITIONS,
        "Parameters": {
            "Stage": {"Type": "String", "Default": "prod"},
            "Count": {"Type": "Number", "Default": 1},
        },
    }
    holds = {True: "covered", False: "escapes", None: "unknown"}[DECIDED.get(name)]
    chosen = resource({"Fn::If": [name, KEYS, DISABLE]}, {"Fn::If": [name, "trail", "trail"]})
    call = "ScheduleKeyDeletion"
    said = answer(alarmchain, template(tmp_path, chosen, **sections))[1]
    assert verdicts(said)[call] == holds
    said = answer(alarmchain, template(tmp_path, resource(KEYS, Condition=name), **sections))[1]
    assert verdicts(said)[call] == holds


def test_our_own_template_covers_every_call(alarmchain: Run) -> None:
    """cloudformation/alarms.json, by its defaults."""
    ran = alarmchain("coverage", "--template", str(ALARMS), "--format", "json")
    assert ran.status == 0, ran.out
    assert len(json.loads(ran.out)["rules"]) == 4


def test_yaml_with_its_short_forms(alarmchain: Run, tmp_path: Path) -> None:
    """As people write templates."""
    file = tmp_path / "template.yaml"
    file.write_text(
        """
Parameters:
  Source: {Type: String, Default: kms.amazonaws.com}
Resources:
  Keys:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !ImportValue trail-log-group
      FilterPattern: !Sub |
        { ($.eventSource = ${Source}) &&
          ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) }
      MetricTransformations:
        - {MetricName: KeyChanges, MetricNamespace: Security, MetricValue: "1"}
"""
    )
    status, said = answer(alarmchain, str(file))
    assert status == 0
    assert [one["name"] for one in said["filters"]] == ["Keys"]


def plan(tmp_path: Path, **document: Any) -> str:
    """The output of `terraform show -json` in a file."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"format_version": "1.2", **document}))
    return str(file)


def terraform(address: str, **values: Any) -> dict[str, Any]:
    """A metric filter of Terraform's."""
    return {
        "address": address,
        "mode": "managed",
        "type": "aws_cloudwatch_log_metric_filter",
        "values": {"log_group_name": "trail", **values},
    }


@pytest.mark.parametrize("state", ["planned_values", "values"])
def test_terraform_in_nested_modules(alarmchain: Run, tmp_path: Path, state: str) -> None:
    """Of a plan and of a state, the root's filters and its modules' together."""
    inner = {"resources": [terraform("module.a.module.b.f[0]", pattern=DELETE)]}
    outer = {"resources": [], "child_modules": [inner]}
    others = {"type": "aws_s3_bucket", "address": "b", "values": {}}
    resources = [terraform("f", pattern=DISABLE), others]
    root = {"resources": resources, "child_modules": [outer]}
    status, said = answer(alarmchain, plan(tmp_path, **{state: {"root_module": root}}))
    assert status == 0
    assert [one["name"] for one in said["filters"]] == ["f", "module.a.module.b.f[0]"]


def test_what_terraform_knows_after_apply_is_unknown(alarmchain: Run, tmp_path: Path) -> None:
    """With the name of what the pattern refers to, in a module too."""
    address = "aws_cloudwatch_log_metric_filter.keys"
    expressions = {"pattern": {"references": ["random_id.x.hex", "random_id.x"]}}
    configured = {
        "address": address,
        "type": "aws_cloudwatch_log_metric_filter",
        "expressions": expressions,
    }
    module = {"resources": [configured]}
    child = {"resources": [terraform(f'module.m["a"].{address}')]}
    file = plan(
        tmp_path,
        planned_values={"root_module": {"child_modules": [child]}},
        configuration={"root_module": {"module_calls": {"m": {"module": module}}}},
    )
    status, said = answer(alarmchain, file)
    assert status == 1
    assert said["calls"]["DisableKey"]["verdict"] == "unknown"
    reason = f'module.m["a"].{address} hangs on random_id.x.hex, known after apply'
    assert said["calls"]["DisableKey"]["reason"] == reason


def test_without_a_rule_all_are_answered(alarmchain: Run, tmp_path: Path) -> None:
    """As text: a line for each call, and why one escapes."""
    ran = alarmchain("coverage", "--template", template(tmp_path, resource(KEYS)))
    assert ran.status == 1
    assert "CMKChanges: 2 of 2 calls covered\n" in ran.out
    assert "by F1 on log group trail" in ran.out
    assert "SecurityGroupChanges: 0 of 6 calls covered\n" in ran.out
    assert "escapes  StopLogging" in ran.out


def test_parameters_count_as_ever(alarmchain: Run, tmp_path: Path) -> None:
    """An added call has to be covered as well."""
    file = template(tmp_path, resource(KEYS))
    added = "AdditionalCalls=kms.amazonaws.com:PutKeyPolicy"
    ran = alarmchain("coverage", "--template", file, "--rule", "CMKChanges", "--parameter", added)
    assert ran.status == 1
    assert "escapes  PutKeyPolicy" in ran.out


def test_a_template_without_a_filter(alarmchain: Run, tmp_path: Path) -> None:
    """Every call escapes, and it is said why."""
    status, said = answer(alarmchain, template(tmp_path))
    assert status == 1
    assert {call["reason"] for call in said["calls"].values()} == {
        "the template has no metric filter"
    }


def test_a_bad_pattern_is_shown_with_its_place(alarmchain: Run, tmp_path: Path) -> None:
    """Exit status 2, the filter's name and a caret; as JSON the same as an error."""
    file = template(tmp_path, resource(KEYS), resource("{ $.eventName = }"))
    ran = alarmchain("coverage", "--template", file)
    assert (ran.status, ran.out) == (2, "")
    assert "template.json: F2: not a filter pattern: " in ran.err
    assert "^" in ran.err.splitlines()[2]
    ran = alarmchain("coverage", "--template", file, "--format", "json")
    document = json.loads(ran.out)
    assert (ran.status, document["rules"]) == (2, [])
    assert document["error"].startswith("F2: not a filter pattern: ")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "expected a CloudFormation template with Resources, or the output of terraform"),
        ("- a", "expected a CloudFormation template with Resources, or the output of terraform"),
        ("a: [", "not a template: did not find expected node content (line 2, column 1)"),
        ("Resources:\n  A: 1\n  A: 2\n", "not a template: Duplicate found 'A' (line 2)"),
        ("\x00", "not a template: Template could not be parsed"),
        ('{"format_version": "1.2", "values": 3}', "expected the output of terraform show -json"),
        (json.dumps({"Resources": {"F": {"Type": "AWS::Logs::MetricFilter"}}}), "F has no Filter"),
        (json.dumps({"Resources": {"F": resource(None)}}), "FilterPattern of F is None; expected"),
        (json.dumps({"Resources": {"F": resource(["x"])}}), "FilterPattern of F is ['x']; expec"),
        (
            json.dumps({"values": {"root_module": {"resources": [terraform("f", pattern=3)]}}}),
            "pattern of f is 3; expected a text",
        ),
    ],
)
def test_a_file_that_cannot_be_used(alarmchain: Run, tmp_path: Path, text: str, error: str) -> None:
    """Exit status 2 and one line that names the file and the fault."""
    file = tmp_path / "template"
    file.write_text(text)
    ran = alarmchain("coverage", "--template", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert f"{file}: {error}" in ran.err


def test_a_file_that_cannot_be_read(alarmchain: Run, tmp_path: Path) -> None:
    """That is absent, or no text."""
    ran = alarmchain("coverage", "--template", str(tmp_path / "none.yaml"))
    assert (ran.status, ran.err.splitlines()[0].endswith("No such file or directory")) == (2, True)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    ran = alarmchain("coverage", "--template", str(tmp_path / "binary"))
    assert (ran.status, ran.err.strip().endswith("byte 0 is not UTF-8")) == (2, True)


def test_template_and_pattern_exclude_each_other(alarmchain: Run) -> None:
    """The patterns come from the one or the other."""
    ran = alarmchain("coverage", "--template", "t.yaml", "--rule", "CMKChanges", KEYS)
    assert ran.status == 2
    assert "--template takes its patterns from FILE alone" in ran.err


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [(["--rule", "CMKChanges", KEYS], False), (["--template", "t.yaml"], True)],
)
def test_only_a_template_loads_cfn_lint(tmp_path: Path, arguments: list[str], loaded: bool) -> None:
    """It is slow to import, and a pattern needs none of it; neither needs boto3."""
    (tmp_path / "t.yaml").write_text("Resources: {}")
    code = (
        "import sys\nfrom alarmchain.cli.main import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print('cfnlint' in sys.modules, 'boto3' in sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "coverage", *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr.split() == [str(loaded), "False"]
