"""Which filters of a Terraform plan are on the same log group."""

from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Run
from tests.template.template_builder import (
    DELETE,
    DISABLE,
    answer,
    plan,
    terraform_filter,
    verdicts,
)

GROUP = "aws_cloudwatch_log_group.g"
NAME = [f"{GROUP}.name", GROUP]
TYPE = "aws_cloudwatch_log_metric_filter"


def configured(name: str, names: list[str] | None, **others: Any) -> dict[str, Any]:
    """Return the configuration of filter `name`, whose log group refers to `names`."""
    expressions = {} if names is None else {"log_group_name": {"references": names}}
    return {"address": f"{TYPE}.{name}", "type": TYPE, "expressions": expressions, **others}


def second_call(alarmchain: Run, tmp_path: Path, resources: Any, **configuration: Any) -> str:
    """Return the verdict of the call that only the second filter matches."""
    file = plan(
        tmp_path,
        planned_values={"root_module": {"resources": resources}},
        configuration=configuration,
    )
    covered = verdicts(answer(alarmchain, file)[1])
    assert covered["DisableKey"] == "covered"
    return covered["ScheduleKeyDeletion"]


def filters(group: str | None = None, **second: Any) -> list[dict[str, Any]]:
    """Return filters a and b."""
    return [
        terraform_filter(f"{TYPE}.a", pattern=DISABLE, log_group_name=group),
        terraform_filter(f"{TYPE}.b", pattern=DELETE, log_group_name=group, **second),
    ]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (NAME, NAME, "covered"),
        (NAME, [f"{GROUP}.id", GROUP], "covered"),
        (NAME, ["aws_cloudwatch_log_group.h.name", "aws_cloudwatch_log_group.h"], "escapes"),
        ([f"{GROUP}[0].name", f"{GROUP}[0]", GROUP], [f"{GROUP}[1].name", GROUP], "escapes"),
        ([f"data.{GROUP}.name"], [f"data.{GROUP}.name"], "covered"),
        ([GROUP], [GROUP], "unknown"),
        ([GROUP, "each.key"], [GROUP, "each.key"], "unknown"),
        (["local.groups"], ["local.groups"], "unknown"),
        (["random_id.x.hex"], ["random_id.x.hex"], "unknown"),
        (["var.a", *NAME], ["var.a", *NAME], "unknown"),
        (None, None, "unknown"),
    ],
)
def test_references(
    alarmchain: Run,
    tmp_path: Path,
    first: list[str] | None,
    second: list[str] | None,
    verdict: str,
) -> None:
    """Only the name of one log group is a sure reference."""
    root = {"resources": [configured("a", first), configured("b", second)]}
    assert second_call(alarmchain, tmp_path, filters(), root_module=root) == verdict


REGION = {"expressions": {"region": {"constant_value": "us-east-1"}}}
OTHER_REGION = {"expressions": {"region": {"constant_value": "eu-west-1"}}}
UNKNOWN_REGION = {"expressions": {"region": {"references": ["var.region"]}}}
ROLE = {"expressions": {**REGION["expressions"], "assume_role": [{"role_arn": {}}]}}


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (REGION, "covered"),
        (OTHER_REGION, "escapes"),
        (UNKNOWN_REGION, "unknown"),
        (ROLE, "unknown"),
    ],
)
def test_provider_aliases(
    alarmchain: Run, tmp_path: Path, other: dict[str, Any], verdict: str
) -> None:
    """The same name is the same log group only in the same region and account."""
    resources = [
        configured("a", None, provider_config_key="aws"),
        configured("b", None, provider_config_key="aws.b"),
    ]
    configuration = {
        "provider_config": {"aws": REGION, "aws.b": other},
        "root_module": {"resources": resources},
    }
    assert second_call(alarmchain, tmp_path, filters("trail"), **configuration) == verdict


@pytest.mark.parametrize(
    ("region", "verdict"), [("us-east-1", "covered"), ("eu-west-1", "escapes")]
)
def test_the_region_argument(alarmchain: Run, tmp_path: Path, region: str, verdict: str) -> None:
    """The resource's own region replaces the provider's."""
    resources = [configured(name, None, provider_config_key="aws") for name in "ab"]
    configuration = {"provider_config": {"aws": REGION}, "root_module": {"resources": resources}}
    described = filters("trail", region=region)
    assert second_call(alarmchain, tmp_path, described, **configuration) == verdict


