"""control.toml: the requirement of a rule."""

from pathlib import Path

import pytest

from alarmchain.control import NAMES, Call, Control, ControlError, known_controls

RULES = Path(__file__).parents[1] / "rules"
CIS_CALLS = {
    "CMKChanges": 2,
    "CloudTrailChanges": 5,
    "ConfigChanges": 4,
    "SecurityGroupChanges": 6,
}
GOOD = (RULES / "CMKChanges" / "control.toml").read_text("utf-8")


def test_known_controls() -> None:
    """Every rule has one in the folder of its name, with calls and names."""
    found = known_controls()
    assert set(found) == {file.parent.name for file in RULES.glob("*/control.toml")}
    for name, control in found.items():
        assert Control.load(RULES / name) == control
        assert Control.load(RULES / name / "control.toml") == control
        assert set(control.names) == set(NAMES)
        assert not set(control.calls["cis"]) & set(control.calls["extended"])
        assert all(call.read_only is False for calls in control.calls.values() for call in calls)
    counts = {name: len(found[name].calls["cis"]) for name in CIS_CALLS}
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
    ],
)
def test_no_call(text: str) -> None:
    """Other texts are refused with the expected form."""
    with pytest.raises(ValueError, match=r"expected SERVICE\.amazonaws\.com:EventName"):
        Call.parse(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "CMKChanges"', "", "'name' is None; expected 1 to 1024 characters"),
        ('severity = "Medium"', "severity = 7", "'severity' is 7; expected 1 to 1024 characters"),
        ("[calls]", "[other]", "[calls] is missing"),
        ("[names]", "[other]", "[names] is missing"),
        (
            '"kms.amazonaws.com:DisableKey",',
            '"DisableKey",',
            "calls.cis holds 'DisableKey': expected SERVICE.amazonaws.com:EventName",
        ),
        ('"kms.amazonaws.com:DisableKey",', "7,", "calls.cis holds 7; expected a string"),
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


def test_no_file(tmp_path: Path) -> None:
    """The message names a folder without the file."""
    with pytest.raises(ControlError, match="No such file"):
        Control.load(tmp_path)
