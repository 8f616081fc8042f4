"""`alarmchain rules`: the rules, what they require, and their controls."""

import json
from pathlib import Path

from alarmchain.control import known_controls
from alarmchain.report.rule_list import as_json, as_text
from tests.command_line import Run
from tests.made_up_rule import CLASSES, DENIED, ROOT, made_up_rule


def test_text(alarmchain: Run) -> None:
    """Each rule has its calls and controls."""
    completed = alarmchain("rules")
    assert (completed.status, completed.err) == (0, "")
    text = " ".join(completed.out.split())
    for control in known_controls().values():
        assert f"{control.name} {control.title} ({control.severity})" in text
        for calls in control.calls.values():
            assert ", ".join(map(str, calls)) in text
    long = [line for line in completed.out.splitlines() if len(line) > 80]
    assert all(len(line.split()) == 1 for line in long)


def test_json(alarmchain: Run) -> None:
    """The JSON has every rule with its calls and mappings."""
    completed = alarmchain("rules", "--format", "json")
    listed = json.loads(completed.out)
    assert (completed.status, listed["format"]) == (0, "alarmchain-rules/1")
    controls = known_controls()
    assert [rule["rule"] for rule in listed["rules"]] == list(controls)
    for rule in listed["rules"]:
        control = controls[rule["rule"]]
        for key, calls in control.calls.items():
            listed_classes = [each for each in rule["classes"] if each["list"] == key]
            names = [each.get("call", each["name"]) for each in listed_classes]
            records = [records.name for records in control.records[key]]
            assert names == [*map(str, calls), *records]
        assert len(rule["controls"]) == len(control.mappings)


def test_classes_without_a_call(tmp_path: Path) -> None:
    """A class of records is listed with its pattern."""
    control = made_up_rule(tmp_path, ROOT, DENIED, more='region = "leader"')
    (rule,) = as_json([control])["rules"]
    assert rule["region"] == "leader"
    assert rule["classes"] == [
        {"list": "cis", "name": name, "pattern": CLASSES[name], "events": 1}
        for name in (ROOT, DENIED)
    ]
    text = " ".join(as_text([control]).split())
    assert f"{ROOT}: {CLASSES[ROOT]}" in text
    assert "checked in the leader region of the partition" in text
