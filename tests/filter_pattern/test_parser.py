"""Parse text to a tree and back: every production, every limit, every common mistake."""

import pytest

from alarmchain.filter_pattern.ast import (
    And,
    Compare,
    Exists,
    Is,
    JsonPattern,
    NotExists,
    Or,
    Selector,
    SpacePattern,
    Term,
    TextPattern,
    Wildcard,
)
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.filter_pattern.regex import parse_regex

A, B, C = (Selector((name,)) for name in "abc")
A1, B1, C1 = (Compare(selector, "=", Number("1")) for selector in (A, B, C))

SELECTORS = {
    "$.a": ("a",),
    "$.a.b-c_1": ("a", "b-c_1"),
    "$.a[0]": ("a", 0),
    "$.a[007].b": ("a", 7, "b"),
    "$[3]": (3,),
    "$.a[*].b": ("a", Wildcard.ELEMENT, "b"),
    "$.a.*": ("a", Wildcard.MEMBER),
    "$.*": (Wildcard.MEMBER,),
    "$.['a.b c'].d": ("a.b c", "d"),
    "$.a.['\u00e9']": ("a", "\u00e9"),
}

COMPARISONS = {
    "$.a = x": Compare(A, "=", Text("x")),
    '$.a = "x"': Compare(A, "=", Text("x")),
    '$.a != "x y"': Compare(A, "!=", Text("x y")),
    "$.a = kms.amazonaws.com": Compare(A, "=", Text("kms.amazonaws.com")),
    "$.a = 123.123.*": Compare(A, "=", Text("123.123.*")),
    "$.a = *x*": Compare(A, "=", Text("*x*")),
    "$.a = a-b/c:d": Compare(A, "=", Text("a-b/c:d", bare=True)),
    '$.a = "a-b"': Compare(A, "=", Text("a-b")),
    "$.a = *": Exists(A),
    '$.a = "*"': Compare(A, "=", Text("*")),
    "$.a != *": Compare(A, "!=", Text("*")),
    '$.a = ""': Compare(A, "=", Text("")),
    r'$.a = "x\"y"': Compare(A, "=", Text(r"x\"y")),
    '$.a = "1"': Compare(A, "=", Text("1")),
    "$.a = 1": Compare(A, "=", Number("1")),
    "$.a = +1.5e-3": Compare(A, "=", Number("+1.5e-3")),
    "$.a = .5": Compare(A, "=", Number(".5")),
    "$.a < -1": Compare(A, "<", Number("-1")),
    "$.a <= 1": Compare(A, "<=", Number("1")),
    "$.a > 1": Compare(A, ">", Number("1")),
    "$.a>=1e5": Compare(A, ">=", Number("1e5")),
    "$.a = %x{2}|^y%": Compare(A, "=", parse_regex("x{2}|^y")),
    "$.a IS NULL": Is(A, "IS NULL"),
    "$.a\tIS\n TRUE": Is(A, "IS TRUE"),
    "$.a is false": Is(A, "is false"),
    "$.a NOT EXISTS": NotExists(A),
    "$.a Not  Exists": NotExists(A, "Not Exists"),
    "$['a'] = 1": Compare(Selector(("a",), undotted=True), "=", Number("1")),
}

TREES = {
    "$.a=1 && $.b=1 || $.c=1": Or((And((A1, B1)), C1)),
    "$.a=1 || $.b=1 && $.c=1": Or((A1, And((B1, C1)))),
    "($.a=1 || $.b=1) && $.c=1": And((Or((A1, B1)), C1)),
    "((($.a=1)))": A1,
    "$.a=1 && ($.b=1 && ($.c=1))": And((A1, B1, C1)),
    "($.a=1 || ($.b=1)) || $.c=1": Or((A1, B1, C1)),
    "($.a=1)&&(($.b=1)||($.c=1))": And((A1, Or((B1, C1)))),
}

