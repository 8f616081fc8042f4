"""Counterexamples look real: the parts of a record that name its caller agree."""

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from alarmchain.control import Call, Control, known_controls
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import api_call, matching_records
from tests.chance import LONG
from tests.proof.documented import is_documented

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "patterns.jsonl"
STOP_LOGGING = api_call("cloudtrail.amazonaws.com", "StopLogging")


def unreal(record: Mapping[str, Any]) -> str | None:
    """Return the check that the record's caller fails; None if it passes all checks."""
    identity = record["userIdentity"]
    kind = identity.get("type")
    arn = identity.get("arn", "")
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    service = identity.get("invokedBy", record["sourceIPAddress"])
    role = issuer.get("userName")
    checks = {
        "the source address is the service": record["sourceIPAddress"] == service,
        "the type is a documented one": kind
        in ("Root", "IAMUser", "AssumedRole", "AWSService", "AWSAccount", "FederatedUser"),
        "root's ARN": kind != "Root" or (arn.endswith(":root") and "userName" not in identity),
        "a user has no issuer": kind != "IAMUser" or not issuer,
        "a user's name": kind != "IAMUser" or arn.endswith(f":user/{identity.get('userName')}"),
        "a role's name": kind != "AssumedRole"
        or (f":assumed-role/{role}/" in arn and issuer["arn"].endswith(f"/{role}")),
        "a service has nothing else": kind != "AWSService"
        or set(identity) == {"type", "invokedBy"},
    }
    return next((text for text, holds in checks.items() if not holds), None)


def calls() -> list[Call]:
    """Return the first call of each rule; with LONG_TESTS, every call."""
    controls: list[Control] = list(known_controls().values())
    found = [
        call for control in controls for key in ("cis", "extended") for call in control.calls[key]
    ]
    return (
        found if LONG else [control.calls["cis"][0] for control in controls if control.calls["cis"]]
    )


def test_none_is_unreal_for_the_shared_patterns() -> None:
    """Each counterexample is documented, escapes, and has one consistent caller."""
    if not SHARED.is_file():
        pytest.skip("the shared data file patterns.jsonl is missing")
    found = 0
    for line, call in product(SHARED.read_text("utf-8").splitlines(), calls()):
        try:
            pattern = parse(json.loads(line)["pattern"])
        except PatternSyntaxError:
            continue
        record = prove([pattern], api_call(call.event_source, call.event_name)).counterexample
        if record is not None:
            found += 1
            assert is_documented(record)
            assert unreal(record) is None, (unreal(record), str(pattern), record)
    assert found > 700


ROLE = "$.userIdentity.sessionContext.sessionIssuer"
CALLERS = [
    # a filter, the type of the caller that escapes it
    (f"$.userIdentity.type != AssumedRole || {ROLE}.userName != deploy", "AssumedRole"),
    (
        f'$.userIdentity.type != AssumedRole || {ROLE}.arn != "arn:aws:iam::1:role/a/b"',
        "AssumedRole",
    ),
    (
        "$.userIdentity.type != AssumedRole"
        ' || $.userIdentity.arn != "arn:aws:sts::123456789012:assumed-role/deploy/*"',
        "AssumedRole",
    ),
    ("$.userIdentity.type != IAMUser || $.userIdentity.userName != bob", "IAMUser"),
    ("$.userIdentity.type != Root", "Root"),
    ("$.userIdentity.type != AWSService", "AWSService"),
    ("$.userIdentity.invokedBy NOT EXISTS || $.userIdentity.invokedBy != config*", "AssumedRole"),
]


@pytest.mark.parametrize(("condition", "caller"), CALLERS)
def test_the_name_is_the_same_everywhere(condition: str, caller: str) -> None:
    """If an escape needs another name of the caller, all fields with that name change."""
    record = prove([parse(f"{{ {condition} }}")], STOP_LOGGING).counterexample
    assert record is not None
    assert record["userIdentity"]["type"] == caller
    assert unreal(record) is None


SIGN_IN = (
    '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed != "Yes"'
    " && $.userIdentity.type = IAMUser && $.responseElements.ConsoleLogin = Success }"
)


@pytest.mark.parametrize(
    "condition", ["$.additionalEventData.MFAUsed = No", "$.userIdentity.userName != bob"]
)
def test_a_sign_in_is_changed_where_the_class_is_about_sign_ins(condition: str) -> None:
    """For a class without a call's name, the counterexample is the most typical kind of record."""
    sign_ins = matching_records("sign-ins", SIGN_IN, region="us-east-1", account="123456789012")
    record = prove([parse(f"{{ {condition} }}")], sign_ins).counterexample
    assert record is not None
    assert record["eventType"] == "AwsConsoleSignIn"
    assert unreal(record) is None


DECIDED = [
    # class, filter, verdict: each was wrong or unknown once
    ("", "$.x[0] = * || $.x[1] NOT EXISTS", Verdict.COVERED),
    ("", "$.x[0] = * || $.x[5].y NOT EXISTS", Verdict.COVERED),
    (
        "$.eventName = *",
        '$.recipientAccountId != %^[0-9]{12}$% || $.recipientAccountId = "000000000000"',
        Verdict.ESCAPES,
    ),
    ("$.userIdentity.type NOT EXISTS", "$.eventType = AwsServiceEvent", Verdict.ESCAPES),
    ("$.userIdentity.type NOT EXISTS", "$.eventType != AwsApiCall", Verdict.COVERED),
    (
        "$.requestParameters.name = x*",
        "$.requestParameters.name = 5 || $.requestParameters.name = %^x%",
        Verdict.COVERED,
    ),
]


@pytest.mark.parametrize(("belongs", "condition", "verdict"), DECIDED)
def test_decided(belongs: str, condition: str, verdict: Verdict) -> None:
    """The prover decides these patterns, which it once got wrong or left unknown."""
    pattern = belongs and f"{{ {belongs} }}"
    records = matching_records("a class", pattern, region=None, account=None)
    assert prove([parse(f"{{ {condition} }}")], records).verdict is verdict


def test_a_counterexample_is_the_callers_own() -> None:
    """A change to a returned counterexample does not change the next one."""
    first = prove([], STOP_LOGGING).counterexample
    assert first is not None
    first["userIdentity"].clear()
    second = prove([], STOP_LOGGING).counterexample
    assert second is not None
    assert second["userIdentity"]["type"] == "AssumedRole"
