"""The local AWS's filter patterns: valid and invalid patterns, and matches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.logs.matcher import PatternError, compile  # noqa: A004
from tests.chance import tried

DATA = Path(__file__).parents[3].parent / "shared" / "data"
EVENT = {
    "eventName": "StopLogging",
    "eventSource": "cloudtrail.amazonaws.com",
    "readOnly": False,
    "count": 12,
    "ratio": -1.5,
    "account": "123456789012",
    "nothing": None,
    "star": "Ev*ent",
    "dotted.key": {"a-b": "x"},
    "users": [{"id": 1, "mail": "a@b"}, {"id": 2}, "text"],
    "matrix": [[0, 1], [2, 3]],
    "map": {"first": "one", "second": "two"},
    "empty": {},
}


def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"the shared data file {name} is not here")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


JSON_MATCHES = [
    # strings
    ("{ $.eventName = StopLogging }", True),
    ('{ $.eventName = "StopLogging" }', True),
    ("{ $.eventName = stoplogging }", False),
    ("{ $.EventName = StopLogging }", False),
    ("{ $.eventName = Stop* }", True),
    ('{ $.eventName = "*Logging" }', True),
    ("{ $.eventName = *opLog* }", True),
    ("{ $.eventName = Stop*ing }", False),
    ("{ $.star = Ev*ent }", True),
    ("{ $.eventName != StartLogging }", True),
    ("{ $.eventName != StopLogging }", False),
    ("{ $.eventName = cloudtrail-x/y:z }", False),
    # absence and constants
    ("{ $.absent != x }", False),
    ("{ $.absent = * }", False),
    ("{ $.absent NOT EXISTS }", True),
    ("{ $.nothing NOT EXISTS }", False),
    ("{ $.nothing IS NULL }", True),
    ("{ $.absent IS NULL }", False),
    ("{ $.nothing = * }", True),
    ("{ $.readOnly IS FALSE }", True),
    ("{ $.readOnly is true }", False),
    ("{ $.readOnly = false }", True),
    ("{ $.map = * }", True),
    # objects and arrays
    ("{ $.users = 1 }", False),
    ("{ $.users != 1 }", False),
    ("{ $.map != 1 }", False),
    ("{ $.map IS NULL }", False),
    ("{ $.users[1].id = 2 }", True),
    ("{ $.users[5].id NOT EXISTS }", True),
    ("{ $.users[99999999999999999999] NOT EXISTS }", True),
    ("{ $.users[*].id = 2 }", True),
    ("{ $.users[*].id = 3 }", False),
    ('{ $.users[*] = "text" }', True),
    ("{ $.users[*].mail NOT EXISTS }", False),
    ("{ $.users[*].phone NOT EXISTS }", True),
    ("{ $.map.* = two }", True),
    ("{ $.users.* = text }", False),
    ("{ $.matrix[1][0] = 2 }", True),
    ("{ $.['dotted.key'].a-b = x }", True),
    ("{ $['dotted.key']['a-b'] = x }", True),
    ("{ $.dotted.key = x }", False),
    # numbers
    ("{ $.count = 12 }", True),
    ("{ $.count = 12.0 }", True),
    ("{ $.count = 1.2e1 }", True),
    ("{ $.count > +11 }", True),
    ("{ $.count >= 12 }", True),
    ("{ $.count < 12 }", False),
    ("{ $.count <= 12 }", True),
    ("{ $.count != 12 }", False),
    ("{ $.ratio < -1e0 }", True),
    ("{ $.ratio > -1e999999999999999999999 }", True),
    ("{ $.count > 1e-999999999999999999999 }", True),
    ("{ $.account = 123456789012 }", True),
    ("{ $.account > 1 }", False),
    ('{ $.count = "12" }', False),
    ("{ $.eventName > 1 }", False),
    # precedence
    ("{ $.absent = a || $.count = 12 && $.readOnly IS FALSE }", True),
    ("{ $.count = 12 || $.absent = a && $.absent = b }", True),
    ("{ ($.count = 12 || $.absent = a) && $.absent = b }", False),
    # regular expressions
    ("{ $.eventName = %^Stop% }", True),
    ("{ $.eventName = %logging$% }", False),
    ("{ $.eventName != %Start% }", True),
    ("{ $.eventSource = %^\\w+\\.amazonaws\\.com$% }", True),
    ("{ $.count = %12% }", False),
    # white space
    ("\t{\n$.eventName\t=\nStopLogging\n}\n", True),
    ("{$.eventName=StopLogging&&$.count=12}", True),
]


@pytest.mark.parametrize(("pattern", "expected"), JSON_MATCHES)
def test_json_pattern(pattern: str, expected: bool) -> None:
    """A JSON pattern matches exactly the events that the language defines."""
    assert compile(pattern).matches(json.dumps(EVENT)) is expected


TEXT_MATCHES = [
    ("", True),
    (" \n", True),
    ("ERROR", True),
    ("error", False),
    ("RROR disk", True),
    ("ERROR cpu", False),
    ('"disk full"', True),
    ("ERROR -disk", False),
    ("-cpu", True),
    ("?cpu ?disk", True),
    ("?cpu ?net", False),
    ("?cpu ERROR", True),
    ('-"disk full"', False),
    ('"say \\"hi\\""', True),
    ("%d[a-z]sk%", True),
    ("%^disk%", False),
]


@pytest.mark.parametrize(("pattern", "expected"), TEXT_MATCHES)
def test_text_pattern(pattern: str, expected: bool) -> None:
    """A text pattern matches case-sensitive parts of the raw message."""
    assert compile(pattern).matches('ERROR: disk full, say "hi"') is expected


LINE = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'
SPACE_MATCHES = [
    ("[ip, user, name, time, request, status, bytes]", True),
    ("[ip, user, name, time, request, status]", False),
    ("[..., bytes]", True),
    ("[ip, ...]", True),
    ("[ip, ..., status = 404, bytes]", True),
    ("[..., status = 4* && status != 404, bytes]", False),
    ("[..., request=*.html*, status=4*,]", True),
    ("[..., status = 500 || status = 404, bytes > 1000]", True),
    ("[..., status, bytes < 1000]", False),
    ("[ip = %^127%, ...]", True),
    ("[a, b=..., ...]", False),
]


@pytest.mark.parametrize(("pattern", "expected"), SPACE_MATCHES)
def test_space_delimited_pattern(pattern: str, expected: bool) -> None:
    """A space-delimited pattern names the fields of a line and puts conditions on them."""
    assert compile(pattern).matches(LINE) is expected


REFUSED = [
    "{",
    "{}",
    "{ $.a = 1",
    "{ $.a = 1 } }",
    "{ $.a == 1 }",
    "{ $.a = 1 OR $.b = 2 }",
    "{ $.a = 1 || }",
    "{ && $.a = 1 }",
    "{ ($.a = 1 }",
    "{ ($.a = 1))}",
    "{ ($.a = 1)($.b = 2) }",
    "{ $.a }",
    "{ $.a = }",
    "{ $ = 1 }",
    "{ a = 1 }",
    "{ $.. a = 1 }",
    "{ $..a = 1 }",
    "{ $. a = 1 }",
    "{ $.a .b = 1 }",
    "{ $.a = 'x' }",
    "{ $.a = \u201cx\u201d }",
    '{ $.a = "x }',
    "{ $.a = \u00e9t\u00e9 }",
    "{ $.a = a+b }",
    "{ $.a = a@b }",
    "{ $.a > x }",
    '{ $.a > "1" }',
    "{ $.a < %1% }",
    "{ $.a IS NOT NULL }",
    "{ $.a EXISTS }",
    "{ $.a IS NULLS }",
    "{ $.aNOT EXISTS }",
    "{ $.a[*].b[*] = 1 }",
    "{ $.a[-1] = 1 }",
    "{ $.a[*]=1 || $.b[*]=1 || $.c[*]=1 || $.d.*=1 }",
    "{ $.a=%1% || $.b=%1% || $.c=%1% }",
    "{ $.a = %(a)% }",
    "{ $.a = %% }",
    "{ $.a = %a!% }",
    "{ $.a = %a b% }",
    "{ $.a = %*a% }",
    "{ $.a = %a**% }",
    "{ $.a = %a{2,1}% }",
    "{ $.a = %a{,2}% }",
    "{ $.a = %[a% }",
    "{ $.a = %[]% }",
    "{ $.a = %\\q% }",
    "{ $.a = %\\x4% }",
    "{ $.a = %[b-a]% }",
    "{ $.a = %a{9999}b{9999}% }",
    "$.a = 1",
    "two-words",
    "a -",
    '"open',
    "[a, b",
    "[..., a, ...]",
    "[a = 1 && c = 2]",
    "[a=%1%, b=%1%, c=%1%]",
    "x" * 1025,
    '{ $.a = "' + "x" * 1014 + '" }',
]


@pytest.mark.parametrize("pattern", REFUSED)
def test_refused(pattern: str) -> None:
    """An invalid pattern is a PatternError of one line."""
    with pytest.raises(PatternError) as refusal:
        compile(pattern)
    assert "\n" not in str(refusal.value)


REGEXES = [
    ("abc", "xxabcxx", True),
    ("^abc", "xabc", False),
    ("abc$", "abcx", False),
    ("^a|b$", "xb", True),
    ("^a|b$", "ba", False),
    ("colou?r", "color", True),
    ("^a{2,3}$", "aaaa", False),
    ("^a{2,}$", "aaaa", True),
    ("^a{2}$", "aa", True),
    ("^a{0}b$", "b", True),
    ("[a-c]x", "bx", True),
    ("[^a-c]x", "bx", False),
    ("[^a]", "\u00e9\u4e2d", True),
    ("[.]", "a", False),
    ("[\\d-]", "-", True),
    ("\\d\\D\\s\\S\\w\\W", "1a bc!", True),
    ("\\x41", "A", True),
    ("\\.", "a", False),
    (".", "\n", False),
    ("a.*b.*c", "xaxxbxxcx", True),
    ("a|", "", True),
    ("^$", "", True),
]


@pytest.mark.parametrize(("expression", "text", "expected"), REGEXES)
def test_regular_expressions(expression: str, text: str, expected: bool) -> None:
    """The regular expressions of the dialect, unanchored and without backtracking."""
    message = json.dumps({"a": text})
    assert compile("{ $.a = %" + expression + "% }").matches(message) is expected


HOSTILE = [
    "{" + "(" * 500 + "$.a=b" + ")" * 500 + "}",
    "{" + "$.a=1&&(" * 100 + "$.a=b" + ")" * 100 + "}",
    "{" + "$.a=1||(" * 100 + "$.a=b" + ")" * 100 + "}",
    "{$.a=" + "*" * 1000 + "}",
    "{$.a=%" + ".*" * 400 + "x%}",
    "{$.a=%" + "a?" * 200 + "a{200}%}",
    "{$.a" + "[0]" * 330 + "=1}",
]


@pytest.mark.parametrize("pattern", HOSTILE, ids=lambda pattern: pattern[:20])
def test_hostile_patterns_are_decided(pattern: str) -> None:
    """Deep nesting and regexes that usually backtrack still compile and match in time."""
    matcher = compile(pattern)
    assert matcher.matches(json.dumps({"a": "b"})) is ("$.a=b" in pattern and "&&" not in pattern)
    assert matcher.matches(json.dumps({"a": "y" * 500})) is False


@pytest.mark.parametrize("message", ["", "no json", "[" * 100_000, '{"a": NaN}', '{"a": 1'])
def test_a_message_that_is_not_json_never_matches(message: str) -> None:
    """A JSON pattern, even NOT EXISTS, matches only JSON."""
    assert compile("{ $.b NOT EXISTS }").matches(message) is False


@tried(100)
@given(st.text(max_size=60) | st.text('{}()$.a=!<>&|"%*[]?- 1', max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    """compile raises only PatternError, and every compiled pattern can match."""
    try:
        matcher = compile(text)
    except PatternError:
        return
    assert matcher.matches(json.dumps(EVENT)) in {True, False}


def test_shared_patterns_parse_as_labelled() -> None:
    """Every public pattern is accepted or refused as CloudWatch Logs does."""
    wrong = []
    for row in rows("patterns.jsonl"):
        try:
            compile(row["pattern"])
            accepted = "true"
        except PatternError:
            accepted = "false"
        if row["parse_ok"] not in {accepted, "unsure"}:
            wrong.append(row["pattern"])
    assert wrong == []


def test_shared_labels() -> None:
    """A guaranteed event always matches, whatever else is in the record."""
    sources = {"security_group": "ec2", "cloudtrail": "cloudtrail", "kms": "kms"}
    for row in rows("labels.jsonl"):
        if row["parse_ok"] != "true":
            continue
        matcher = compile(row["pattern"])
        source = sources.get(row["family"], "config") + ".amazonaws.com"
        for expected, names in ((True, row["guaranteed"]), (False, row["missing"])):
            for name in names:
                record = {"eventName": name, "eventSource": source}
                assert matcher.matches(json.dumps(record)) is expected, (row["pattern"], name)


def test_shared_events_never_crash_a_pattern() -> None:
    """Every valid shared pattern gives an answer for every twentieth real record."""
    matchers = [
        compile(row["pattern"]) for row in rows("patterns.jsonl") if row["parse_ok"] == "true"
    ]
    messages = [json.dumps(row["event"]) for row in rows("events.jsonl")][::20]
    decided = [matcher.matches(message) for matcher in matchers for message in messages]
    assert True in decided
    assert False in decided
