"""The baseline, an earlier `alarmchain-audit/1` report, as far as it is compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.decision.assessment import Outcome
from alarmchain.json_document import (
    DocumentError,
    read_account,
    read_array,
    read_object,
    read_region,
    read_string,
    read_time,
    wrong,
)
from alarmchain.report.audit_json import FORMAT
from alarmchain.report.result_key import ResultKey

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_FAMILY = re.compile(r"alarmchain-audit/([0-9]+)")


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
    first and the last time at which an account was read, in epoch seconds; () without a result.
    `accounts`: those with a result or an error.
    """

    version: str
    parameters: Mapping[str, str]
    collected_at: tuple[float, ...]
    results: Mapping[ResultKey, BaselineResult]
    accounts: frozenset[str]

    @classmethod
    def of(cls, document: Any) -> "Baseline":
        """Return the baseline in a JSON document. Raises DocumentError."""
        report = read_object(document, "the document")
        _check_format(report.get("format"))
        results: dict[ResultKey, BaselineResult] = {}
        times = []
        for index, item in enumerate(read_array(report.get("results"), "results")):
            path = f"results[{index}]"
            entry = read_object(item, path)
            key = _key(entry, path)
            if key in results:
                raise DocumentError(f"{path} is a second result of {key}")
            results[key] = _result(entry, path)
            times.append(read_time(entry.get("collected_at"), f"{path}.collected_at"))
        accounts = {key.account for key in results}
        for index, item in enumerate(read_array(report.get("errors"), "errors")):
            path = f"errors[{index}]"
            accounts.add(read_account(read_object(item, path).get("account"), f"{path}.account"))
        if not accounts:
            raise DocumentError("it has neither results nor errors")
        parameters = read_object(report.get("parameters"), "parameters")
        return cls(
            read_string(report.get("version"), "version"),
            {name: read_string(value, f"parameters.{name}") for name, value in parameters.items()},
            tuple(dict.fromkeys((min(times), max(times)))) if times else (),
            results,
            frozenset(accounts),
        )


def _check_format(found: object) -> None:
    """Raise DocumentError if it is not the format of this version."""
    if found == FORMAT:
        return
    known = _FAMILY.fullmatch(found) if isinstance(found, str) else None
    newer = "; it was written by another alarmchain" if known else ""
    raise wrong(found, "format", f"'{FORMAT}'{newer}")


def _key(entry: Mapping[str, Any], path: str) -> ResultKey:
    return ResultKey(
        read_account(entry.get("account"), f"{path}.account"),
        read_string(entry.get("rule"), f"{path}.rule"),
        read_region(entry.get("region"), f"{path}.region"),
    )


def _result(entry: Mapping[str, Any], path: str) -> BaselineResult:
    calls = {}
    for name, item in read_object(entry.get("calls"), f"{path}.calls").items():
        where = f"{path}.calls.{name}"
        call = read_object(item, where)
        reason = call.get("reason")
        if not isinstance(reason, str):
            raise wrong(reason, f"{where}.reason", "a string")
        calls[name] = BaselineCall(_outcome(call, where), reason)
    if "exception" in entry:
        read_object(entry["exception"], f"{path}.exception")
    return BaselineResult(_outcome(entry, path), calls, "exception" in entry)


def _outcome(entry: Mapping[str, Any], path: str) -> Outcome:
    verdict = entry.get("verdict")
    if not isinstance(verdict, str) or verdict not in _OUTCOMES:
        known = ", ".join(_OUTCOMES)
        raise wrong(verdict, f"{path}.verdict", f"one of {known}")
    return _OUTCOMES[verdict]
