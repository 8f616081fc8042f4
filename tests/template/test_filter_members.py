"""The members of a metric filter that decide which of the matched records it counts."""

from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Run
from tests.template.template_builder import (
    KEYS,
    answer,
    metric_filter,
    plan,
    template,
    terraform_filter,
    verdicts,
)

NO_VALUE = {"Ref": "AWS::NoValue"}
DIMENSION = {"Key": "User", "Value": "$.userIdentity.arn"}


def with_properties(**properties: Any) -> dict[str, Any]:
    """Return a filter that matches all key changes, with these properties."""
    described = metric_filter(KEYS)
    described["Properties"].update(properties)
    return described


def transformation(**members: Any) -> list[dict[str, Any]]:
    """Return MetricTransformations with these members."""
    return [{"MetricName": "n", "MetricNamespace": "s", "MetricValue": "1", **members}]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"FieldSelectionCriteria": '@aws.region != "x"'}, "selects records by account or region"),
        ({"FieldSelectionCriteria": {"Ref": "P"}}, "FieldSelectionCriteria of F1 depends on P"),
        ({"FieldSelectionCriteria": 3}, "fieldSelectionCriteria of metric filter 'F1' cannot be"),
        ({"ApplyOnTransformedLogs": True}, "receives transformed logs"),
        ({"ApplyOnTransformedLogs": "true"}, "receives transformed logs"),
        ({"ApplyOnTransformedLogs": {"Ref": "P"}}, "ApplyOnTransformedLogs of F1 depends on P"),
        ({"EmitSystemFieldDimensions": ["@aws.region"]}, "emits @aws.region"),
        ({"MetricTransformations": transformation(Dimensions=[DIMENSION])}, "dimension User"),
        ({"MetricTransformations": transformation(MetricValue="$.size")}, "writes the value"),
        ({"MetricTransformations": {"Fn::ImportValue": "x"}}, "depends on ImportValue x"),
    ],
)
def test_a_member_that_narrows_is_said(
    alarmchain: Run, tmp_path: Path, properties: dict[str, Any], reason: str
) -> None:
    """The call is unknown, and the reason names the member."""
    sections = {"Parameters": {"P": {"Type": "String"}}}
    file = template(tmp_path, with_properties(**properties), **sections)
    status, coverage = answer(alarmchain, file)
    assert (status, set(verdicts(coverage).values())) == (1, {"unknown"})
    assert reason in coverage["calls"]["DisableKey"]["reason"]


@pytest.mark.parametrize(
    "properties",
    [
        {"FieldSelectionCriteria": NO_VALUE, "EmitSystemFieldDimensions": NO_VALUE},
        {"FieldSelectionCriteria": "", "ApplyOnTransformedLogs": "false"},
        {"ApplyOnTransformedLogs": False, "EmitSystemFieldDimensions": []},
        {"MetricTransformations": transformation(MetricName={"Ref": "P"}, MetricValue=1)},
        {"MetricTransformations": transformation(DefaultValue="0", Dimensions=NO_VALUE)},
    ],
)
def test_a_member_without_effect(
    alarmchain: Run, tmp_path: Path, properties: dict[str, Any]
) -> None:
    """A default, no value, and the metric's name leave the call covered."""
    sections = {"Parameters": {"P": {"Type": "String"}}}
    file = template(tmp_path, with_properties(**properties), **sections)
    assert answer(alarmchain, file)[0] == 0


@pytest.mark.parametrize(
    "values",
    [
        {"field_selection_criteria": '@aws.region = "eu-west-1"'},
        {"apply_on_transformed_logs": True},
        {"emit_system_field_dimensions": ["@aws.account"]},
        {"metric_transformation": [{"name": "n", "namespace": "s", "value": "$.size"}]},
        {
            "metric_transformation": [
                {"name": "n", "namespace": "s", "value": "1", "dimensions": {"A": "$.awsRegion"}}
            ]
        },
    ],
)
def test_members_in_a_plan(alarmchain: Run, tmp_path: Path, values: dict[str, Any]) -> None:
    """The same members of a Terraform plan make the call unknown."""
    resources = [terraform_filter("f", pattern=KEYS, **values)]
    status, coverage = answer(
        alarmchain, plan(tmp_path, planned_values={"root_module": {"resources": resources}})
    )
    assert (status, set(verdicts(coverage).values())) == (1, {"unknown"})


def test_a_member_known_after_apply(alarmchain: Run, tmp_path: Path) -> None:
    """A member whose value the plan does not know makes the call unknown."""
    configured = {
        "address": "f",
        "type": "aws_cloudwatch_log_metric_filter",
        "expressions": {"field_selection_criteria": {"references": ["random_id.x.hex"]}},
    }
    file = plan(
        tmp_path,
        planned_values={"root_module": {"resources": [terraform_filter("f", pattern=KEYS)]}},
        configuration={"root_module": {"resources": [configured]}},
    )
    reason = answer(alarmchain, file)[1]["calls"]["DisableKey"]["reason"]
    assert reason == "field_selection_criteria of f is known after apply"


def test_another_filter_still_covers(alarmchain: Run, tmp_path: Path) -> None:
    """A filter that counts every record covers the call, whatever another leaves out."""
    narrow = with_properties(FieldSelectionCriteria='@aws.region = "eu-west-1"')
    status, coverage = answer(alarmchain, template(tmp_path, narrow, metric_filter(KEYS)))
    assert status == 0
    assert [each["name"] for each in coverage["filters"]] == ["F2"]
