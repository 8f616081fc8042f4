"""The file of --exceptions: what is read, and what is refused in one line."""

from datetime import date
from pathlib import Path

import click
import pytest

from alarmchain.cli.exceptions_file import load
from alarmchain.report.exceptions import AcceptedException

RULES = ("CMKChanges", "ConfigChanges")
KEYS = {
    "account": '"*"',
    "region": '"us-east-1"',
    "rule": '"CMKChanges"',
    "reason": '"topic * has no subscription"',
    "until": "2027-03-31",
    "why": '"it is planned"',
}
"""The keys of a correct exception with their values in TOML."""
NAMES = "account, region, rule, reason, until, why, calls"
EXPECTED = {
    "account": "12 digits in quotes, or '*' for every account",
    "region": "a name such as 'us-east-1', or '*' for every region",
    "rule": "'*' for every rule, or one of CMKChanges, ConfigChanges",
    "reason": "the reason of the fault as the report has it, with at least 10 characters in a row"
    " without '*'",
    "until": "the last day of the exception, such as 2027-03-31 without quotes",
    "why": "why the fault is accepted",
    "calls": "a list of one or more names of calls, such as ['StopLogging']",
}


def table(**changes: str) -> str:
    """Return an exception in TOML; an empty value leaves out the key."""
    lines = [f"{key} = {value}" for key, value in (KEYS | changes).items() if value]
    return "\n".join(["[[exception]]", *lines, ""])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of the file."""
    return tmp_path / "exceptions.toml"


def test_every_exception_is_read(file: Path) -> None:
    """Every exception is read, with its number in the file; `calls` is optional."""
    file.write_text(table() + table(account='"123456789012"', calls='["StopLogging"]'))
    reason, why = "topic * has no subscription", "it is planned"
    first = AcceptedException(1, "*", "us-east-1", "CMKChanges", reason, date(2027, 3, 31), why)
    second = AcceptedException(
        2, "123456789012", "us-east-1", "CMKChanges", reason, date(2027, 3, 31), why,
        ("StopLogging",),
    )  # fmt: skip
    assert load(file, RULES) == (first, second)


def test_a_file_may_have_none(file: Path) -> None:
    """A file may have no exception, so that a command with the file still works."""
    file.write_text("# none left\n")
    assert load(file, RULES) == ()
    assert load(None, RULES) == ()


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_required(file: Path, key: str) -> None:
    """An exception without a required key is refused, for example one without an end."""
    file.write_text(table() + table(**{key: ""}))
    message = f"{file}: exception 2 has no {key}; expected {EXPECTED[key]}"
    assert refusal(file) == message


VALUES = [
    # key, value in TOML, as it is shown
    ("account", "123456789012", "123456789012"),
    ("account", '"12345678901"', "'12345678901'"),
    ("account", '""', "''"),
    ("account", '"1234567890*"', "'1234567890*'"),
    ("region", '"Frankfurt"', "'Frankfurt'"),
    ("region", "true", "true"),
    ("rule", '"CMKChange"', "'CMKChange'"),
    ("rule", '["CMKChanges"]', "['CMKChanges']"),
    ("reason", '"*"', "'*'"),
    ("reason", '"*a*b*c*d*e*f*g*h*i*j*"', "'*a*b*c*d*e*f*g*h*i*j*'"),
    ("reason", '"*    a           b   *"', "'* a b *'"),
    ("reason", "5", "5"),
    ("until", '"2027-03-31"', "'2027-03-31'"),
    ("until", "2027-03-31T00:00:00Z", "2027-03-31 00:00:00+00:00"),
    ("until", "{}", "a table"),
    ("why", '" "', "' '"),
    ("why", "false", "false"),
    ("calls", "[]", "[]"),
    ("calls", '"StopLogging"', "'StopLogging'"),
    ("calls", "[1]", "[1]"),
]


@pytest.mark.parametrize(("key", "value", "shown"), VALUES)
def test_wrong_values(file: Path, key: str, value: str, shown: str) -> None:
    """The message has the exception's number, the key, the value and what was expected."""
    file.write_text(table(**{key: value}))
    assert refusal(file) == f"{file}: exception 1: {key} is {shown}; expected {EXPECTED[key]}"


FILES = {
    "an unknown key": (table(who='"x"'), f"{{}}: exception 1: 'who' is unknown; known: {NAMES}"),
    "an unknown table": ("[[exceptions]]\n", "{}: 'exceptions' is unknown; expected [[exception]]"),
    "a single table": ("[exception]\n", "{}: expected tables that begin with [[exception]]"),
    "a list of numbers": ("exception = [1]", "{}: expected tables that begin with [[exception]]"),
    "no TOML": ("[[exception", "{} is not valid TOML: Expected ']]' at the end of an array"
     " declaration (at end of document)"),
    "a day that does not exist": (
        "a = 2027-02-30",
        "{} is not valid TOML: Invalid date or datetime (at line 1, column 5)",
    ),
    "too deep": ("a = " + "[" * 100_000, "{} is nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FILES.values(), ids=FILES)
def test_wrong_files(file: Path, text: str, message: str) -> None:
    """The message names the file."""
    file.write_text(text)
    assert refusal(file) == message.format(file)


def test_a_byte_order_mark_does_not_count(file: Path) -> None:
    """A byte order mark, which some editors on Windows write, is ignored."""
    file.write_text(table(), encoding="utf-8-sig")
    assert len(load(file, RULES)) == 1


def test_a_file_that_cannot_be_read(file: Path) -> None:
    """A file that is missing, a folder, or not UTF-8 is refused."""
    assert refusal(file) == f"cannot read exceptions {file}: No such file or directory"
    assert refusal(file.parent) == f"cannot read exceptions {file.parent}: Is a directory"
    file.write_bytes(b"# \xff")
    assert refusal(file) == f"{file} is not valid TOML: byte 2 is not UTF-8"


def refusal(file: Path) -> str:
    """Return the message with which the file is refused, in one line."""
    with pytest.raises(click.ClickException) as refused:
        load(file, RULES)
    return " ".join(refused.value.format_message().split())
