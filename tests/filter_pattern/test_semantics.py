"""The truth of each comparison on each kind of value."""

import pytest

from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.records.record_fields import ABSENT, Json
from alarmchain.three_valued import NO, YES, conjunction

NO_, MAYBE, YES_ = 0, 1, 2
VALUES: tuple[Json, ...] = (ABSENT, "x", "1", 1, 2.5, True, False, None, {"k": "x"}, ["x"])

# For each comparison of $.f its truth on each of VALUES: n(o), ? (unknown) or y(es).
TABLE = {
    "$.f = x": "nynnnnnnnn",
    "$.f != x": "nny?????nn",
    '$.f = "1"': "nny?nnnnnn",
    "$.f = x*": "nynnnnnnnn",
    "$.f = *x": "nynnnnnnnn",
    '$.f != "*x*"': "nny?????nn",
    "$.f = *": "nyyyyyyyyy",
    '$.f = "*"': "nyy???????",
    "$.f != *": "nnn?????nn",
    "$.f = 1": "nn?yn??nnn",
    "$.f != 1": "n??ny???nn",
    "$.f < 2": "nn?yn??nnn",
    "$.f <= 2.5": "nn?yy??nnn",
    "$.f > 1": "nnnny??nnn",
    "$.f >= 1": "nn?yy??nnn",
    "$.f = 2.5": "nnnny??nnn",
    "$.f = 25e-1": "nnnny??nnn",
    "$.f = 2.5000000000000001": "nnnn???nnn",
    "$.f < .5": "nnnnn??nnn",
    "$.f > .5": "nn?????nnn",
    "$.f = true": "nnnnn?nnnn",
    '$.f = "null"': "nnnnnnn?nn",
    "$.f IS TRUE": "nnnnnynnnn",
    "$.f IS FALSE": "nnnnnnynnn",
    "$.f IS NULL": "nnnnnnnynn",
    "$.f IS null": "??????????",
    "$.f NOT EXISTS": "ynnnnnnnnn",
    "$.f not exists": "??????????",
    "$['f'] = x": "??????????",
    "$.['f'] = x": "nynnnnnnnn",
    "$.f.k = x": "nnnnnnnnyn",
    "$.f.k NOT EXISTS": "yyyyyyyyny",
    "$.f[0] = x": "nnnnnnnnny",
    "$.f[0] NOT EXISTS": "yyyyyyyyyn",
    "$.f[1] NOT EXISTS": "yyyyyyyyyy",
    "$.f[99999999999999999999] = x": "nnnnnnnnnn",
    "$.f[*] = x": "n????????y",
    "$.f.* = x": "n???????y?",
    "$.f = %x%": "nynnnnnnnn",
    "$.f != %x%": "nny?????nn",
    "$.f = %1%": "nny?nnnnnn",
    "$.f = %a^b%": "n???????nn",
}

TEXTS = [
    # comparison, value of $.f, truth
    ("= Stop*", "StopLogging", YES_),
    ("= Stop*", "stopLogging", NO_),
    ("= *Log*", "StopLogging", YES_),
    ("= *Logging", "StopLogging", YES_),
    ("= *Logging", "Logging ", NO_),
    ('= "Stop*"', "StopLogging", YES_),
    ("= **", "", YES_),
    ('= ""', "", YES_),
    ('= ""', "x", NO_),
    ("= St*ing", "StopLogging", MAYBE),
    ("= St*ing", "St*ing", YES_),
    ("!= St*ing", "StopLogging", MAYBE),
    ("!= St*ing", "DeleteTrail", YES_),
    ("= a-b", "a-b", MAYBE),
    ("= a-b", "a", NO_),
    ("!= a-b", "a", MAYBE),
    (r'= "a\"b"', 'a"b', MAYBE),
    (r'= "a\"b"', "c", NO_),
    (r'!= "a\"b"', "c", MAYBE),
    (r'= "\u0041"', "A", MAYBE),
    ("= 1", "1.0", MAYBE),
    ("= 1", "one", NO_),
    ("> 1", " 2 ", MAYBE),
    ("= 9007199254740992", 9007199254740992, YES_),
    ("= 9007199254740992", 9007199254740993, MAYBE),
    ("= 1e400", 10**400, YES_),
    ("< 1e400", 10**401, NO_),
    ("= 1e9999999999999999999999", 1.0, MAYBE),
    ("< 1e-400", 0, MAYBE),
    ('= "5"', 5.0, MAYBE),
    ('= "5x"', 5, NO_),
]