OTHERS = {
    "": TextPattern(()),
    " \n": TextPattern(()),
    '" "': TextPattern(()),
    "ERROR": TextPattern((Term("", "ERROR"),)),
    '?a -b "c d" \t e_1': TextPattern(
        (Term("?", "a"), Term("-", "b"), Term("", "c d"), Term("", "e_1"))
    ),
    '-"x y"': TextPattern((Term("-", "x y"),)),
    " %a+% ": TextPattern((Term("", parse_regex("a+")),)),
    "[ip, ..., s = 4* && s != 404, b > 1.5,]": SpacePattern(
        "[ip, ..., s = 4* && s != 404, b > 1.5,]"
    ),
    " [] ": SpacePattern("[]"),
    "[a = 1 || (a = %x% && b != y), b]": SpacePattern("[a = 1 || (a = %x% && b != y), b]"),
}

REFUSED = {
    # text: (position of the error, words of what was expected, words of the hint)
    "{ $.a = 1": (9, "'}' at the end", ""),
    "{": (1, "'}' at the end", ""),
    "{ $.a = 1 } x": (12, "nothing after the last '}'", ""),
    '{ $.a = "}" && $.b = 1 ': (23, "'}' at the end", ""),
    "{ }": (2, "a selector", ""),
    "{ $.a }": (6, "an operator", ""),
    "{ $.a = }": (8, "a value after =", ""),
    "{ $.a < x }": (8, "a number after <", ""),
    '{ $.a > "1" }': (8, "a number after >", ""),
    "{ $.a IS }": (9, "NULL or TRUE or FALSE after IS", ""),
    "{ $.a IS NOT NULL }": (9, "NULL or TRUE or FALSE", "NOT is allowed only in"),
    "{ $.a NOT NULL }": (10, "EXISTS after NOT", ""),
    "{ $.a EXISTS }": (6, "an operator", "only NOT EXISTS is allowed"),
    "{ $.aNOT EXISTS }": (9, "an operator", "a space before NOT"),
    "{ $.even tName = x }": (9, "an operator", "remove the white space inside the selector"),
    "{ $. a = x }": (2, "a selector", "remove the white space inside the selector"),
    "{ $..a = x }": (2, "a selector", "two dots"),
    "{ a = x }": (2, "a selector", ""),
    "{ $.a = 'x' }": (8, "a value", "double quotes"),
    "{ $.a = \u201cx\u201d }": (8, "a value", "typographic quotes"),
    '{ $.a["x"] = 1 }': (5, "an operator", "single quotes: $.['key']"),
    '{ $.a = "x }': (8, "a value", "no closing quote"),
    "{ $.a = %x }": (8, "a value", "no closing %"),
    "{ $.a == x }": (7, "a value", "a single ="),
    "{ $.a = x = y }": (10, "'&&', '||' or '}'", "a single ="),
    "{ $.a = x & $.b = y }": (10, "'&&', '||'", "write and as &&"),
    "{ $.a = x | $.b = y }": (10, "'&&', '||'", "write or as ||"),
    "{ $.a = x AND $.b = y }": (10, "'&&', '||'", "write and as &&"),
    "{ $.a = x or $.b = y }": (10, "'&&', '||'", "write or as ||"),
    "{ !($.a = x) }": (2, "a selector", "cannot be negated"),
    "{ ($.a = x)($.b = y) }": (11, "'&&', '||'", "&& or || between two conditions"),
    "{ ($.a = x }": (11, "'&&', '||' or ')'", ""),
    "{ $.a = x) }": (9, "'&&', '||' or '}'", ""),
    "{ $.a = x} }": (9, "'&&', '||' or '}'", "the extra brace"),
    "{ $.a = x || }": (13, "a selector", ""),
    "{ $.a = ${name} }": (8, "a value", "placeholder"),
    "{ $.a = {{name}} }": (8, "a value", "placeholder"),
    r"{ \$.a = x }": (2, "a selector", "a backslash left over"),
    "{ $.a = b+c }": (8, "a value", "double quotes"),
    "{ $.a = b@c }": (9, "'&&', '||'", ""),
    "{ $.a = \u00e9 }": (8, "a value", ""),
    "{ $.a\x0b= x }": (5, "an operator", ""),
    "{ $.a[-1] = x }": (5, "an operator", ""),
    "{ $.a[''] = x }": (5, "an operator", ""),
    "{ $.a[*].b[*] = x }": (2, "at most 1 wildcard", ""),
    "{ $.a = %x% || $.a = %y% || $.a = %z% }": (34, "at most 2 regular expressions", ""),
    "{ $.*=1||$.*=2||$.*=3||$.*=4 }": (23, "at most 3 selectors with a wildcard", ""),
    "{ $.a = %(x)% }": (9, "a letter, a digit", ""),
    "{ $.a = %x{2% }": (12, "'}' after a repeat", ""),
    "$.a = x": (0, "a term", "in braces"),
    "$.a = x OR $.b = y": (0, "a term", "write or as ||"),
    "a.b": (1, "a term", "in double quotes"),
    '"a': (0, "a term", "no closing quote"),
    'x"a"': (1, "a term", ""),
    "%a% b": (0, "a term", "the whole pattern"),
    "?": (1, "a term", ""),
    "[a": (2, "']' at the end", ""),
    "[a] b": (4, "nothing after the last ']'", ""),
    "[a b]": (3, "',' or ']'", ""),
    "[a = ]": (5, "a value", ""),
    "[..., a, ...]": (12, "at most one '...'", ""),
    "[a = 1 && b = 2]": (1, "fields that the pattern names", ""),
    "[a-b]": (1, "the name of a field", ""),
    "x" * 1025: (1024, "at most 1024 characters", ""),
}


