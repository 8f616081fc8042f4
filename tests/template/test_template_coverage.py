"""`alarmchain coverage --template`: which log group covers what, as text and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from alarmchain.control import known_controls
from alarmchain.rule_sets import rules_of_set
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

ALARMS = Path(__file__).parents[2] / "cloudformation" / "alarms.json"


def test_one_filter_that_matches_all(alarmchain: Run, tmp_path: Path) -> None:
    """The exit status is 0, and the answer names the filter."""
    status, coverage = answer(alarmchain, template(tmp_path, metric_filter(KEYS)))
    assert status == 0
    assert set(verdicts(coverage).values()) == {"covered"}
    assert coverage["filters"] == [{"name": "F1", "pattern": KEYS, "unresolved": ""}]


def test_filters_of_a_log_group_add_up(alarmchain: Run, tmp_path: Path) -> None:
    """Two filters cover together what neither covers alone."""
    both = template(tmp_path, metric_filter(DISABLE), metric_filter(DELETE))
    assert answer(alarmchain, both)[0] == 0
    status, coverage = answer(alarmchain, template(tmp_path, metric_filter(DISABLE)))
    assert (status, verdicts(coverage)) == (
        1,
        {"DisableKey": "covered", "ScheduleKeyDeletion": "escapes"},
    )
    call = coverage["calls"]["ScheduleKeyDeletion"]
    assert call["counterexample"]["eventName"] == "ScheduleKeyDeletion"
    assert call["reason"] == 'when $.eventName is "ScheduleKeyDeletion"'


def test_filters_of_different_log_groups_do_not_add_up(alarmchain: Run, tmp_path: Path) -> None:
    """A filter on an application's log group receives none of the trail's records."""
    file = template(tmp_path, metric_filter(DISABLE, "trail"), metric_filter(DELETE, "other"))
    assert answer(alarmchain, file)[0] == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Ref": "Group"}, {"Fn::Sub": "${Group}"}),
        ({"Ref": "Group"}, "named"),
        ({"Ref": "Elsewhere"}, {"Fn::Join": ["", [{"Ref": "Elsewhere"}]]}),
        ({"Fn::ImportValue": "x"}, {"Fn::ImportValue": "x"}),
    ],
)
def test_a_log_group_is_the_same_under_each_of_its_names(
    alarmchain: Run, tmp_path: Path, first: Any, second: Any
) -> None:
    """A reference, a substitution and the name in the template mean one log group."""
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "named"}}
    filters = metric_filter(DISABLE, first), metric_filter(DELETE, second)
    file = template(tmp_path, *filters, Resources={"Group": group})
    assert answer(alarmchain, file)[0] == 0


def test_our_own_template_covers_every_call(alarmchain: Run) -> None:
    """The defaults of cloudformation/alarms.json cover all rules."""
    completed = alarmchain("coverage", "--template", str(ALARMS), "--format", "json")
    assert completed.status == 0, completed.out
    assert len(json.loads(completed.out)["rules"]) == len(known_controls())


def test_without_a_rule_all_rules_are_answered(alarmchain: Run, tmp_path: Path) -> None:
    """The text has a line for each call, and the reason why a call escapes."""
    completed = alarmchain("coverage", "--template", template(tmp_path, metric_filter(KEYS)))
    assert completed.status == 1
    assert "CMKChanges: 2 of 2 calls covered\n" in completed.out
    assert "by F1 on log group trail" in completed.out
    assert "SecurityGroupChanges: 0 of 6 calls covered\n" in completed.out
    assert "escapes  StopLogging" in completed.out


def test_parameters_apply(alarmchain: Run, tmp_path: Path) -> None:
    """A call added by a parameter has to be covered too."""
    file = template(tmp_path, metric_filter(KEYS))
    added = "AdditionalCalls=kms.amazonaws.com:PutKeyPolicy"
    completed = alarmchain(
        "coverage", "--template", file, "--rule", "CMKChanges", "--parameter", added
    )
    assert completed.status == 1
    assert "escapes  PutKeyPolicy" in completed.out


def test_a_template_without_a_filter(alarmchain: Run, tmp_path: Path) -> None:
    """Every call escapes, with the reason."""
    status, coverage = answer(alarmchain, template(tmp_path))
    assert status == 1
    assert {call["reason"] for call in coverage["calls"].values()} == {
        "the template has no metric filter"
    }


def test_an_invalid_pattern_is_shown_with_its_position(alarmchain: Run, tmp_path: Path) -> None:
    """The exit status is 2; the message has the filter's name and a caret, the JSON an error."""
    file = template(tmp_path, metric_filter(KEYS), metric_filter("{ $.eventName = }"))
    completed = alarmchain("coverage", "--template", file)
    assert (completed.status, completed.out) == (2, "")
    assert "template.json: F2: not a filter pattern: " in completed.err
    assert "^" in completed.err.splitlines()[2]
    completed = alarmchain("coverage", "--template", file, "--format", "json")
    document = json.loads(completed.out)
    assert (completed.status, document["rules"]) == (2, [])
    assert document["error"].startswith("F2: not a filter pattern: ")


