"""Reads the members of a parsed JSON document. What is wrong is said in one line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from reprlib import Repr
from typing import Any

from alarmchain.place import ACCOUNT_ID, REGION_NAME
from alarmchain.printable import printable


class DocumentError(ValueError):
    """A document that is not what it should be.

    The message is one line that names the place, the value and what is expected.
    """

    def __init__(self, message: str) -> None:
        line = printable(message)
        super().__init__(line if len(line) <= 300 else f"{line[:180]}...{line[-117:]}")


def read_object(value: object, where: str) -> Mapping[str, Any]:
    """Return the object at a place. Raises DocumentError, as the other functions do."""
    if not isinstance(value, dict):
        raise wrong(value, where, "an object")
    return value


def read_array(value: object, where: str) -> list[Any]:
    """Return the array."""
    if not isinstance(value, list):
        raise wrong(value, where, "an array")
    return value


def read_string(value: object, where: str) -> str:
    """Return the string, which must not be empty."""
    if not isinstance(value, str) or not value:
        raise wrong(value, where, "a string")
    return value


def read_account(value: object, where: str) -> str:
    """Return the id of an account."""
    account = read_string(value, where)
    if not ACCOUNT_ID.fullmatch(account):
        raise wrong(value, where, "12 digits")
    return account


def read_region(value: object, where: str) -> str:
    """Return the name of a region, which need not exist."""
    region = read_string(value, where)
    if not REGION_NAME.fullmatch(region):
        raise wrong(value, where, "a name such as us-east-1")
    return region


def read_time(value: object, where: str) -> float:
    """Return a time, written in ISO 8601 or as epoch seconds, in epoch seconds."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            moment = float(value)
        else:
            date = datetime.fromisoformat(str(value))
            moment = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
        iso(moment)
    except (ValueError, OverflowError, OSError):
        raise wrong(value, where, "an ISO 8601 time") from None
    return moment


def iso(moment: float) -> str:
    """Return an epoch time in seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def wrong(value: object, where: str, expected: str) -> DocumentError:
    """Return the error about a value at a place."""
    return DocumentError(f"{where} is {shown(value)}; expected {expected}")


def shown(value: object) -> str:
    """Return a value in a few words; JSON's null counts as missing."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return str(value).lower()
    return Repr(maxlevel=3, maxstring=60, maxother=60, maxlong=60).repr(value)
