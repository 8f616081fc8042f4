"""control.toml, which says what a rule requires, is read and checked."""

from pathlib import Path

import pytest

from alarmchain.control import (
    NAMES,
    Call,
    Control,
    ControlError,
    MatchingRecords,
    known_controls,
)

RULES = Path(__file__).parents[1] / "rules"
CIS_CALLS = {
    "CMKChanges": 2,
    "CloudTrailChanges": 5,
    "ConfigChanges": 4,
    "SecurityGroupChanges": 6,
}
GOOD = (RULES / "CMKChanges" / "control.toml").read_text("utf-8")


def test_known_controls() -> None:
    """Every rule has a control in the folder of its name, with calls and names."""
    controls = known_controls()
    assert set(controls) == {file.parent.name for file in RULES.glob("*/control.toml")}
    for name, control in controls.items():
        assert Control.load(RULES / name) == control
        assert Control.load(RULES / name / "control.toml") == control
        assert set(control.names) == set(NAMES)
        assert not set(control.calls["cis"]) & set(control.calls["extended"])
        assert all(call.read_only is False for calls in control.calls.values() for call in calls)
    counts = {name: len(controls[name].calls["cis"]) for name in CIS_CALLS}
    assert counts == CIS_CALLS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ec2.amazonaws.com:CreateSecurityGroup", Call("ec2.amazonaws.com", "CreateSecurityGroup")),
        (" kms.amazonaws.com:DisableKey ", Call("kms.amazonaws.com", "DisableKey")),
    ],
)
def test_call(text: str, expected: Call) -> None:
    """A call is its event source and event name."""
    assert Call.parse(text) == expected
    assert str(Call.parse(text)) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a:b",
        "ec2.amazonaws.com",
        "ec2.amazonaws.com:",
        ".amazonaws.com:X",
        "ec2.amazonaws.com:a b",
        "ec2.amazonaws.com:Größe",
        'ec2"x.amazonaws.com:RunInstances',
        "EC2.amazonaws.com:RunInstances",
    ],
)
def test_invalid_calls(text: str) -> None:
    """Other texts are refused with the expected form."""
    with pytest.raises(ValueError, match=r"expected SERVICE\.amazonaws\.com:EventName"):
        Call.parse(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "CMKChanges"', "", "'name' is None; expected 1 to 1024 characters"),
        ('severity = "Medium"', "severity = 7", "'severity' is 7; expected 1 to 1024 characters"),
        ("[calls]", "[call]", "the file has the unknown key 'call'; the nearest known is 'calls'"),
        ("[names]", "[nams]", "the file has the unknown key 'nams'; the nearest known is 'names'"),
        ("cis = [", "ciz = [", "[calls] has the unknown key 'ciz'; the nearest known is 'cis'"),
        ("FilterName", "Filtername", "[names] has the unknown key 'Filtername'"),
        ("cis = [", "cis = 3 #", "not TOML: "),
        ("extended = [", "[calls.extended]\nx = [", "[calls] 'extended' is {'x': ["),
        ("[calls]", "region = 'all'\n[calls]", "'region' is 'all'; expected 'each' or 'leader'"),
        (
            '"kms.amazonaws.com:DisableKey",',
            '"DisableKey",',
            "[calls] 'cis' holds 'DisableKey': expected SERVICE.amazonaws.com:EventName",
        ),
        ('"kms.amazonaws.com:DisableKey",', "7,", "[calls] 'cis' holds 7; expected a string"),
        (
            'TopicName = "CloudWatchAlarmSNSTopic"',
            'TopicName = ""',
            "'TopicName' is ''; expected 1 to 1024 characters",
        ),
        ("cis = [", "cis = [] # [", "not TOML: "),
        (
            "cis_pattern = '",
            "cis_pattern = 7 # '",
            "'cis_pattern' is 7; expected 1 to 1024 characters",
        ),
        ("[calls]", "[calls", "not TOML: "),
        (
            "[calls]",
            "[calls]\nmanagement = ['kms.amazonaws.com:EnableKey']",
            "[calls] 'management' holds 'kms.amazonaws.com:EnableKey'; expected a call of",
        ),
        (
            "[calls]",
            "[calls]\nmanagement = ['EnableKey']",
            "[calls] 'management' holds 'EnableKey': expected SERVICE.amazonaws.com:EventName",
        ),
        ("[calls]", "[calls]\nmanagement = 7", "[calls] 'management' is 7; expected a list"),
        (
            "[calls]",
            "[calls]\nread_only = 'true'",
            "[calls] 'read_only' is 'true'; expected 'false' or 'unknown'",
        ),
    ],
)
def test_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The message names the file, the entry and the fault."""
    assert old in GOOD
    file = tmp_path / "control.toml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ControlError) as raised:
        Control.load(tmp_path)
    assert str(raised.value).startswith(f"{file}: ")
    assert message in str(raised.value)


ROOT = """
region = "leader"
[records."root account usage"]
list = "cis"
pattern = '{ $.userIdentity.type = "Root" }'
events = 3
[records.Other]
list = "extended"
pattern = '{ $.errorCode = "AccessDenied*" }'
[calls]
extended = ["kms.amazonaws.com:PutKeyPolicy"]
[names]"""
BEFORE_CALLS, _, REST = GOOD.partition("[calls]")
WITH_RECORDS = BEFORE_CALLS + ROOT + REST.partition("[names]")[2]


def test_records(tmp_path: Path) -> None:
    """A rule may require classes of records without a call's name, and no call of the CIS list."""
    file = tmp_path / "control.toml"
    file.write_text(WITH_RECORDS, encoding="utf-8")
    control = Control.load(file)
    assert control.region == "leader"
    assert control.records == {
        "cis": (MatchingRecords("root account usage", '{ $.userIdentity.type = "Root" }', 3),),
        "extended": (MatchingRecords("Other", '{ $.errorCode = "AccessDenied*" }', 1),),
    }
    assert control.calls == {"cis": (), "extended": (Call("kms.amazonaws.com", "PutKeyPolicy"),)}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("list =", "lists =", "has the unknown key 'lists'; the nearest known is 'list'"),
        ('list = "cis"', "", "'list' is None; expected 'cis' or 'extended'"),
        ('list = "cis"', 'list = "all"', "'list' is 'all'; expected 'cis' or 'extended'"),
        ('list = "cis"', 'list = "extended"', "neither [calls] nor [records] has an entry in"),
        ("events = 3", "events = 0", "'events' is 0; expected a whole number from 1 to 100"),
        ("events = 3", "events = 101", "'events' is 101; expected a whole number from 1 to 100"),
        ("events = 3", "events = true", "'events' is True; expected a whole number"),
        ("pattern = '{", "pattern = '{{", "'pattern' is not a filter pattern: at character"),
        (
            '$.userIdentity.type = "Root"',
            "$.eventName IS NULL",
            "'pattern' matches no record; expected one that matches some",
        ),
        (
            '$.userIdentity.type = "Root"',
            '$.awsRegion = "us-east-1"',
            "'pattern' names $.awsRegion; leave it out, because AWS Config evaluates a rule where",
        ),
        ("events = 3", "[records.PutKeyPolicy]", "[records.PutKeyPolicy]: expected a name that no"),
        ("root account usage", "a:b", "[records.a:b]: expected a name that no call has"),
        ("root account usage", "r" * 81, "expected a name of 1 to 80 printable characters"),
        ("[records.Other]", "[records]\nx = 7\n[records.Other]", "[records] 'x' is 7; expected a"),
    ],
)
def test_wrong_records(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The message names the class and what was expected."""
    assert old in WITH_RECORDS
    file = tmp_path / "control.toml"
    file.write_text(WITH_RECORDS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ControlError) as raised:
        Control.load(file)
    assert message in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    """The message names a folder without the file."""
    with pytest.raises(ControlError, match="No such file"):
        Control.load(tmp_path)
