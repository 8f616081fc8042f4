"""The text of a CloudFormation template as Python values."""

from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str

from alarmchain.template.cloudformation_document import parse_document
from alarmchain.template.template_filter import TemplateError
from alarmchain.template.template_mapping import TemplateMapping

CHECKOUT = Path(__file__).parents[2]
TEMPLATES = sorted(
    file
    for folder in ("cloudformation", "iam")
    for file in (CHECKOUT / folder).iterdir()
    if "AWSTemplateFormatVersion" in file.read_text()
)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_our_templates_read_as_cfn_lint_reads_them(file: Path) -> None:
    """cfn-lint, which is AWS's own reader, returns the same document."""
    text = file.read_text()
    expected, problems = decode_str(text)
    assert not problems
    assert parse_document(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref Name", {"Ref": "Name"}),
        ("!Condition Name", {"Condition": "Name"}),
        ("!Sub '${A}-b'", {"Fn::Sub": "${A}-b"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!GetAtt Name.Outputs.Arn", {"Fn::GetAtt": ["Name", "Outputs.Arn"]}),
        ("!GetAtt [Name, Arn]", {"Fn::GetAtt": ["Name", "Arn"]}),
        ("!If [A, !Ref B, c]", {"Fn::If": ["A", {"Ref": "B"}, "c"]}),
        ("!Transform {Name: N}", {"Fn::Transform": {"Name": "N"}}),
        ("2010-09-09", "2010-09-09"),
        ("[1, true, null, 1.5, '1']", [1, True, None, 1.5, "1"]),
        ("012345678901: a", {"012345678901": "a"}),
        ("a: &a {b: 1, c: 2}\nd: {<<: *a, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
        (r'{"a":	"\ud83d\ude00"}', {"a": "\U0001f600"}),
        ("", None),
    ],
)
def test_values(text: str, value: Any) -> None:
    """Short forms become long forms; a date and a key are text."""
    assert parse_document(text) == value


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("A: 1\nA: 2", "key 'A' is already set in line 1 (line 2, column 1)"),
        ('{"A": {"B": 1, "B": 1}}', "key 'B' is already set in line 1 (line 1, column 16)"),
        ("a: &a [*a]", "the value contains itself (line 1, column 4)"),
        ("? [a]\n: b", "expected a text as key (line 1, column 3)"),
        ("<<: 3", "<< needs a mapping (line 1, column 1)"),
        ("a: !!int x", "invalid literal for int() with base 10: 'x' (line 1, column 4)"),
        ("a: 1\n---\nb: 2", "expected a single document"),
        ("[" * 100_000, "it is nested too deeply (line 1, column 101)"),
    ],
)
def test_errors(text: str, error: str) -> None:
    """The message has one line, with the position of the fault."""
    with pytest.raises(TemplateError) as raised:
        parse_document(text)
    assert str(raised.value).startswith(f"not a template: {error}")
    assert "\n" not in str(raised.value)


def test_lines() -> None:
    """A mapping knows the lines of itself and of its keys."""
    document = parse_document("A:\n  B: !Ref C\n  D:\n    E: 1\n")
    assert isinstance(document, TemplateMapping)
    assert document.key_lines == {"A": 1}
    assert document["A"].key_lines == {"B": 2, "D": 3}
    assert document["A"]["B"].line == 2
    assert document["A"]["D"].line == 4
