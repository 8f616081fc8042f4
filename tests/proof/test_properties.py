"""Generated patterns, compared with the independent matcher of the local AWS.

The suite always generates the same few; `make fuzz` generates many new ones.
"""

import json
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import ANY_RECORD, RecordClass, api_call
from alarmchain.records.record_fields import ABSENT, FieldPath, Json, with_value
from alarmchain.records.schema import FREE, Kind, Shape
from alarmchain.records.typical_record import typical_records
from localaws.logs.matcher import PatternError
from localaws.logs.matcher import compile as compile_independently
from tests.chance import tried

# --- patterns, as text ---


def words(text: str) -> list[str]:
    """Return the words of the text."""
    return text.split()


SELECTORS = [
    *words("$.eventName $.eventSource $.errorCode $.a $.a.b $.a.b.c $.a[0] $.a[1] $.a[*]"),
    *words("$.a[*].b $.a.* $.a[0].b $.a.*.c $.* $.*.b $.b $.readOnly $.managementEvent"),
    *words("$.awsRegion $.userIdentity $.userIdentity.type $.eventName.x $.eventName[*] $[0]"),
    *words("$['a'] $.['a']"),
]
WORDS = [
    *words("StopLogging Stop* *Logging *o* x y x* *x * *.amazonaws.com AssumedRole Root a-b true"),
    *words('1 "*" "St*ing" "a\\b" "1" "cloudtrail.amazonaws.com" us-east-1 "us*" 123'),
]
NUMBERS = words("0 1 -1.5 1e2 5 .5 1.")
EXPRESSIONS = words("%St.p% %^x$% %a|b% %a^b% %Log% %[^x]{2,}%")
TERMS = ['"a b"', *words("StopLogging Stop foo readOnly cloudtrail errorCode arn xyz true")]

selectors = st.one_of(st.sampled_from(SELECTORS[:11]), st.sampled_from(SELECTORS))
equality = st.sampled_from(["=", "!="])
comparisons = st.one_of(
    st.tuples(equality, st.sampled_from(WORDS)).map("".join),
    st.tuples(equality, st.sampled_from(WORDS[:12])).map(" ".join),
    st.tuples(st.sampled_from(words("= != < > <= >=")), st.sampled_from(NUMBERS)).map("".join),
    st.tuples(equality, st.sampled_from(EXPRESSIONS)).map("".join),
    st.sampled_from([" NOT EXISTS", " NOT EXISTS", " = *", " = *", " IS NULL", " IS TRUE"]),
    st.sampled_from([" IS FALSE", " is null", " not exists"]),
)
atoms = st.tuples(selectors, comparisons).map("".join)
conditions = st.recursive(
    atoms,
    lambda condition: st.tuples(
        st.sampled_from([" && ", " || ", " || "]), st.lists(condition, min_size=2, max_size=4)
    ).map(lambda group: "(" + group[0].join(group[1]) + ")"),
    max_leaves=10,
)
json_patterns = conditions.map("{{{}}}".format)
text_patterns = st.lists(
    st.tuples(st.sampled_from(["", "", "?", "-"]), st.sampled_from(TERMS)).map("".join), max_size=3
).map(" ".join)
patterns = st.one_of(json_patterns, json_patterns, json_patterns, json_patterns, text_patterns)

# --- classes of records, and many records of each ---

CLASSES = [
    api_call("cloudtrail.amazonaws.com", "StopLogging"),
    api_call("cloudtrail.amazonaws.com", "StopLogging", region=None, failed=None),
    api_call("kms.amazonaws.com", "DisableKey", read_only=None, failed=None),
    ANY_RECORD,
]
SCALARS: list[Json] = [
    *words("x y xy ax StopLogging Stop 1 0.5 foo Root AssumedRole a-b us-east-1 DisableKey"),
    *("", "a\\b", "St*ing", 0, 1, 5, 100, -1.5, 2.5, 0.5, True, False, None),
]
PATHS: list[FieldPath] = [
    *(
        (name,)
        for name in words("a b foo errorCode readOnly userAgent requestParameters awsRegion")
    ),
    *((name,) for name in words("eventName eventSource managementEvent a b eventType")),
    ("userIdentity", "type"),
    ("userIdentity", "b"),
    ("a", "b"),
    ("a", 0),
]