@pytest.mark.parametrize(
    ("indexes", "passed", "verdict"),
    [
        (('["x"]', '["y"]'), NAME, "covered"),
        (('["x"]', '["y"]'), [GROUP, "each.key"], "escapes"),
        (('["x"]', '["y"]'), ["each.value"], "unknown"),
        (("", ""), ["each.value"], "covered"),
    ],
)
def test_inputs_of_module_instances(
    alarmchain: Run, tmp_path: Path, indexes: tuple[str, str], passed: list[str], verdict: str
) -> None:
    """An input is followed to the caller, for each instance of the module."""
    children = [
        {
            "resources": [
                terraform_filter(
                    f"module.m{index}.{TYPE}.{name}", pattern=pattern, log_group_name=None
                )
            ]
        }
        for index, name, pattern in zip(indexes, "ab", (DISABLE, DELETE), strict=True)
    ]
    module = {"resources": [configured(name, ["var.group"]) for name in "ab"]}
    call = {"expressions": {"group": {"references": passed}}, "module": module}
    file = plan(
        tmp_path,
        planned_values={"root_module": {"child_modules": children}},
        configuration={"root_module": {"module_calls": {"m": call}}},
    )
    assert verdicts(answer(alarmchain, file)[1])["ScheduleKeyDeletion"] == verdict


def test_log_groups_of_module_instances_differ(alarmchain: Run, tmp_path: Path) -> None:
    """Each instance of a module has its own log group."""
    children = [
        {
            "resources": [
                terraform_filter(
                    f"module.m[{index}].{TYPE}.a", pattern=pattern, log_group_name=None
                )
            ]
        }
        for index, pattern in enumerate((DISABLE, DELETE))
    ]
    call = {"module": {"resources": [configured("a", NAME)]}}
    file = plan(
        tmp_path,
        planned_values={"root_module": {"child_modules": children}},
        configuration={"root_module": {"module_calls": {"m": call}}},
    )
    assert verdicts(answer(alarmchain, file)[1])["ScheduleKeyDeletion"] == "escapes"


def test_an_output_is_followed_into_its_module(alarmchain: Run, tmp_path: Path) -> None:
    """A module's output and its own reference mean one log group."""
    module = {
        "resources": [configured("a", NAME)],
        "outputs": {"group": {"expression": {"references": NAME}}},
    }
    root = {
        "resources": [configured("b", ["module.m.group", "module.m"])],
        "module_calls": {"m": {"module": module}},
    }
    first, second = filters()
    first["address"] = f"module.m.{TYPE}.a"
    assert second_call(alarmchain, tmp_path, [first, second], root_module=root) == "covered"


def test_a_state_of_two_regions(alarmchain: Run, tmp_path: Path) -> None:
    """A state does not say the region of a filter."""
    buckets = [
        {"type": "t", "address": f"t.{region}", "values": {"arn": f"arn:aws:x:{region}:1:y"}}
        for region in ("us-east-1", "eu-west-1")
    ]
    file = plan(tmp_path, values={"root_module": {"resources": [*filters("trail"), *buckets]}})
    assert verdicts(answer(alarmchain, file)[1])["ScheduleKeyDeletion"] == "unknown"


@pytest.mark.parametrize("kind", ["aws_cloudformation_stack", "awscc_logs_metric_filter"])
def test_resources_that_may_make_filters(alarmchain: Run, tmp_path: Path, kind: str) -> None:
    """A call that the plan's filters do not cover is unknown."""
    stack = {"type": kind, "mode": "managed", "address": f"{kind}.s", "values": {}}
    file = plan(tmp_path, planned_values={"root_module": {"resources": [stack]}})
    assert set(verdicts(answer(alarmchain, file)[1]).values()) == {"unknown"}


@pytest.mark.parametrize(
    "incomplete",
    [
        {"errored": True},
        {"deferred_changes": [{"resource_change": {"type": TYPE, "address": f"{TYPE}.a"}}]},
    ],
)
def test_an_incomplete_plan(alarmchain: Run, tmp_path: Path, incomplete: dict[str, object]) -> None:
    """A plan that may lack filters leaves each call unknown that its filters do not cover."""
    file = plan(tmp_path, planned_values={"root_module": {}}, **incomplete)
    assert set(verdicts(answer(alarmchain, file)[1]).values()) == {"unknown"}
