"""Random changes of JSON documents."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", "\x00", "\x1b[31m", "\ud800", "a" * 5000, "1e999999999", "-", "*", "{", "["]
    ),
    st.sampled_from([[], {}, [None], [[]], [{}], {"": None}, [""], {"a": {"a": {}}}]),
)
"""Values that AWS would not return."""

WORDS = (
    *"{}[]()$.*,=!<>%\"'&|+-/?: \n\t\\",
    *("&&", "||", "!=", "$.eventName", "$.eventSource", "NOT EXISTS", "IS NULL", "IS TRUE", '"x*"'),
    *("StopLogging", "cloudtrail.amazonaws.com", "%S[a-z]+g%", "w1", "...", "$.a[*].b", "$.*", "1"),
    *("ALARM(A)", "OK(A)", "NOT", "AND", "OR", "TRUE", "AT_LEAST(1, ALARM, (A, B))", 'ALARM("A")'),
    *("m1", "SUM(METRICS())", "FILL(m1, 0)", "IF(m1 > 0, 1, 0)", "IN", "1e308", "0x1", "[m1]"),
    *('{"Statement": [', '{"Effect": "Allow"', '"Principal": "*"', '"Action": "sns:*"', "]}", "}"),
    *('{"exists": false}', '{"anything-but": ["x"]}', '{"AlarmName": ["A"]}', "@aws.account"),
    *("123456789012", "us-east-1", "arn:aws:sns:us-east-1:123456789012:alarms", "IN [", "null"),
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.lists(
    st.sampled_from(WORDS), max_size=12
).map(" ".join)
"""Texts of the languages in AWS's answers: patterns, rules, expressions, policies."""

Place = tuple[str | int, ...]


def places(document: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the path of each value in the document."""
    below = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in below:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))


def changed(document: Any, place: Place, value: Any) -> Any:
    """Return a copy with another value at the place; unchanged if the place does not exist."""
    whole = copy.deepcopy(document)
    holder = whole
    for step in place[:-1]:
        if not _has(holder, step):
            return whole
        holder = holder[step]
    if _has(holder, place[-1]):
        holder[place[-1]] = value
    return whole


def removed(document: Any, place: Place) -> Any:
    """Return a copy without the value at the place."""
    whole = copy.deepcopy(document)
    holder = whole
    for step in place[:-1]:
        holder = holder[step]
    del holder[place[-1]]
    return whole


def _has(holder: Any, step: str | int) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


@st.composite
def mutated(draw: st.DrawFn, documents: tuple[Any, ...], most: int = 4) -> Any:
    """Return one of the documents with up to `most` values replaced, copied or removed."""
    document = draw(st.sampled_from(documents))
    for _ in range(draw(st.integers(1, most))):
        all_places = list(places(document))
        place = draw(st.sampled_from(all_places))
        match draw(st.sampled_from(("junk", "text", "other", "removed"))):
            case "junk":
                document = changed(document, place, draw(JUNK))
            case "text":
                document = changed(document, place, draw(TEXTS))
            case "other":
                value = document
                for step in draw(st.sampled_from(all_places)):
                    value = value[step]
                document = changed(document, place, copy.deepcopy(value))
            case _:
                document = removed(document, place)
    return document


@st.composite
def shuffled(draw: st.DrawFn, documents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return one of the documents, and the same with the items of its collections reordered."""
    document = draw(st.sampled_from(documents))
    other = copy.deepcopy(document)
    for region in other["snapshot"]["Regions"].values():
        for collection, items in region.items():
            if collection != "Partial":
                region[collection] = draw(st.permutations(items))
    return document, other