@pytest.mark.parametrize(("text", "steps"), SELECTORS.items())
def test_selectors(text: str, steps: tuple[object, ...]) -> None:
    """A selector is its steps, and prints as one that has the same."""
    tree = parse(f"{{ {text} = 1 }}")
    assert tree == JsonPattern(Compare(Selector(steps), "=", Number("1")))  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "atom"), COMPARISONS.items())
def test_comparisons(text: str, atom: object) -> None:
    """Each kind of comparison has its node."""
    assert parse(f"{{{text}}}") == JsonPattern(atom)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "condition"), TREES.items())
def test_precedence(text: str, condition: object) -> None:
    """Parentheses bind before &&, && binds before ||, and the tree is flat."""
    assert parse(f" {{ {text} }}\n") == JsonPattern(condition)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "pattern"), OTHERS.items())
def test_text_and_space_patterns(text: str, pattern: object) -> None:
    """Terms, a single regular expression and space-delimited patterns have their own nodes."""
    assert parse(text) == pattern


@pytest.mark.parametrize(
    "text",
    [
        *(f"{{ {text} = 1 }}" for text in SELECTORS),
        *(f"{{{text}}}" for text in (*COMPARISONS, *TREES)),
        "{$.a[0]IS NULL&&$.b.*NOT EXISTS}",
        "{$.a!=*}",
        *OTHERS,
    ],
)
def test_canonical_text(text: str) -> None:
    """The canonical text parses to an equal tree, is stable, and is never longer."""
    tree = parse(text)
    canonical = str(tree)
    assert parse(canonical) == tree
    assert str(parse(canonical)) == canonical
    assert len(canonical) <= len(text)


@pytest.mark.parametrize(("text", "error_at"), REFUSED.items())
def test_refusals(text: str, error_at: tuple[int, str, str]) -> None:
    """The error gives the position, what was expected, and a hint for a common mistake."""
    position, expected, hint = error_at
    with pytest.raises(PatternSyntaxError) as caught:
        parse(text)
    error = caught.value
    assert (error.position, error.text) == (position, text)
    assert expected in error.expected
    assert hint in error.hint
    assert "\n" not in str(error)


def test_caret_points_at_the_error() -> None:
    """The caret is below the error, also in a text that is too long to be shown whole."""
    with pytest.raises(PatternSyntaxError) as short:
        parse("{ $.a\n== x }")
    shown, caret = short.value.caret().split("\n")
    assert (shown, shown[caret.index("^")]) == ("{ $.a == x }", "=")
    with pytest.raises(PatternSyntaxError) as long:
        parse("{ " + "$.a = x || " * 50 + "$.a = 'y' || " + "$.a = x || " * 20 + "$.a = x }")
    shown, caret = long.value.caret().split("\n")
    assert shown[caret.index("^")] == "'"
    assert shown.startswith("...")
    assert shown.endswith("...")
    assert len(shown) <= 106


def test_1024_characters_are_allowed() -> None:
    """A pattern of the maximum length parses."""
    assert parse("x" * 1024) == TextPattern((Term("", "x" * 1024),))
