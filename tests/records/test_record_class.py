"""Classes of records and their typical records."""

from typing import Any

import pytest

from alarmchain.records.record_class import api_call
from alarmchain.records.typical_record import typical_record

CALL = api_call("kms.amazonaws.com", "DisableKey", region="eu-west-1", account="111122223333")


def test_a_typical_record_belongs_to_its_class() -> None:
    """The typical record has the known values of the class in all fields that show them."""
    record = typical_record(CALL)
    assert CALL.allows(record)
    assert record["awsRegion"] == "eu-west-1"
    assert record["userIdentity"]["accountId"] == "111122223333"
    assert "errorCode" not in record


@pytest.mark.parametrize("failed", [None, False])
@pytest.mark.parametrize("read_only", [None, True, False])
def test_typical_records_of_every_class(failed: bool | None, read_only: bool | None) -> None:
    """The typical record belongs to the class; open fields are not among the known ones."""
    call = api_call("x.amazonaws.com", "Y", region=None, read_only=read_only, failed=failed)
    assert call.allows(typical_record(call))
    assert ("readOnly" in call.fields) is (read_only is not None)
    assert ("errorCode" in call.fields) is (failed is False)
    assert "awsRegion" not in call.values


OTHER_VALUES = [
    {"eventName": "EnableKey"},
    {"eventName": 5},
    {"readOnly": 0},
    {"managementEvent": 1},
    {"errorCode": "AccessDenied"},
    {"errorMessage": None},
]


@pytest.mark.parametrize("change", OTHER_VALUES)
def test_other_records_do_not_belong_to_the_class(change: dict[str, Any]) -> None:
    """A record with another value, or another type, in a known field is not of the class."""
    assert not CALL.allows(typical_record(CALL) | change)