ELEMENTS = [
    # comparison, record, truth
    ("$.f[*] = x", ["y", "x"], YES_),
    ("$.f[*] = x", ["y", 1], NO_),
    ("$.f[*] = x", [], NO_),
    ("$.f[*] != x", ["y", "z"], YES_),
    ("$.f[*] != x", ["x", "x"], NO_),
    ("$.f[*] != x", ["x", "y"], MAYBE),
    ("$.f[*] != x", [], MAYBE),
    ("$.f[*].k != x", [{"k": "y"}, {}], MAYBE),
    ("$.f[*].k != x", [{}], NO_),
    ("$.f[*].k = x", [{"k": "x"}, {}], YES_),
    ("$.f[*].k = *", [{"k": "x"}, {}], YES_),
    ("$.f[*].k = *", [{}, 1], NO_),
    ("$.f[*].k NOT EXISTS", [{"k": 1}], NO_),
    ("$.f[*].k NOT EXISTS", [{"k": 1}, {}], MAYBE),
    ("$.f[*].k NOT EXISTS", [{}], YES_),
    ("$.f[*].k NOT EXISTS", [], MAYBE),
    ("$.f[*] IS NULL", [1, None], YES_),
    ("$.f.* = x", {"a": 1, "b": "x"}, YES_),
    ("$.f.*.k > 1", {"a": {"k": 2}}, YES_),
]

FORMULAS = [
    ("$.f = x && $.f = a-b || $.g NOT EXISTS", YES_),
    ("$.f = a-b && $.g = *", NO_),
    ("$.g NOT EXISTS && $['f'] = x", MAYBE),
    ("$.g = * || $['f'] = x", MAYBE),
]

RECORD = {"eventName": "StopLogging", "arn": "arn:aws:x", "path": "a/b", "name": "\u00e9", "n": 5}
TERMS = [
    ("", YES_),
    ('" "', YES_),
    ("StopLogging", YES_),
    ("stoplogging", NO_),
    ("Stop eventName", YES_),
    ("Stop Nothing", NO_),
    ("-Stop", NO_),
    ("-Start", YES_),
    ("Stop -Start", YES_),
    ("?Nope ?Stop", YES_),
    ("?Nope ?Neither", NO_),
    ("?Nope Stop", YES_),
    ("?Nope -Start", MAYBE),
    ("?Stop -Start", YES_),
    ("?Stop -arn", NO_),
    ('"arn:aws"', YES_),
    ('"arn, aws"', MAYBE),
    ('"a/b"', MAYBE),
    ('"\u00e9"', MAYBE),
    ("u00e9", MAYBE),
    (r'"\"eventName\""', MAYBE),
    ("%Stop[A-Z]%", YES_),
    ("%^Stop%", MAYBE),
    ("%Start%", MAYBE),
    ("[a, b = Stop*]", MAYBE),
]


@pytest.mark.parametrize(("comparison", "row"), TABLE.items())
def test_every_comparison_on_every_kind_of_value(comparison: str, row: str) -> None:
    """Each comparison has the truth of the table on each kind of value, also on an absent field."""
    pattern = parse(f"{{ {comparison} }}")
    records = [{} if value is ABSENT else {"f": value} for value in VALUES]
    assert "".join("n?y"[match(pattern, record).level] for record in records) == row


@pytest.mark.parametrize(("comparison", "value", "level"), TEXTS)
def test_strings_and_numbers(comparison: str, value: Json, level: int) -> None:
    """Wildcards at the ends, undocumented spellings, and numbers at the limits of a double."""
    assert match(parse(f"{{ $.f {comparison} }}"), {"f": value}).level == level


@pytest.mark.parametrize(("comparison", "value", "level"), ELEMENTS)
def test_wildcard_selectors(comparison: str, value: Json, level: int) -> None:
    """[*] and .* mean any element; != and NOT EXISTS are unknown if any and all differ."""
    assert match(parse(f"{{ {comparison} }}"), {"f": value}).level == level


@pytest.mark.parametrize(("condition", "level"), FORMULAS)
def test_unknown_in_formulas(condition: str, level: int) -> None:
    """A no decides an "and" and a yes decides an "or", even if other parts are unknown."""
    assert match(parse(f"{{ {condition} }}"), {"f": "x"}).level == level


@pytest.mark.parametrize(("pattern", "level"), TERMS)
def test_text_patterns(pattern: str, level: int) -> None:
    """The event's text must contain the terms; if its layout matters, the answer is unknown."""
    assert match(parse(pattern), RECORD).level == level


def test_unknown_gives_its_reasons() -> None:
    """An unknown answer has the doubts of all undecided comparisons; a certain one has none."""
    truth = match(parse("{ $.f = a-b || $['f'] = x }"), {"f": "a-b"})
    assert len(truth.doubts) == 2
    assert match(parse("{ $.f = a-b || $.f = * }"), {"f": "a-b"}).doubts == frozenset()


def test_truth_is_not_a_bool() -> None:
    """A three-valued truth cannot be used as a bool."""
    with pytest.raises(TypeError):
        bool(conjunction([YES, NO]))


def test_deep_records_are_matched() -> None:
    """A record that nests deeper than Python's stack is matched like any other."""
    deep: Json = "needle"
    for _ in range(3_000):
        deep = {"a": deep}
    assert match(parse("{ $.a.a.a = needle || $.b NOT EXISTS }"), deep).level == YES_
    assert match(parse('"need:le"'), deep).level == MAYBE
