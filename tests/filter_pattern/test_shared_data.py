"""Real patterns and records: alarmchain's answers agree with the labels."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from alarmchain.control import Control, known_controls
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import api_call
from localaws.logs import json_pattern
from localaws.logs.matcher import compile as compile_independently

DATA = Path(__file__).parents[2].parent / "shared" / "data"
RULES = {
    "cloudtrail": "CloudTrailChanges",
    "config": "ConfigChanges",
    "security_group": "SecurityGroupChanges",
    "kms": "CMKChanges",
}


def rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a shared data file; skip the test if the file is missing."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"the shared data file {name} is missing")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def parsed(text: str) -> Pattern | None:
    """Return the syntax tree, or None if the text is not a pattern."""
    try:
        return parse(text)
    except PatternSyntaxError:
        return None


def covered(pattern: Pattern | None, control: Control) -> dict[str, Verdict]:
    """Return the verdict for each call of the control. The labels include failed calls."""
    calls = control.calls["cis"]
    if pattern is None:
        return {call.event_name: Verdict.ESCAPES for call in calls}
    return {
        call.event_name: prove(
            (pattern,), api_call(call.event_source, call.event_name, failed=None)
        ).verdict
        for call in calls
    }


def test_labels() -> None:
    """Calls that the label guarantees are covered; all others are not."""
    controls = known_controls()
    labels = rows("labels.jsonl")
    wrong = []
    for row in labels:
        verdicts = covered(parsed(row["pattern"]), controls[RULES[row["family"]]])
        names = {name for name, verdict in verdicts.items() if verdict is Verdict.COVERED}
        if names != set(row["guaranteed"]):
            wrong.append((row["pattern"], names))
    assert wrong == []
    assert len(labels) > 50


def test_patterns_parse_as_labelled() -> None:
    """A text parses if and only if its label says so; unsure labels are left out."""
    labelled = [row for row in rows("patterns.jsonl") if row["parse_ok"] != "unsure"]
    wrong = [
        row["pattern"]
        for row in labelled
        if (parsed(row["pattern"]) is not None) is not (row["parse_ok"] == "true")
    ]
    assert wrong == []
    assert len(labelled) > 200


def test_real_patterns_print_canonically() -> None:
    """The canonical text of every real pattern parses to an equal tree."""
    trees = [tree for row in rows("patterns.jsonl") if (tree := parsed(row["pattern"]))]
    assert [str(tree) for tree in trees if parse(str(tree)) != tree] == []
    assert len(trees) > 200


def test_match_agrees_on_every_record_and_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every real record and pattern the local AWS's matcher gives the same answer."""
    # Each message is the same for all patterns, so it is decoded once.
    monkeypatch.setattr(json_pattern, "read", cache(json_pattern.read))
    events = [row["event"] for row in rows("events.jsonl")]
    messages = [json.dumps(event) for event in events]
    decided = disagreements = unknown = 0
    for row in rows("patterns.jsonl"):
        tree = parsed(row["pattern"])
        if tree is None:
            continue
        other = compile_independently(row["pattern"])
        for event, message in zip(events, messages, strict=True):
            level = match(tree, event).level
            unknown += level == 1
            decided += level != 1
            disagreements += level != 1 and other.matches(message) is not (level == 2)
    assert disagreements == 0
    assert unknown < decided / 1_000
    assert decided > 100_000
