"""Parts of a CloudFormation template that may make filters, loops, and false conditions."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Run
from tests.template.template_builder import (
    DELETE,
    DISABLE,
    KEYS,
    answer,
    metric_filter,
    template,
    verdicts,
)
from tests.work import calls_within

INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": "s3://x/y"}}
STAGE = {"Stage": {"Type": "String", "Default": "test"}}
IS_PROD = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}


@pytest.mark.parametrize(
    "sections",
    [
        {"Resources": {"S": {"Type": "AWS::CloudFormation::Stack"}}},
        {"Resources": {"S": {"Type": "AWS::CloudFormation::StackSet"}}},
        {"Resources": {"S": {"Type": "AWS::Serverless::Application"}}},
        {"Resources": {"S": {"Type": "My::Own::Alarms::MODULE"}}},
        {"Resources": {"S": {"Fn::Transform": INCLUDE}}},
        {"Resources": {"Fn::Transform": INCLUDE}},
        {"Transform": "MyMacro"},
        {"Transform": [INCLUDE]},
        {"Fn::Transform": INCLUDE},
        {"Resources": {"Fn::ForEach::F": ["N", {"Ref": "X"}, {"F${N}": metric_filter("${N}")}]}},
    ],
)
def test_what_may_make_filters_is_unknown(
    alarmchain: Run, tmp_path: Path, sections: dict[str, Any]
) -> None:
    """A call that the template's own filters do not cover is unknown."""
    status, coverage = answer(alarmchain, template(tmp_path, **sections))
    assert (status, set(verdicts(coverage).values())) == (1, {"unknown"})


@pytest.mark.parametrize(
    "sections", [{"Transform": "MyMacro"}, {"Resources": {"Fn::Transform": INCLUDE}}]
)
def test_a_macro_may_change_the_filters(
    alarmchain: Run, tmp_path: Path, sections: dict[str, Any]
) -> None:
    """With a macro, every call is unknown, because the macro may change the filters."""
    coverage = answer(alarmchain, template(tmp_path, metric_filter(KEYS), **sections))[1]
    assert set(verdicts(coverage).values()) == {"unknown"}


@pytest.mark.parametrize("transform", ["AWS::LanguageExtensions", ["AWS::Serverless-2016-10-31"]])
def test_transforms_of_aws_change_no_filter(
    alarmchain: Run, tmp_path: Path, transform: Any
) -> None:
    """AWS's own transforms leave the filters unchanged."""
    file = template(tmp_path, metric_filter(KEYS), Transform=transform)
    assert answer(alarmchain, file)[0] == 0


def test_a_nested_stack_takes_nothing_away(alarmchain: Run, tmp_path: Path) -> None:
    """A nested stack does not change that the template's own filters cover the calls."""
    stack = {"S": {"Type": "AWS::CloudFormation::Stack"}}
    assert answer(alarmchain, template(tmp_path, metric_filter(KEYS), Resources=stack))[0] == 0


@pytest.mark.parametrize(
    "collection", [["DisableKey", "ScheduleKeyDeletion"], {"Ref": "Names"}, [{"Ref": "Names"}]]
)
def test_a_loop_is_expanded(alarmchain: Run, tmp_path: Path, collection: Any) -> None:
    """Literals and the default of a list are known; loops may be nested."""
    body = {"F${Group}${Name}": metric_filter({"Fn::Sub": "{ $.eventName = ${Name} }"}, "${Group}")}
    inner = {"Fn::ForEach::Names": ["Name", collection, body]}
    file = template(
        tmp_path,
        Parameters={
            "Names": {"Type": "CommaDelimitedList", "Default": "DisableKey, ScheduleKeyDeletion"}
        },
        Resources={"Fn::ForEach::Groups": ["Group", ["a", "b"], inner]},
    )
    status, coverage = answer(alarmchain, file)
    assert status == 0
    names = [each["name"] for each in coverage["filters"]]
    assert names == ["FaDisableKey", "FaScheduleKeyDeletion"]


