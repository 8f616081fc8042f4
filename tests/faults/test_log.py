"""A name in an account cannot forge a line of the function's log."""

import logging
from unittest import mock

import pytest

from alarmchain.collector.errors import RefusedError
from alarmchain.rule import ChainRule
from tests.faults.accounts import plain
from tests.faults.injection import Injected
from tests.faults.test_faults import rule

FORGED = "x\nERROR all is well\x1b[2J\u202e"


@pytest.mark.parametrize("error", [ValueError(FORGED), RefusedError(FORGED, "AccessDenied")])
def test_no_line_is_forged(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The log shows the error's text, but no line begins with the forged text."""
    caplog.set_level(logging.ERROR)
    with mock.patch("alarmchain.rule.read_and_assess", side_effect=error):
        ending = rule(Injected(plain()))
    assert ending.kind == "UNKNOWN"
    (entry,) = (entry for entry in caplog.records if entry.name == ChainRule.__module__)
    text = logging.Formatter().format(entry)
    assert "ERROR all is well" in text
    assert all(char.isprintable() or char == "\n" for char in text)
    assert not any(line.startswith("ERROR") for line in text.splitlines())
