"""Reading a baseline: what a JSON report has, and documents that are refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from alarmchain.json_document import DocumentError
from alarmchain.report.audit_json import render
from alarmchain.report.baseline import Baseline
from alarmchain.report.result_key import ResultKey, result_key
from tests.report.findings_builder import NOW, example_account, organization

ACCOUNT = "123456789012"


def example() -> Any:
    """Return the JSON report of the example account."""
    return json.loads(render(example_account()))


def test_a_report_is_read_completely() -> None:
    """The baseline has each result with its calls, and each account, also those that failed."""
    findings = organization(3)
    baseline = Baseline.of(json.loads(render(findings)))
    assert list(baseline.results) == [result_key(each) for each in findings.results]
    for result in findings.results:
        earlier = baseline.results[result_key(result)]
        assert earlier.outcome is result.outcome
        assert not earlier.excepted
        assert {name: (call.outcome, call.reason) for name, call in earlier.calls.items()} == {
            name: (call.outcome, call.reason) for name, call in result.calls.items()
        }
    assert baseline.accounts == set(findings.accounts)
    assert baseline.version == findings.version
    assert baseline.collected_at == (NOW,)


def test_an_excepted_result_is_known() -> None:
    """A result that was excepted in the baseline's audit is known as excepted."""
    document = example()
    document["results"][0]["exception"] = {"until": "2027-01-01", "why": "x", "numbers": [1]}
    baseline = Baseline.of(document)
    assert baseline.results[ResultKey(ACCOUNT, "CMKChanges", "us-east-1")].excepted
    assert sum(each.excepted for each in baseline.results.values()) == 1


def test_unknown_keys_are_ignored() -> None:
    """A later version may add keys to the format."""
    document = example() | {"more": 1}
    document["results"][0]["more"] = []
    assert Baseline.of(document) == Baseline.of(example())


def test_a_baseline_may_have_only_failures() -> None:
    """A baseline may have only failures; then it has the account and no result."""
    error = {"account": ACCOUNT, "region": "", "rule": "", "error": "no role"}
    baseline = Baseline.of(example() | {"results": [], "errors": [error]})
    assert baseline.accounts == {ACCOUNT}
    assert not baseline.results
    assert baseline.collected_at == ()


def in_result(key: str, value: Any) -> Callable[[Any], None]:
    """Return a function that sets a key of the first result; None removes the key."""

    def change(document: Any) -> None:
        result = document["results"][0]
        if value is None:
            del result[key]
        else:
            result[key] = value

    return change


def set_top(key: str, value: Any) -> Callable[[Any], None]:
    """Return a function that sets a key of the document."""
    return lambda document: document.update({key: value})


OUTCOMES = "covered, not_covered, unknown, not_applicable"
FORMAT = "expected 'alarmchain-audit/1'"
CALL = {"verdict": "covered", "reason": ""}
WRONG: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no format": (lambda document: document.pop("format"), f"format is missing; {FORMAT}"),
    "a newer format": (
        set_top("format", "alarmchain-audit/2"),
        f"format is 'alarmchain-audit/2'; {FORMAT}; it was written by another alarmchain",
    ),
    "a snapshot": (
        set_top("format", "alarmchain-snapshot/1"),
        f"format is 'alarmchain-snapshot/1'; {FORMAT}",
    ),
    "a long format": (
        set_top("format", "x" * 90),
        f"format is '{'x' * 27}...{'x' * 28}'; {FORMAT}",
    ),
    "a number as format": (set_top("format", 1), f"format is 1; {FORMAT}"),
    "no results": (set_top("results", None), "results is missing; expected an array"),
    "results as object": (set_top("results", {}), "results is {}; expected an array"),
    "a list as result": (set_top("results", [[]]), "results[0] is []; expected an object"),
    "no errors": (set_top("errors", True), "errors is true; expected an array"),
    "nothing": (
        lambda document: document.update(results=[], errors=[]),
        "it has neither results nor errors",
    ),
    "an error without an account": (
        set_top("errors", [{}]),
        "errors[0].account is missing; expected a string",
    ),
    "no version": (set_top("version", ""), "version is ''; expected a string"),
    "a wrong parameter": (
        set_top("parameters", {"CallList": 1}),
        "parameters.CallList is 1; expected a string",
    ),
    "no parameters": (set_top("parameters", []), "parameters is []; expected an object"),
    "no account": (
        in_result("account", None),
        "results[0].account is missing; expected a string",
    ),
    "a wrong account": (
        in_result("account", "12"),
        "results[0].account is '12'; expected 12 digits",
    ),
    "a wrong region": (
        in_result("region", "here"),
        "results[0].region is 'here'; expected a name such as us-east-1",
    ),
    "no rule": (in_result("rule", ""), "results[0].rule is ''; expected a string"),
    "an unknown verdict": (
        in_result("verdict", "fine"),
        f"results[0].verdict is 'fine'; expected one of {OUTCOMES}",
    ),
    "a verdict that is a list": (
        in_result("verdict", ["covered"]),
        f"results[0].verdict is ['covered']; expected one of {OUTCOMES}",
    ),
    "no time": (
        in_result("collected_at", None),
        "results[0].collected_at is missing; expected an ISO 8601 time",
    ),
    "no time of the calendar": (
        in_result("collected_at", "2026-13-01T00:00:00Z"),
        "results[0].collected_at is '2026-13-01T00:00:00Z'; expected an ISO 8601 time",
    ),
    "no calls": (
        in_result("calls", None),
        "results[0].calls is missing; expected an object",
    ),
    "a call's unknown verdict": (
        in_result("calls", {"DisableKey": CALL | {"verdict": "COVERED"}}),
        f"results[0].calls.DisableKey.verdict is 'COVERED'; expected one of {OUTCOMES}",
    ),
    "a call without a reason": (
        in_result("calls", {"DisableKey": {"verdict": "covered"}}),
        "results[0].calls.DisableKey.reason is missing; expected a string",
    ),
    "a wrong exception": (
        in_result("exception", "x"),
        "results[0].exception is 'x'; expected an object",
    ),
    "the same result twice": (
        lambda document: document["results"].append(document["results"][0]),
        f"results[4] is a second result of CMKChanges in us-east-1 of {ACCOUNT}",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_what_is_refused(change: Callable[[Any], Any], message: str) -> None:
    """The message has the position, the value and what was expected."""
    document = example()
    change(document)
    with pytest.raises(DocumentError) as refused:
        Baseline.of(document)
    assert str(refused.value) == message


@pytest.mark.parametrize("document", [None, [], "x", 1, True], ids=repr)
def test_what_is_no_object_is_refused(document: Any) -> None:
    """A baseline that is not a JSON object is refused."""
    with pytest.raises(DocumentError, match=r"the document is .*; expected an object"):
        Baseline.of(document)
