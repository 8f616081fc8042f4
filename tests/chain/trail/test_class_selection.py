"""Which records of a class without an event source a trail's selectors lose."""

import random
from collections.abc import Callable
from functools import partial
from operator import eq
from typing import Any

import pytest

from alarmchain.chain.judgement import Status
from alarmchain.chain.trail.class_selection import is_of_sources, judge_class
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.records.record_class import RecordClass, matching_records
from alarmchain.records.record_fields import ABSENT, Json, value_at
from alarmchain.records.typical_record import typical_records
from tests.made_up_rule import CLASSES, NO_MFA, ROOT

MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
EVERY = matching_records("every record", "{ $.eventName = * }", region=None, account=None)


def made(name: str) -> RecordClass:
    """Return a class of the made-up rule."""
    return matching_records(name, CLASSES[name], region=None, account=None)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, Status.OK),
        ({"ReadWriteType": None, "IncludeManagementEvents": None}, Status.OK),
        ({"IncludeManagementEvents": False}, Status.BROKEN),
        ({"IncludeManagementEvents": "yes"}, Status.UNKNOWN),
        ({"ReadWriteType": "Odd"}, Status.UNKNOWN),
        ({"ReadWriteType": []}, Status.UNKNOWN),
        ({"ReadWriteType": "ReadOnly"}, Status.BROKEN),
        ({"ExcludeManagementEventSources": 7}, Status.UNKNOWN),
        ({"ExcludeManagementEventSources": [7]}, Status.UNKNOWN),
        ({"ExcludeManagementEventSources": []}, Status.OK),
        ({"ExcludeManagementEventSources": ["a*"]}, Status.UNKNOWN),
    ],
)
def test_basic_selectors(selector: dict[str, Any], expected: Status) -> None:
    """Absent members of a selector have defaults; with malformed members it is unknown."""
    judgement = judge_class("trail 't'", [selector], made(ROOT), advanced=False)
    assert judgement.status is expected, judgement


@pytest.mark.parametrize(
    "fields",
    [
        None,
        7,
        [],
        [7],
        [MANAGEMENT, {}],
        [MANAGEMENT, {"Field": "readOnly"}],
        [{"Field": 7}],
        [MANAGEMENT, {"Field": "readOnly", "Contains": ["true"]}],
        [MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms*"]}],
        [MANAGEMENT, {"Field": "resources.ARN", "NotEquals": ["x"]}],
        [{"Field": "readOnly", "Equals": ["true", "false"]}],
    ],
)
def test_unreadable_advanced_selectors(fields: object) -> None:
    """A malformed selector, or one that no filter pattern can express, is unknown."""
    for selector in ({"FieldSelectors": fields}, {"Name": "x"}):
        judgement = judge_class("trail 't'", [selector], made(ROOT), advanced=True)
        assert judgement.status is Status.UNKNOWN, judgement


def test_sources() -> None:
    """A class's pattern can name its event sources."""
    assert is_of_sources(made(NO_MFA), ("signin.amazonaws.com",))
    assert not is_of_sources(made(ROOT), ("signin.amazonaws.com",))


VALUES: dict[str, list[str]] = {
    "eventSource": ["cloudtrail.amazonaws.com", "signin.amazonaws.com", "signin", "cloud", ".com"],
    "eventName": ["StopLogging", "ConsoleLogin", "Stop", "Login"],
    "eventType": ["AwsApiCall", "AwsConsoleSignIn", "Aws"],
    "readOnly": ["true", "false"],
    "userIdentity.arn": ["arn:aws:iam::123456789012:root", "arn:aws:iam", "arn:aws:sts", "jane"],
}
OPERATORS = ("Equals", "NotEquals", "StartsWith", "NotStartsWith", "EndsWith", "NotEndsWith")


def chosen(chance: random.Random) -> dict[str, Any]:
    """Return a random advanced selector."""
    fields: list[dict[str, Any]] = [MANAGEMENT]
    for name in chance.sample(sorted(VALUES), chance.randrange(3)):
        operators = chance.sample(OPERATORS, chance.choice([1, 1, 1, 2]))
        values = {key: chance.sample(VALUES[name], chance.choice([1, 2])) for key in operators}
        fields.append({"Field": name, **values})
    return {"FieldSelectors": fields}


def records_by(selector: dict[str, Any], record: Json) -> bool:
    """Return whether a selector records the record, by the user guide's words."""
    for field in selector["FieldSelectors"]:
        value = value_at(record, tuple(field["Field"].split(".")))
        if value is ABSENT:
            return False
        text = str(value).lower() if isinstance(value, bool) else str(value)
        for operator, operands in field.items():
            if operator == "Field":
                continue
            tests: dict[str, Callable[[str], bool]] = {
                "Equals": partial(eq, text),
                "StartsWith": text.startswith,
                "EndsWith": text.endswith,
            }
            held = any(tests[operator.removeprefix("Not")](each) for each in operands)
            if held is operator.startswith("Not"):
                return False
    return True


@pytest.mark.parametrize(
    "record_class", [EVERY, made(ROOT), made(NO_MFA)], ids=lambda each: each.name
)
def test_by_chance(record_class: RecordClass) -> None:
    """If a class is recorded, each of its typical records is, even by the strictest reading."""
    chance = random.Random(7)
    statuses = set()
    for _ in range(150):
        selectors = [chosen(chance) for _ in range(chance.choice([1, 1, 2, 3]))]
        judgement = judge_class("trail 't'", selectors, record_class, advanced=True)
        statuses.add(judgement.status)
        lost = [
            record
            for record in typical_records(record_class)
            if _belongs(record, record_class)
            and not any(records_by(selector, record) for selector in selectors)
        ]
        assert judgement.status is not Status.OK or not lost, (selectors, lost)
    assert statuses == set(Status)


def _belongs(record: Json, record_class: RecordClass) -> bool:
    pattern = parse(record_class.pattern)
    return record_class.allows(record) and match(pattern, record).is_yes
