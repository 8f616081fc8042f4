"""Random rule parameters and events: they are read, or one line says what is wrong."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alarmchain.config_rule.config_event import ConfigEvent, EventError
from alarmchain.parameters import NAMES, ParameterError, Parameters
from alarmchain.testing import scheduled_event
from tests.chance import one_line, tried
from tests.fuzz.mutation import JUNK, TEXTS, mutated

VALUES = (
    st.sampled_from(["cis", "extended", "required", "true", "false", "", "NOT_APPLICABLE"])
    | st.sampled_from(
        ["ec2.amazonaws.com:X, kms.amazonaws.com:Y", "a" * 1100, "a.amazonaws.com:" * 60]
    )
    | TEXTS
    | JUNK
)


@tried(300)
@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=10), VALUES, max_size=4))
def test_any_parameters(values: dict[str, Any]) -> None:
    """Parameters are read, or the error is one printable line."""
    try:
        Parameters.read(values)
    except ParameterError as error:
        one_line(error)


@tried(200)
@given(mutated((scheduled_event("ConfigChanges", {"CallList": "extended"}),)))
def test_any_event(event: dict[str, Any]) -> None:
    """An event is read, or the error is one printable line."""
    try:
        invocation = ConfigEvent.read(event, None)
    except EventError as error:
        one_line(error)
        return
    assert invocation.account
    assert invocation.region
    assert isinstance(invocation.parameters, Parameters | ParameterError)
    assert json.loads(invocation.event["invokingEvent"])["messageType"] == "ScheduledNotification"


@tried(200)
@given(st.text(max_size=30) | TEXTS | JUNK)
def test_any_rule_parameters(text: Any) -> None:
    """Rule parameters that are not a JSON object are an error that the event holds."""
    event = scheduled_event("ConfigChanges", {}) | {"ruleParameters": text}
    parameters = ConfigEvent.read(event, None).parameters
    assert isinstance(parameters, Parameters | ParameterError)
