"""The fields of a record that say the same thing about its caller.

Source: CloudTrail user guide, "CloudTrail userIdentity element".
"""

from collections.abc import Iterator, Mapping

from alarmchain.records.record_fields import FieldPath, Json, value_at, with_value

_ARN: FieldPath = ("userIdentity", "arn")
_USER: FieldPath = ("userIdentity", "userName")
_SERVICE: FieldPath = ("userIdentity", "invokedBy")
_ISSUER: FieldPath = ("userIdentity", "sessionContext", "sessionIssuer")

Name = tuple[FieldPath, str]
"""A field that names the caller, and what precedes the name in it: "" if the name is all of it."""

_ROLE: tuple[Name, ...] = (
    ((*_ISSUER, "userName"), ""),
    ((*_ISSUER, "arn"), ":role/"),
    (_ARN, ":assumed-role/"),
)
_IAM_USER: tuple[Name, ...] = ((_USER, ""), (_ARN, ":user/"))
_BY_SERVICE: tuple[Name, ...] = ((_SERVICE, ""), (("sourceIPAddress",), ""), (("userAgent",), ""))


def with_one_caller(record: dict[str, Json], original: Mapping[str, Json]) -> dict[str, Json]:
    """Return the record with the name of the role, user or service the same in all its fields.

    The name is that of the first field in which the record differs from `original`.
    """
    for names in _names(record):
        changed = next((item for item in names if _differs(record, original, item[0])), None)
        name = changed and _name_in(value_at(record, changed[0]), changed[1])
        if name:
            for path, before in names:
                record = _renamed(record, path, before, name)
    return record


def _names(record: Mapping[str, Json]) -> Iterator[tuple[Name, ...]]:
    caller = value_at(record, ("userIdentity", "type"))
    if caller == "AssumedRole":
        yield _ROLE
    if caller == "IAMUser":
        yield _IAM_USER
    if isinstance(value_at(record, _SERVICE), str):
        yield _BY_SERVICE


def _differs(record: Mapping[str, Json], original: Mapping[str, Json], path: FieldPath) -> bool:
    return bool(value_at(record, path) != value_at(original, path))


def _name_in(value: Json, before: str) -> str | None:
    """Return the name in the field's value, None if there is none."""
    if not isinstance(value, str) or before not in value:
        return None
    name = value.partition(before)[2] if before else value
    # In the ARN of a session, the session's name follows; in others, a path precedes.
    return name.split("/")[0] if before == ":assumed-role/" else name.rpartition("/")[2]


def _renamed(record: dict[str, Json], path: FieldPath, before: str, name: str) -> dict[str, Json]:
    value = value_at(record, path)
    if not isinstance(value, str) or before not in value or _name_in(value, before) == name:
        return record
    if not before:
        return with_value(record, path, name)
    head, _, old = value.partition(before)
    session = f"/{old.partition('/')[2]}" if before == ":assumed-role/" else ""
    return with_value(record, path, f"{head}{before}{name}{session}")