def test_a_loop_over_log_groups_does_not_add_up(alarmchain: Run, tmp_path: Path) -> None:
    """Filters of a loop over log groups are on different log groups, and do not add up."""
    body = {"F${Name}": metric_filter({"Fn::Sub": "{ $.eventName = ${Name} }"}, {"Ref": "Name"})}
    loop = {"Fn::ForEach::F": ["Name", ["DisableKey", "ScheduleKeyDeletion"], body]}
    assert answer(alarmchain, template(tmp_path, Resources=loop))[0] == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Ref": "Group"}, "trail"),
        ({"Ref": "Group"}, {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Group"}]}]}),
        ({"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}),
        (None, None),
    ],
)
def test_log_groups_that_may_be_the_same(
    alarmchain: Run, tmp_path: Path, first: Any, second: Any
) -> None:
    """A call that is covered only if two filters are on the same log group is unknown."""
    file = template(
        tmp_path,
        metric_filter(DISABLE, first),
        metric_filter(DELETE, second),
        Parameters={"Group": {"Type": "String"}},
    )
    coverage = answer(alarmchain, file)[1]
    assert verdicts(coverage) == {"DisableKey": "covered", "ScheduleKeyDeletion": "unknown"}
    reason = coverage["calls"]["ScheduleKeyDeletion"]["reason"]
    assert reason == "F2 may be on another log group"


def test_a_false_condition_is_said(alarmchain: Run, tmp_path: Path) -> None:
    """The answer names the filter and its condition; --template-parameter makes it true."""
    file = template(
        tmp_path, metric_filter(KEYS, Condition="IsProd"), Parameters=STAGE, Conditions=IS_PROD
    )
    coverage = answer(alarmchain, file)[1]
    assert coverage["left_out"] == [{"name": "F1", "condition": "IsProd"}]
    reason = "each metric filter has a condition that is false"
    assert coverage["calls"]["DisableKey"]["reason"] == reason
    arguments = ("coverage", "--template", file, "--rule", "CMKChanges")
    text = " ".join(alarmchain(*arguments).out.split())
    assert "not made, since their condition is false: F1 (IsProd); --template-parameter" in text
    completed = alarmchain(*arguments, "--template-parameter", "Stage=prod")
    assert completed.status == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("Stag=prod",), "the template has no parameter Stag; expected Stage"),
        (("Stage",), "parameter 'Stage' has no value; expected NAME=VALUE"),
        (("Stage=a", "Stage=b"), "parameter 'Stage' is set twice"),
    ],
)
def test_wrong_parameters(
    alarmchain: Run, tmp_path: Path, arguments: tuple[str, ...], error: str
) -> None:
    """The exit status is 2, with a line that says what is wrong."""
    options = [part for each in arguments for part in ("--template-parameter", each)]
    file = template(tmp_path, metric_filter(KEYS), Parameters=STAGE)
    completed = alarmchain("coverage", "--template", file, *options)
    assert completed.status == 2
    assert error in completed.err


def test_a_template_parameter_needs_a_template(alarmchain: Run) -> None:
    """The option without --template is refused."""
    completed = alarmchain("coverage", KEYS, "--rule", "CMKChanges", "--template-parameter", "A=b")
    assert (completed.status, "--template-parameter needs --template" in completed.err) == (2, True)


def test_only_the_filters_that_cover_are_listed(alarmchain: Run, tmp_path: Path) -> None:
    """A filter without effect on the rule's calls is not listed."""
    filters = metric_filter("{ $.errorCode = AccessDenied }"), metric_filter(DISABLE)
    coverage = answer(alarmchain, template(tmp_path, *filters, metric_filter(DELETE)))[1]
    assert [each["name"] for each in coverage["filters"]] == ["F2", "F3"]


def many_log_groups(folder: Path, number: int) -> str:
    """Return a template with so many log groups that may be the same, each with a filter."""
    parameters = {f"P{each}": {"Type": "String"} for each in range(number)}
    filters = [
        metric_filter(f"{{ $.eventName = Call{name} || $.eventName = {name} }}", {"Ref": name})
        for name in parameters
    ]
    folder.mkdir()
    return template(folder, *filters, Parameters=parameters)


def test_many_log_groups(alarmchain: Run, tmp_path: Path) -> None:
    """Log groups share proofs: four times as many take less than eight times the work."""
    few, many = (many_log_groups(tmp_path / str(number), number) for number in (20, 80))
    answer(alarmchain, few)  # fills the caches that every template shares
    least, most = (calls_within(partial(answer, alarmchain, file)) for file in (few, many))
    assert most < 8 * least, (least, most)