def json_value(chance: random.Random, depth: int = 2) -> Json:
    """Return a random JSON value that nests at most `depth` deep."""
    kind = chance.random() if depth else 1
    if kind < 0.2:
        return {
            chance.choice("abc"): json_value(chance, depth - 1) for _ in range(chance.randint(0, 3))
        }
    if kind < 0.4:
        return [json_value(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    return chance.choice(SCALARS)


def record_of(record_class: RecordClass, chance: random.Random) -> dict[str, Json]:
    """Return a record that the schema allows: a typical one with some fields changed by chance."""
    record = chance.choice(list(typical_records(record_class)))
    shape = chance.choice(record_class.kinds).shape
    for path in chance.sample(PATHS, 6):
        if path[0] not in record_class.fields:
            changed = with_value(record, path, value_of(shape_at(shape, path), chance))
            record = changed if record_class.allows(changed) else record
    assert record_class.allows(record)
    return record


def shape_at(shape: Shape, path: FieldPath) -> Shape:
    """Return the documented shape of the field at the path."""
    for step in path:
        shape = shape.member(step) if isinstance(step, str) else FREE
    return shape


def value_of(shape: Shape, chance: random.Random) -> Json:
    """Return a value of the shape, often one that the patterns ask for."""
    if shape is FREE:
        return json_value(chance) if chance.random() < 0.8 else ABSENT
    strings = [value for value in SCALARS if isinstance(value, str)]
    values: dict[Kind, Json] = {
        Kind.ABSENT: ABSENT,
        Kind.NULL: None,
        Kind.FALSE: False,
        Kind.TRUE: True,
        Kind.NUMBER: chance.choice([0, 1, 5, 2.5]),
        Kind.STRING: chance.choice(shape.values or strings),
        Kind.OBJECT: {chance.choice("abc"): json_value(chance, 1)},
        Kind.ARRAY: [json_value(chance, 1)],
    }
    return values[chance.choice(sorted(shape.kinds, key=str))]


@cache
def records_of(index: int) -> list[tuple[dict[str, Json], str]]:
    """Return 150 records of the class with this index, each with its text."""
    chance = random.Random(index)
    records = [record_of(CLASSES[index], chance) for _ in range(150)]
    return [(record, json.dumps(record)) for record in records]


def parsed(texts: list[str]) -> list[Pattern] | None:
    """Return the syntax trees, or None if a pattern exceeds one of AWS's limits."""
    try:
        return [parse(text) for text in texts]
    except PatternSyntaxError:
        return None


@tried(400)
@given(st.lists(patterns, min_size=1, max_size=3), st.sampled_from(range(len(CLASSES))))
def test_proofs_hold(texts: list[str], index: int) -> None:
    """The other matcher matches all records if covered, and does not match the counterexample."""
    trees = parsed(texts)
    if trees is None:
        return
    proof = prove(trees, CLASSES[index])
    if proof.verdict is Verdict.UNKNOWN:
        assert proof.doubts
        return
    others = [compile_independently(text) for text in texts]
    if proof.counterexample is not None:
        message = json.dumps(proof.counterexample)
        assert CLASSES[index].allows(proof.counterexample)
        assert not any(other.matches(message) for other in others)
        assert all(match(tree, proof.counterexample).is_no for tree in trees)
        return
    for record, message in records_of(index):
        assert any(other.matches(message) for other in others), record
        assert max(match(tree, record).level for tree in trees) == 2, record


def plain(texts: list[str]) -> bool:
    """Return whether nothing in the texts is undocumented, so that a proof must decide them."""
    odd = (
        "[*]",
        ".*",
        "['a']",
        "is null",
        "not exists",
        "St*ing",
        "a\\b",
        '"*"',
        "%",
        "-",
        "true",
    )
    numeric = any(
        f"{sign}{number}" in text for text in texts for sign in "=<>" for number in "0123456789.-"
    )
    return not numeric and not any(word in text for text in texts for word in (*odd, "?", '"1"'))


@tried(300)
@given(json_patterns, st.sampled_from([0, 2]))
def test_plain_patterns_are_decided(text: str, index: int) -> None:
    """Equality, wildcards at the ends, existence, null and booleans are never unknown."""
    trees = parsed([text])
    if trees is None or not plain([text]):
        return
    booleans = [f"$.{field}" for field in ("readOnly", "managementEvent")]
    if any(f"{field}{sign}" in text for field in booleans for sign in ("=", "!=", " =", " !=")):
        return
    assert prove(trees, CLASSES[index]).verdict is not Verdict.UNKNOWN


@tried(300)
@given(patterns, st.sampled_from(range(len(CLASSES))))
def test_match_agrees(text: str, index: int) -> None:
    """The other matcher gives the same answer for every record on which match is certain."""
    trees = parsed([text])
    if trees is None:
        return
    other = compile_independently(text)
    for record, message in records_of(index)[:40]:
        level = match(trees[0], record).level
        assert level == 1 or other.matches(message) is (level == 2), record


# --- any text ---

FRAGMENTS = [
    *SELECTORS,
    *WORDS,
    *NUMBERS,
    *EXPRESSIONS,
    *words("= != < >= && || ( ) { } [ ] , ... ? - % ' \" \\ $ . ! & | + @ / : ^ ~ _ a IS NOT AND"),
    " ",
    *(" IS NULL", " NOT EXISTS", " is true", "%[^]-a]%", "%a{2,}%", "%|%", "%\\(%", "1e999", "007"),
    *("\n", "\t", "\x0b", "\x00", "\u00e9", "\u017f", "\ud800", "\u201c", "[a, b=1]", '"x y"'),
]
joined = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)
anything = st.one_of(
    joined,
    joined.map("{{{}}}".format),
    joined.map("[{}]".format),
    joined.map("%{}%".format),
    st.text(max_size=40),
    st.text(max_size=30).map("{{$.a={}}}".format),
    patterns,
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a pattern with one to three small changes."""
    text = draw(patterns)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 3))
        text = text[:start] + draw(st.sampled_from(FRAGMENTS)) + text[end:]
    return text


@tried(500)
@given(st.one_of(anything, mutated()))
def test_both_grammars_take_the_same_texts(text: str) -> None:
    """Both parsers accept and refuse the same texts; the canonical text is no longer and equal."""
    other_refuses = False
    try:
        compile_independently(text)
    except PatternError:
        other_refuses = True
    if other_refuses:
        with pytest.raises(PatternSyntaxError) as caught:
            parse(text)
        assert str(caught.value).isprintable()
        assert caught.value.caret().count("\n") == 1
        return
    tree = parse(text)
    assert parse(str(tree)) == tree
    assert len(str(tree)) <= len(text)
