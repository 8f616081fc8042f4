"""`alarmchain match`: one pattern on one event."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
EVENT = {"eventName": "StopLogging", "errorCode": "AccessDenied", "u": {"type": "Root"}}

ANSWERS = [
    # pattern, status, what standard output says
    ("{ $.eventName = Stop* }", 0, "match\n"),
    ("", 0, "match\n"),
    ("StopLogging -Nothing", 0, "match\n"),
    (
        "{ $.eventName = StopLogging && $.errorCode NOT EXISTS }",
        1,
        'no match\n  $.errorCode is "AccessDenied"\n',
    ),
    ("{ $.x.y = 1 }", 1, "no match\n  $.x.y is absent\n"),
    ("{ $.u = Root }", 1, 'no match\n  $.u is {"type": "Root"}\n'),
    ("Nothing", 1, "no match\n  the text does not hold Nothing\n"),
    ('-"StopLogging"', 1, "no match\n  the text holds StopLogging\n"),
    ("{ $.eventName = St*ing }", 1, "unknown\n  a * inside a string"),
]


@pytest.fixture
def event(tmp_path: Path) -> str:
    """A file that holds EVENT."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(EVENT))
    return str(path)


@pytest.mark.parametrize(("pattern", "status", "words"), ANSWERS)
def test_answers(alarmchain: Run, event: str, pattern: str, status: int, words: str) -> None:
    """0 for a match, 1 for none or unknown, each with its reason; standard input does as well."""
    words_given = ("match", "--", pattern)
    ran = alarmchain(*words_given, event)
    assert (ran.status, ran.err) == (status, "")
    assert ran.out.startswith(words)
    assert alarmchain(*words_given, "-", stdin=json.dumps(EVENT).encode()) == ran


def test_json(alarmchain: Run, event: str) -> None:
    """The answer as JSON: the verdict, what decides and what it hangs on."""
    ran = alarmchain("match", "--format", "json", "{ $.errorCode NOT EXISTS }", event)
    answer = {"match": "no_match", "deciding": ["$.errorCode"], "doubts": []}
    assert (ran.status, json.loads(ran.out)) == (1, answer)
    ran = alarmchain("match", "--format", "json", "[a]", event)
    assert json.loads(ran.out)["match"] == "unknown"
    assert json.loads(ran.out)["doubts"] != []


EVENTS = [
    # content of the file, what standard error says
    (b"", "not JSON"),
    (b"{", "not JSON"),
    (b'{"a": NaN}', "NaN is no JSON number"),
    (b"\xff\xfe\xfd", "not UTF-8"),
    (b"[]", "expected one event, a JSON object"),
    (b'"x"', "expected one event, a JSON object"),
    (b'{"Records": [{}]}', "expected one event out of it"),
    (b"[" * 200_000, "nests too deep"),
    (b'{"a": ' + b"1" * 5_000 + b"}", "not JSON"),
]


@pytest.mark.parametrize(("content", "words"), EVENTS)
def test_events_that_cannot_be_used(
    alarmchain: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    """A file that holds no event is named in one line, with status 2."""
    path = tmp_path / "event.json"
    path.write_bytes(content)
    ran = alarmchain("match", "{ $.a = 1 }", str(path))
    assert (ran.status, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith(f"alarmchain: {path}: ")
    assert words in line


def test_other_refusals(alarmchain: Run, tmp_path: Path, event: str) -> None:
    """A missing file, a folder, a wrong pattern and a missing argument end with status 2."""
    missing = alarmchain("match", "x", str(tmp_path / "none.json"))
    assert (missing.status, missing.out) == (2, "")
    path = tmp_path / "none.json"
    assert missing.err == f"alarmchain: cannot read {path}: No such file or directory\n"
    assert "Is a directory" in alarmchain("match", "x", str(tmp_path)).err
    wrong = alarmchain("match", "{ $.a = 'x' }", event)
    assert (wrong.status, wrong.out) == (2, "")
    assert "double quotes" in wrong.err.splitlines()[0]
    assert alarmchain("match", "x").status == 2
