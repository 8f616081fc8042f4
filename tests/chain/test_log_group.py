"""A log group: can metric filters on it count anything?"""

import pytest

from alarmchain.chain.log_group import judge_log_group


@pytest.mark.parametrize(
    ("log_class", "expected"),
    [
        (None, "ok: "),
        ("STANDARD", "ok: "),
        (
            "INFREQUENT_ACCESS",
            "broken: log group 'g' is of class INFREQUENT_ACCESS, which does not support metric "
            "filters",
        ),
        (
            "DELIVERY",
            "broken: log group 'g' is of class DELIVERY, which does not support metric filters",
        ),
        (
            "ESSENTIALS",
            "broken: log group 'g' is of class ESSENTIALS, which does not support metric filters",
        ),
        ("standard", "unknown: log group 'g' is of the unknown class standard"),
        ("", "unknown: log group 'g' is of the unknown class "),
        ([], "unknown: log group 'g' is of the unknown class []"),
    ],
)
def test_class(log_class: object, expected: str) -> None:
    """Only the class STANDARD, which is the default, has metric filters."""
    item = {"logGroupName": "g"} | ({} if log_class is None else {"logGroupClass": log_class})
    found = judge_log_group("g", item, "us-east-1")
    assert f"{found.status.value}: {found.reason}" == expected


def test_gone() -> None:
    """The reason names a missing log group and its region."""
    found = judge_log_group("g", None, "eu-west-1")
    assert found.reason == "log group 'g' does not exist in eu-west-1"
    assert (
        found.remedy
        == "create log group 'g' in eu-west-1, or deliver the trail to another log group"
    )


@pytest.mark.parametrize(
    ("members", "note"),
    [
        (
            {"dataProtectionStatus": "ACTIVATED"},
            "log group 'g' masks data, also for metric filters",
        ),
        (
            {"inheritedProperties": ["ACCOUNT_DATA_PROTECTION"]},
            "log group 'g' masks data, also for metric filters",
        ),
        ({"dataProtectionStatus": "DISABLED", "inheritedProperties": []}, ""),
    ],
)
def test_masking(members: dict[str, object], note: str) -> None:
    """A data protection policy gives a note, because it may hide values from a metric filter."""
    found = judge_log_group("g", {"logGroupName": "g", **members}, "us-east-1")
    assert f"{found.status.value}: {found.reason}" == f"ok: {note}"