def test_template_and_pattern_exclude_each_other(alarmchain: Run) -> None:
    """The command refuses a template together with a pattern."""
    completed = alarmchain("coverage", "--template", "t.yaml", "--rule", "CMKChanges", KEYS)
    assert completed.status == 2
    assert "--template cannot be used with PATTERN" in completed.err


def test_several_files(alarmchain: Run, tmp_path: Path) -> None:
    """Each file is answered by itself, once and in order; the status is the worst one."""
    files = []
    for name, *filters in (("a", metric_filter(KEYS)), ("b", metric_filter(DISABLE)), ("c",)):
        folder = tmp_path / name
        folder.mkdir()
        files.append(template(folder, *filters))
    for options in (
        ["--template", *files],
        ["--template", files[0], "--template", files[1], files[2], files[0]],
    ):
        completed = alarmchain("coverage", *options, "--rule", "CMKChanges", "--format", "json")
        assert (completed.status, completed.err) == (1, "")
        answers = [json.loads(line) for line in completed.out.splitlines()]
        assert [each["template"] for each in answers] == files
        assert [verdicts(each["rules"][0])["ScheduleKeyDeletion"] for each in answers] == [
            "covered",
            "escapes",
            "escapes",
        ]
    # Options between --template and the files, where pre-commit's `args` are.
    completed = alarmchain("coverage", "--template", "--rule", "CMKChanges", files[0])
    assert (completed.status, completed.err) == (0, "")


def test_a_file_that_cannot_be_used_does_not_hide_the_others(
    alarmchain: Run, tmp_path: Path
) -> None:
    """Standard error has a line for the file, the others are answered, and the status is 2."""
    good = template(tmp_path, metric_filter(DISABLE))
    missing = str(tmp_path / "missing.yaml")
    completed = alarmchain("coverage", "--template", good, missing, "--rule", "CMKChanges")
    assert completed.status == 2
    assert completed.err == f"alarmchain: cannot read {missing}: No such file or directory\n"
    assert completed.out.startswith(f"{good}: do its metric filters")


def test_rules_and_rule_sets(alarmchain: Run, tmp_path: Path) -> None:
    """--rule may be repeated; --rule-set selects the rules of the set, with its calls."""
    file = template(tmp_path, metric_filter(KEYS))

    def selected(*options: str) -> set[str]:
        completed = alarmchain("coverage", "--template", file, "--format", "json", *options)
        return {each["rule"] for each in json.loads(completed.out)["rules"]}

    assert selected("--rule", "CMKChanges", "--rule", "VPCChanges") == {"CMKChanges", "VPCChanges"}
    assert selected("--rule-set", "all") == selected() == set(known_controls())
    names = {each.name for each in rules_of_set("cis-3.0", known_controls())}
    assert selected("--rule-set", "cis-3.0") == names


REFUSALS = [
    # arguments, text on standard error
    (["--template"], "--template: expected the path of at least one file"),
    (["--template", "--rule", "CMKChanges"], "expected the path of at least one file"),
    (["--template", "t.yaml", ""], "an argument is empty; expected the path of a template"),
    (["--template", "t.yaml", "{ $.x = 1 }"], "--template cannot be used with PATTERN"),
    (["--template", "t.yaml", "--rule", "Nope"], "rule 'Nope' is unknown; known: CMKChanges"),
    (["--template", "t.yaml", "--rule-set", "cis-9"], "rule set 'cis-9' is unknown; known: all"),
    (["--template", "t.yaml", "--rule-set", "all", "--rule", "x"], "exclude each other"),
    (["--template", "t.yaml", "--jsonl"], "--template cannot be used with --jsonl"),
    (["--rule-set", "all", "{ $.x = 1 }"], "--rule-set needs --template"),
    (["--rule", "CMKChanges", "--rule", "VPCChanges", "x"], "a PATTERN is for one rule"),
    (["--rule", "CMKChanges", "{", "$.x"], "expected one PATTERN; got 2 arguments"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSALS)
def test_refusals(alarmchain: Run, arguments: list[str], words: str) -> None:
    """Standard error has one line, and the status is 2."""
    completed = alarmchain("coverage", *arguments)
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert words in line
