"""The baseline, an earlier `alarmchain-audit/1` report, as far as it is compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.decision.assessment import Outcome
from alarmchain.place import ACCOUNT_ID, REGION_NAME
from alarmchain.report.audit_json import FORMAT
from alarmchain.report.result_key import ResultKey

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_FAMILY = re.compile(r"alarmchain-audit/([0-9]+)")


class BaselineError(ValueError):
    """A document that cannot be a baseline; the message continues a sentence about the file."""


@dataclass(frozen=True, slots=True)
class BaselineCall:
    """The verdict on a call; `reason`: why it is not covered, "" if it is."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """A result. `calls`: by name. `excepted`: whether people accepted it then."""

    outcome: Outcome
    calls: Mapping[str, BaselineCall]
    excepted: bool


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier audit.

    `version`: that of alarmchain. `parameters`: those that were given, by name. `collected_at`: the
    first and the last time at which an account was read, ISO 8601 in UTC; () without a result.
    `accounts`: those with a result or an error.
    """

    version: str
    parameters: Mapping[str, str]
    collected_at: tuple[str, ...]
    results: Mapping[ResultKey, BaselineResult]
    accounts: frozenset[str]

    @classmethod
    def of(cls, document: Any) -> "Baseline":
        """Return the baseline in a JSON document. Raises BaselineError."""
        report = _object(document, "the document")
        _check_format(report.get("format"))
        results: dict[ResultKey, BaselineResult] = {}
        times = []
        for index, item in enumerate(_list(report.get("results"), "results")):
            path = f"results[{index}]"
            entry = _object(item, path)
            key = _key(entry, path)
            if key in results:
                raise BaselineError(f"{path} is a second result of {key}")
            results[key] = _result(entry, path)
            times.append(_text(entry.get("collected_at"), f"{path}.collected_at"))
        accounts = {key.account for key in results}
        for index, item in enumerate(_list(report.get("errors"), "errors")):
            path = f"errors[{index}]"
            accounts.add(_account(_object(item, path).get("account"), path))
        if not accounts:
            raise BaselineError("it has neither results nor errors")
        parameters = _object(report.get("parameters"), "parameters")
        return cls(
            _text(report.get("version"), "version"),
            {name: _text(value, f"parameters.{name}") for name, value in parameters.items()},
            tuple(dict.fromkeys((min(times), max(times)))) if times else (),
            results,
            frozenset(accounts),
        )


def _check_format(found: object) -> None:
    """Raise BaselineError if it is not the format of this version."""
    if found == FORMAT:
        return
    known = _FAMILY.fullmatch(found) if isinstance(found, str) else None
    newer = "; it was written by another alarmchain" if known else ""
    raise BaselineError(f"format is {_shown(found)}; expected '{FORMAT}'{newer}")


def _key(entry: Mapping[str, Any], path: str) -> ResultKey:
    region = _text(entry.get("region"), f"{path}.region")
    if not REGION_NAME.fullmatch(region):
        raise BaselineError(f"{path}.region is {_shown(region)}; expected a name such as us-east-1")
    account = _account(entry.get("account"), path)
    return ResultKey(account, _text(entry.get("rule"), f"{path}.rule"), region)


def _account(value: object, path: str) -> str:
    account = _text(value, f"{path}.account")
    if not ACCOUNT_ID.fullmatch(account):
        raise BaselineError(f"{path}.account is {_shown(account)}; expected 12 digits")
    return account


def _result(entry: Mapping[str, Any], path: str) -> BaselineResult:
    calls = {}
    for name, item in _object(entry.get("calls"), f"{path}.calls").items():
        where = f"{path}.calls.{name}"
        call = _object(item, where)
        reason = _string(call.get("reason"), f"{where}.reason")
        calls[name] = BaselineCall(_outcome(call, where), reason)
    if "exception" in entry:
        _object(entry["exception"], f"{path}.exception")
    return BaselineResult(_outcome(entry, path), calls, "exception" in entry)


def _outcome(entry: Mapping[str, Any], path: str) -> Outcome:
    verdict = entry.get("verdict")
    if not isinstance(verdict, str) or verdict not in _OUTCOMES:
        known = ", ".join(_OUTCOMES)
        raise BaselineError(f"{path}.verdict is {_shown(verdict)}; expected one of {known}")
    return _OUTCOMES[verdict]


def _object(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BaselineError(f"{path} is {_shown(value)}; expected an object")
    return value


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise BaselineError(f"{path} is {_shown(value)}; expected a list")
    return value


def _text(value: object, path: str) -> str:
    if not _string(value, path):
        raise BaselineError(f"{path} is empty; expected a text")
    return str(value)


def _string(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise BaselineError(f"{path} is {_shown(value)}; expected a text")
    return value


def _shown(value: object) -> str:
    """Return a value in a few words: a text in quotes, another simple value as JSON has it."""
    if isinstance(value, str):
        return f"'{value[:_LONGEST]}...'" if len(value) > _LONGEST else f"'{value}'"
    words = {None: "missing or null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else str(value)


_LONGEST = 40
"""The most characters of a wrong text in a message."""
