"""`alarmchain coverage`: the answers as text, as JSON and by line, and the refused options."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alarmchain.cli.options import required_classes
from alarmchain.control import known_controls
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.parameters import Parameters
from tests.command_line import Run

KEYS = "{ $.eventSource = kms.amazonaws.com }"
NOT_BY_ROLES = '{ ($.eventName = StopLogging) && ($.userIdentity.type != "AssumedRole") }'


def test_all_covered(alarmchain: Run) -> None:
    """The status is 0, and each call has its verdict."""
    completed = alarmchain("coverage", "--rule", "CMKChanges", KEYS)
    assert (completed.status, completed.err) == (0, "")
    assert "2 of 2 calls covered" in completed.out
    assert "covered  DisableKey" in completed.out
    assert "covered  ScheduleKeyDeletion" in completed.out
    assert "so its alarm can return to OK" in " ".join(completed.out.split())


def test_an_escape_is_shown(alarmchain: Run) -> None:
    """The status is 1; the text has an escaping record, with its deciding field marked."""
    completed = alarmchain("coverage", "--rule", "CloudTrailChanges", NOT_BY_ROLES)
    assert (completed.status, completed.err) == (1, "")
    lines = completed.out.splitlines()
    assert '  escapes  StopLogging   when $.userIdentity.type is "AssumedRole"' in lines
    assert '>     "type": "AssumedRole",' in lines
    record = completed.out.split("A record of StopLogging that escapes", 1)[1].split("\n", 1)[1]
    plain = "\n".join(line[2:] for line in record.splitlines())
    assert match(parse(NOT_BY_ROLES), json.loads(plain)).is_no


def test_calls_with_the_same_deciding_fields_share_a_record(alarmchain: Run) -> None:
    """One record is shown for all calls that escape by the same fields."""
    completed = alarmchain("coverage", "--rule", "CMKChanges", "{ $.eventName = StopLogging }")
    assert completed.out.count("A record of") == 1
    assert "A record of DisableKey that escapes (the same for ScheduleKeyDeletion)" in " ".join(
        completed.out.split()
    )


def test_an_absent_field_is_named(alarmchain: Run) -> None:
    """A field whose absence lets the record escape is named below the record."""
    completed = alarmchain("coverage", "--rule", "CMKChanges", "{ $.errorCode = * }")
    assert "> $.errorCode is absent" in completed.out.splitlines()


def test_unknown_has_its_reason(alarmchain: Run) -> None:
    """An unknown call is not covered, and has its doubt."""
    completed = alarmchain("coverage", "--rule", "CMKChanges", '{ $.eventName = "*K*y*" }')
    assert completed.status == 1
    assert "unknown  DisableKey\n      a * inside a string" in completed.out


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "so its alarm stays in ALARM"),
        ("amazonaws", "such as DescribeInstances"),
        (KEYS, "selectivity: it does not match routine read calls"),
    ],
)
def test_selectivity(alarmchain: Run, pattern: str, words: str) -> None:
    """The text says whether the pattern also matches other records."""
    out = alarmchain("coverage", "--rule", "CMKChanges", pattern).out
    assert words in " ".join(out.split())


def test_json(alarmchain: Run) -> None:
    """The JSON answer has the documented form, and a counterexample that the pattern misses."""
    completed = alarmchain(
        "coverage", "--format", "json", "--rule", "CloudTrailChanges", NOT_BY_ROLES
    )
    assert completed.status == 1
    (line,) = completed.out.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["rule", "pattern", "syntax", "error", "calls", "breadth"]
    assert answer["rule"] == "CloudTrailChanges"
    assert answer["pattern"] == NOT_BY_ROLES
    assert (answer["syntax"], answer["error"], answer["breadth"]) == ("ok", None, "narrow")
    assert {call["verdict"] for call in answer["calls"].values()} == {"escapes"}
    for name, call in answer["calls"].items():
        assert list(call) == ["verdict", "counterexample"]
        assert call["counterexample"]["eventName"] == name
        assert match(parse(NOT_BY_ROLES), call["counterexample"]).is_no


def test_a_syntax_error_has_its_position(alarmchain: Run) -> None:
    """The status is 2, standard output is empty, and a caret marks the fault."""
    completed = alarmchain("coverage", "--rule", "CMKChanges", "{ $.eventName == DisableKey }")
    assert (completed.status, completed.out) == (2, "")
    line, shown, caret = completed.err.splitlines()
    assert "a single =" in line
    assert shown[caret.index("^")] == "="


def test_a_syntax_error_as_json(alarmchain: Run) -> None:
    """The answer has the error, and no call."""
    completed = alarmchain("coverage", "--format", "json", "--rule", "CMKChanges", "{ x }")
    answer = json.loads(completed.out)
    assert (completed.status, answer["syntax"], answer["calls"]) == (2, "error", {})
    assert answer["error"].startswith("at character 3: expected a selector")


PARAMETERS = [
    # parameters, pattern, the calls that are covered
    ([], KEYS, 2),
    (["CallList=extended"], KEYS, 10),
    (["AdditionalCalls=iam.amazonaws.com:CreateUser"], KEYS, 2),
    (["AdditionalCalls=kms.amazonaws.com:CreateGrant,kms.amazonaws.com:EnableKey"], KEYS, 4),
    ([], "{ $.eventSource = kms* && $.errorCode NOT EXISTS }", 2),
    (["FailedCalls=required"], "{ $.eventSource = kms* && $.errorCode NOT EXISTS }", 0),
    (["FailedCalls=ignored", "CallList=cis"], KEYS, 2),
]


@pytest.mark.parametrize(("parameters", "pattern", "covered"), PARAMETERS)
def test_parameters(alarmchain: Run, parameters: list[str], pattern: str, covered: int) -> None:
    """CallList, AdditionalCalls and FailedCalls choose the records that must match."""
    options = [word for parameter in parameters for word in ("--parameter", parameter)]
    completed = alarmchain(
        "coverage", "--format", "json", "--rule", "CMKChanges", *options, pattern
    )
    verdicts = [call["verdict"] for call in json.loads(completed.out)["calls"].values()]
    assert verdicts.count("covered") == covered
    line = json.dumps({"rule": "CMKChanges", "pattern": pattern}).encode()
    assert alarmchain("coverage", "--jsonl", *options, stdin=line).out == completed.out


def test_records_of_any_region_and_account() -> None:
    """A pattern for one region or account covers no call, which may be made elsewhere."""
    required = required_classes(known_controls()["CMKChanges"], Parameters())
    for name, record_class in required.items():
        assert record_class.name == name
        assert not {"awsRegion", "recipientAccountId"} & record_class.values.keys()


def test_one_answer_for_each_line(alarmchain: Run) -> None:
    """Each line has its answer, in order; an unusable line has its error."""
    lines = [
        json.dumps({"rule": "CMKChanges", "pattern": KEYS}).encode(),
        json.dumps({"rule": "CMKChanges", "pattern": "{"}).encode(),
        b"not json",
        b'{"rule": "Nope", "pattern": ""}',
        b'{"rule": "CMKChanges"}',
        b'{"rule": 5, "pattern": ""}',
        b"[]",
        b'{"rule": "CMKChanges", "pattern": NaN}',
        b"",
        b"\xff",
        b"[" * 100_000,
        b'{"rule": "CloudTrailChanges", "pattern": "\\ud800"}',
        b'{"rule": "ConfigChanges", "pattern": "", "more": 1}',
    ]
    completed = alarmchain("coverage", "--jsonl", stdin=b"\n".join(lines))
    assert (completed.status, completed.err) == (2, "")
    answers = [json.loads(line) for line in completed.out.splitlines()]
    assert [answer["syntax"] for answer in answers] == (
        ["ok", "error"] + [None] * 9 + ["error", "ok"]
    )
    for answer in answers:
        assert list(answer) == ["rule", "pattern", "syntax", "error", "calls", "breadth"]
        assert (answer["error"] is None) is (answer["syntax"] == "ok")
        assert bool(answer["calls"]) is (answer["syntax"] == "ok")
    assert "known: CMKChanges, CloudTrailChanges" in answers[3]["error"]
    assert "'pattern' is null" in answers[4]["error"]
    assert "'rule' is 5" in answers[5]["error"]
    assert "NaN is not a JSON number" in answers[7]["error"]
    assert answers[2]["error"] == "line 3 is not valid JSON: Expecting value at column 1"
    assert [
        number
        for number, answer in enumerate(answers, 1)
        if answer["syntax"] is None and not answer["error"].startswith(f"line {number}")
    ] == []


def test_several_patterns_together(alarmchain: Run) -> None:
    """A line with `patterns` asks whether they cover each call together."""
    first, second = ("{ $.eventName = DisableKey }", "{ $.eventName = ScheduleKeyDeletion }")
    requests: list[dict[str, Any]] = [
        {"rule": "CMKChanges", "patterns": [first, second]},
        {"rule": "CMKChanges", "patterns": [first]},
        {"rule": "CMKChanges", "patterns": [first, "{"]},
        {"rule": "CMKChanges", "patterns": []},
        {"rule": "CMKChanges", "patterns": [first, 7]},
        {"rule": "CMKChanges", "patterns": first},
        {"rule": "CMKChanges", "patterns": [first], "pattern": first},
    ]
    completed = alarmchain(
        "coverage", "--jsonl", stdin="\n".join(map(json.dumps, requests)).encode()
    )
    answers = [json.loads(line) for line in completed.out.splitlines()]
    assert completed.status == 2
    assert [answer["patterns"] for answer in answers] == [each["patterns"] for each in requests]
    verdicts = [[call["verdict"] for call in answer["calls"].values()] for answer in answers]
    assert verdicts == [["covered", "covered"], ["covered", "escapes"], [], [], [], [], []]
    assert [answer["syntax"] for answer in answers] == ["ok", "ok", "error", *[None] * 4]
    assert "'patterns' is []; expected a list of strings" in answers[3]["error"]
    assert "has both 'pattern' and 'patterns'" in answers[6]["error"]


def test_exempted_records(alarmchain: Run) -> None:
    """The answer says what is exempted; an exemption of a whole class is refused."""
    pattern = KEYS.replace("{ ", "{ (").replace(" }", ") && $.userIdentity.type != Root }")
    exempt = "ExemptRecords={ $.userIdentity.type = Root }"
    options = ("coverage", "--rule", "CMKChanges", "--parameter", exempt)
    completed = alarmchain(*options, pattern)
    assert completed.status == 0
    assert "exempted: { $.userIdentity.type = Root }" in completed.out
    answer = json.loads(alarmchain(*options, "--format", "json", pattern).out)
    assert answer["exempted"] == "{ $.userIdentity.type = Root }"
    completed = alarmchain(*options[:-1], "ExemptRecords={ $.userIdentity.type = * }", pattern)
    assert (completed.status, completed.out) == (2, "")
    assert "parameter 'ExemptRecords' exempts every record of DisableKey" in completed.err


def test_status_of_lines(alarmchain: Run) -> None:
    """The status is 0 if every line was usable, even if a call is not covered."""
    line = b'{"rule": "CMKChanges", "pattern": "{ $.x = 1 }"}\n'
    assert alarmchain("coverage", "--jsonl", stdin=line * 3).status == 0
    assert alarmchain("coverage", "--jsonl", stdin=b"").status == 0


REFUSALS = [
    # arguments, text on standard error
    (["--template", ""], "'--template': it is empty; expected the path of a file"),
    (["--rule", "Nope", KEYS], "rule 'Nope' is unknown; known: CMKChanges, CloudTrailChanges"),
    ([KEYS], "expected --rule NAME and a PATTERN"),
    (["--rule", "CMKChanges"], "expected --rule NAME and a PATTERN"),
    (["--jsonl", KEYS], "--jsonl cannot be used with PATTERN, --rule"),
    (["--jsonl", "--rule", "CMKChanges"], "--jsonl cannot be used with"),
    (["--jsonl", "--verify-with-aws"], "--jsonl cannot be used with"),
    (["--rule", "CMKChanges", "--region", "us-east-1", KEYS], "need --verify-with-aws"),
    (["--rule", "CMKChanges", "--format", "xml", KEYS], "'xml' is not one of"),
    (["--rule", "CMKChanges", "--nope", KEYS], "No such option"),
    (["--parameter", "FailedCalls", "--rule", "CMKChanges", KEYS], "'FailedCalls' has no value"),
    (
        ["--parameter", "FailedCalls=maybe", "--rule", "CMKChanges", KEYS],
        "parameter 'FailedCalls' is 'maybe'; allowed: ignored, required",
    ),
    (["--parameter", "X=1", "--jsonl"], "parameter 'X' is unknown; known: CallList"),
    (
        ["--parameter", "AdditionalCalls=kms", "--rule", "CMKChanges", KEYS],
        "expected SERVICE.amazonaws.com:EventName",
    ),
    (
        ["--parameter", "CallList=cis", "--parameter", "CallList=cis", "--jsonl"],
        "parameter 'CallList' is set twice",
    ),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSALS)
def test_refusals(alarmchain: Run, arguments: list[str], words: str) -> None:
    """Standard error has one line, and the status is 2."""
    completed = alarmchain("coverage", *arguments)
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith("alarmchain: ")
    assert words in line


def process(code: str, **settings: Any) -> "subprocess.CompletedProcess[bytes]":
    """Run Python code in another process."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, **settings
    )


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    """A closed pipe ends the command without a message."""
    lines = tmp_path / "lines"
    lines.write_bytes(b'{"rule": "CMKChanges", "pattern": "x"}\n' * 2_000)
    with lines.open("rb") as stdin:
        command = [sys.executable, "-m", "alarmchain", "coverage", "--jsonl"]
        with subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline().startswith(b"{")
            running.stdout.close()
            assert running.stderr.read() == b""
            assert running.wait() == 141


def test_a_terminal_that_shows_ascii_only() -> None:
    """A character that the terminal cannot show is escaped."""
    completed = process(
        "from alarmchain.cli.main import main\n"
        "main(['coverage', '--rule', 'CMKChanges', '{ $.x = \"\\u00e9\\ud800\" }'])",
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (completed.returncode, completed.stderr) == (1, b"")
    assert b"escapes  DisableKey" in completed.stdout
