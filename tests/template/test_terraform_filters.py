"""The metric filters of a Terraform plan or state."""

from pathlib import Path

import pytest

from tests.command_line import Run
from tests.template.template_builder import DELETE, DISABLE, answer, plan, terraform_filter


@pytest.mark.parametrize("state", ["planned_values", "values"])
def test_filters_in_nested_modules(alarmchain: Run, tmp_path: Path, state: str) -> None:
    """The filters of the root module and of its child modules count, in a plan and in a state."""
    inner = {"resources": [terraform_filter("module.a.module.b.f[0]", pattern=DELETE)]}
    outer = {"resources": [], "child_modules": [inner]}
    others = {"type": "aws_s3_bucket", "address": "b", "values": {}}
    resources = [terraform_filter("f", pattern=DISABLE), others]
    root = {"resources": resources, "child_modules": [outer]}
    status, coverage = answer(alarmchain, plan(tmp_path, **{state: {"root_module": root}}))
    assert status == 0
    assert [each["name"] for each in coverage["filters"]] == ["f", "module.a.module.b.f[0]"]


def test_a_pattern_known_after_apply_is_unknown(alarmchain: Run, tmp_path: Path) -> None:
    """The reason names the reference of the pattern, also in a module."""
    address = "aws_cloudwatch_log_metric_filter.keys"
    expressions = {"pattern": {"references": ["random_id.x.hex", "random_id.x"]}}
    configured = {
        "address": address,
        "type": "aws_cloudwatch_log_metric_filter",
        "expressions": expressions,
    }
    module = {"resources": [configured]}
    child = {"resources": [terraform_filter(f'module.m["a"].{address}')]}
    file = plan(
        tmp_path,
        planned_values={"root_module": {"child_modules": [child]}},
        configuration={"root_module": {"module_calls": {"m": {"module": module}}}},
    )
    status, coverage = answer(alarmchain, file)
    assert status == 1
    assert coverage["calls"]["DisableKey"]["verdict"] == "unknown"
    reason = f'module.m["a"].{address} depends on random_id.x.hex, known after apply'
    assert coverage["calls"]["DisableKey"]["reason"] == reason
