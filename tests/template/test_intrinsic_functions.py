"""The intrinsic functions and conditions of a CloudFormation template."""

from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Run
from tests.template.template_builder import DISABLE, KEYS, answer, metric_filter, template, verdicts


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
def test_functions_of_the_template_are_resolved(
    alarmchain: Run, tmp_path: Path, pattern: Any
) -> None:
    """Parameters have their defaults, and mappings their values."""
    file = template(
        tmp_path,
        metric_filter(pattern),
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
    """The reason names the reference. What other filters cover stays covered."""
    parameters = {
        "NoDefault": {"Type": "String"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": KEYS},
    }
    file = template(
        tmp_path, metric_filter(pattern), metric_filter(DISABLE, "x"), Parameters=parameters
    )
    status, coverage = answer(alarmchain, file)
    assert status == 1
    assert verdicts(coverage) == {"DisableKey": "covered", "ScheduleKeyDeletion": "unknown"}
    assert coverage["calls"]["ScheduleKeyDeletion"]["reason"] == f"F1 depends on {name}"


def test_a_filter_with_an_unknown_condition_is_unknown(alarmchain: Run, tmp_path: Path) -> None:
    """A call that only this filter covers is unknown."""
    file = template(tmp_path, metric_filter(KEYS, Condition="IsProd"))
    status, coverage = answer(alarmchain, file)
    assert status == 1
    assert coverage["calls"]["DisableKey"]["reason"] == "F1 depends on Condition IsProd"


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
def test_conditions_are_evaluated(alarmchain: Run, tmp_path: Path, name: str) -> None:
    """A condition of parameters decides, in an If and on a filter; any other is unknown."""
    sections: dict[str, Any] = {
        "Conditions": CONDITIONS,
        "Parameters": {
            "Stage": {"Type": "String", "Default": "prod"},
            "Count": {"Type": "Number", "Default": 1},
        },
    }
    verdict = {True: "covered", False: "escapes", None: "unknown"}[DECIDED.get(name)]
    by_if = metric_filter({"Fn::If": [name, KEYS, DISABLE]}, {"Fn::If": [name, "trail", "trail"]})
    call = "ScheduleKeyDeletion"
    coverage = answer(alarmchain, template(tmp_path, by_if, **sections))[1]
    assert verdicts(coverage)[call] == verdict
    conditional = metric_filter(KEYS, Condition=name)
    coverage = answer(alarmchain, template(tmp_path, conditional, **sections))[1]
    assert verdicts(coverage)[call] == verdict
