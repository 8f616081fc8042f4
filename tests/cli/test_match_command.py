"""`alarmchain match`: a pattern and an event."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from alarmchain.cli import event_file
from tests.command_line import Run

EVENT = {"eventName": "StopLogging", "errorCode": "AccessDenied", "u": {"type": "Root"}}

ANSWERS = [
    # pattern, status, standard output
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
    """Return a file with EVENT."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(EVENT))
    return str(path)


@pytest.mark.parametrize(("pattern", "status", "words"), ANSWERS)
def test_answers(alarmchain: Run, event: str, pattern: str, status: int, words: str) -> None:
    """The status is 0 for a match, else 1; the event may come from standard input."""
    arguments = ("match", "--", pattern)
    completed = alarmchain(*arguments, event)
    assert (completed.status, completed.err) == (status, "")
    assert completed.out.startswith(words)
    assert alarmchain(*arguments, "-", stdin=json.dumps(EVENT).encode()) == completed


def test_json(alarmchain: Run, event: str) -> None:
    """The JSON has the verdict, the deciding fields and the doubts."""
    completed = alarmchain("match", "--format", "json", "{ $.errorCode NOT EXISTS }", event)
    answer = {"match": "no_match", "deciding": ["$.errorCode"], "doubts": []}
    assert (completed.status, json.loads(completed.out)) == (1, answer)
    completed = alarmchain("match", "--format", "json", "[a]", event)
    assert json.loads(completed.out)["match"] == "unknown"
    assert json.loads(completed.out)["doubts"] != []


def test_lines(alarmchain: Run) -> None:
    """Each line has its answer, in order; a line that cannot be used has an error."""
    lines = [
        {"pattern": "{ $.eventName = Stop* }", "event": EVENT},
        {"pattern": "{ $.eventName = Start* }", "event": EVENT},
        {"pattern": "[a]", "event": EVENT},
        {"pattern": "{ x }", "event": EVENT},
    ]
    completed = alarmchain("match", "--jsonl", stdin="\n".join(map(json.dumps, lines)).encode())
    answers = [json.loads(line) for line in completed.out.splitlines()]
    assert (completed.status, completed.err) == (0, "")
    assert [each["verdict"] for each in answers] == ["match", "no_match", "unknown", "invalid"]
    assert answers[3]["error"].startswith("at character 3")
    for line in (
        b"x",
        b"[]",
        b'{"pattern": 1}',
        b'{"pattern": "a"}',
        b'{"pattern": "a", "event": 1}',
    ):
        completed = alarmchain("match", "--jsonl", stdin=line)
        answer = json.loads(completed.out)
        assert (completed.status, answer["verdict"]) == (2, "invalid")
        assert answer["error"].startswith("line 1 ")
    assert "--jsonl cannot be used with PATTERN" in alarmchain("match", "--jsonl", "x").err
    assert "expected a PATTERN and EVENT.json" in alarmchain("match", "x").err


EVENTS = [
    # content of the file, text on standard error
    (b"", "is not valid JSON"),
    (b"{", "is not valid JSON"),
    (b'{"a": NaN}', "NaN is not a JSON number"),
    (b"\xff{}", "byte 0 is not UTF-8"),
    (b"\xff\xfe\xfd", "is not valid JSON"),
    (b"[]", "expected an event or Records, a JSON object"),
    (b'"x"', "expected an event or Records, a JSON object"),
    (b'{"Records": []}', "Records is empty; expected at least one event"),
    (b'{"Records": [{}, 1]}', "Records[1]: expected a JSON object"),
    (b"\x1f\x8b\x08 no gzip", "is not a gzip file"),
    (gzip.compress(b"{}", mtime=0)[:-5], "ends too early when it is unpacked"),
    (gzip.compress(b"{", mtime=0), "is not valid JSON"),
    (b"[" * 200_000, "is nested too deeply"),
    (b'{"a": ' + b"1" * 5_000 + b"}", "is not valid JSON"),
]


@pytest.mark.parametrize(("content", "words"), EVENTS)
def test_events_that_cannot_be_used(
    alarmchain: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    """The status is 2, and one line names the file."""
    path = tmp_path / "event.json"
    path.write_bytes(content)
    completed = alarmchain("match", "{ $.a = 1 }", str(path))
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith(f"alarmchain: {path}")
    assert words in line


LOG = {
    "Records": [
        {"eventTime": "t1", "eventSource": "s", "eventName": "StopLogging", "eventID": "1"},
        {"eventName": "StartLogging\x1b\n"},
        {"eventName": "StopLogging", "errorCode": "AccessDenied"},
    ]
}
STOPPED = "{ $.eventName = StopLogging && $.errorCode NOT EXISTS }"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_log_file(alarmchain: Run, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Each record of a log file has a line; the status is 0 if one matches."""
    path = tmp_path / "log.json.gz"
    path.write_bytes(pack(json.dumps(LOG).encode()))
    completed = alarmchain("match", STOPPED, str(path))
    assert (completed.status, completed.err) == (0, "")
    assert completed.out.splitlines() == [
        "match     t1  s  StopLogging  1",
        'no match  -  -  StartLogging\\u001b\\n  -  ($.eventName is "StartLogging\\u001b\\n")',
        'no match  -  -  StopLogging  -  ($.errorCode is "AccessDenied")',
        "3 records: 1 match, 2 no match, 0 unknown",
    ]
    completed = alarmchain("match", "--format", "json", "{ $.eventName = x }", str(path))
    assert completed.status == 1
    answer = json.loads(completed.out)
    assert answer["counts"] == {"match": 0, "no_match": 3, "unknown": 0}
    assert [each["eventID"] for each in answer["records"]] == ["1", None, None]


def test_a_log_file_of_one_record(alarmchain: Run, tmp_path: Path) -> None:
    """A name that is null is left out, and one record is not several."""
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"Records": [{"eventName": None}]}))
    completed = alarmchain("match", STOPPED, str(path))
    assert completed.out.splitlines() == [
        "no match  -  -  -  -  ($.eventName is null)",
        "1 record: 0 match, 1 no match, 0 unknown",
    ]


def test_a_log_file_that_is_too_large(
    alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that unpacks to very much is refused."""
    monkeypatch.setattr(event_file, "MOST_BYTES", 1000)
    path = tmp_path / "log.json.gz"
    path.write_bytes(gzip.compress(b" " * 2000 + b"{}"))
    completed = alarmchain("match", STOPPED, str(path))
    assert completed.status == 2
    assert completed.err == f"alarmchain: {path} has over 1000 bytes when it is unpacked\n"


def test_other_refusals(alarmchain: Run, tmp_path: Path, event: str) -> None:
    """The status is 2 for a missing file, a folder, an invalid pattern or a missing argument."""
    missing = alarmchain("match", "x", str(tmp_path / "none.json"))
    assert (missing.status, missing.out) == (2, "")
    path = tmp_path / "none.json"
    assert missing.err == f"alarmchain: cannot read {path}: No such file or directory\n"
    assert "Is a directory" in alarmchain("match", "x", str(tmp_path)).err
    wrong = alarmchain("match", "{ $.a = 'x' }", event)
    assert (wrong.status, wrong.out) == (2, "")
    assert "double quotes" in wrong.err.splitlines()[0]
    assert alarmchain("match", "x").status == 2
