"""Every fault that the local AWS can have: remediated, evaluated by the rule, and notified.

Each result is compared with the table of docs/remediation-faults.md. `make test` tries a sample;
`make test-long` tries all. To write the table:
`ALARMCHAIN_WRITE_TABLE=1 python -m pytest -m '' tests/remediation/test_faults.py`.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alarmchain.testing.account import REGION
from demo.account import FAULTS
from deployment.folders import CHECKOUT
from localaws.cloudtrail import clear_delivery, set_delivery
from tests.cases import all_cases
from tests.cli.audit_report import snapshot
from tests.real_records import real_records
from tests.remediation.account_setup import create_resources, region_clients, with_names
from tests.remediation.local_account import CONTROLS, LocalAccount

Json = dict[str, Any]
TABLE = CHECKOUT / "docs" / "remediation-faults.md"
WRITE = "ALARMCHAIN_WRITE_TABLE"
FIXED = "fixed"
EACH = "each rule"
SHORT = {"F": "FilterName", "M": "MetricName", "A": "AlarmName", "alarms": "TopicName"}
"""The names in cases.json, and the names of the published runbooks that replace them, so that each
case looks as if somebody had followed a runbook and made a mistake."""

_LEFT_OUT = {
    "AWS refuses to make this": (
        "P43-syntax-error M17c-selection-unreadable A19-anomaly-detection A20-promql "
        "A25-metric-and-math A26-alarm-of-elsewhere T12-log-group-gone T13-infrequent-access "
        "T19-region-mismatch L04-long-names S13-subscription-of-another-topic"
    ),
    "the collector's fault, not the account's": (
        "S12-subscriptions-unread S08e-keys-unread T21-selectors-unread L06-partial-room "
        "L06c-partial-filters L07-region-unread L08-denied-alarms L09-denied-filters "
        "L10-denied-trails A28d-links-denied S11-attributes-denied "
        "S09-foreign-topic S09b-foreign-topic-denied"
    ),
    "another account is needed": (
        "T09-organization-trail T09b-organization-trail-decoy "
        "T09e-organization-trail-linked-broken A28b-metrics-shared A28c-only-logs-shared"
    ),
    "it ends by itself: see test_a_trail_that_has_not_delivered_yet": "T10c-never-delivered",
}
LEFT_OUT = {case: why for why, cases in _LEFT_OUT.items() for case in cases.split()}
FAULTY = {name: case for name, case in all_cases().items() if case["expected"] != "COMPLIANT"}
STUCK = {"A17-stuck", "A17c-updated-is-no-clock"}
CASES = sorted(FAULTY.keys() - LEFT_OUT.keys())
REPRESENTATIVES = {"P34-narrowed-request", "A01-threshold-5", "S03-pending"} | {
    next(case for case in CASES if case.startswith(link)) for link in {case[0] for case in CASES}
}
"""The demo's faults and the first case of each link; `make test-long` takes all cases."""
RULES = sorted(CONTROLS)


def everywhere() -> dict[str, Json]:
    """Return one fault of each link, as changes to a complete account; every rule has it."""
    stopped = {"IsLogging": False}
    return {
        "no trail": {"trails": []},
        "trail stopped": {"trails.Status": stopped},
        "trail without log group": {"trails.CloudWatchLogsLogGroupArn": None},
        "no metric filter": {"metric_filters": []},
        "filter of another call": {
            "metric_filters.filterPattern": "{ $.eventName = DescribeInstances }"
        },
        "no alarm": {"metric_alarms": []},
        "alarm needs five events": {"metric_alarms.Threshold": 5.0},
        "alarm's actions are off": {"metric_alarms.ActionsEnabled": False},
        "alarm tells nobody": {"metric_alarms.AlarmActions": []},
        "nobody is subscribed": {"topics.Subscriptions": []},
    }


def faulty(rule: str, changes: Json) -> Json:
    """Return a complete account of the rule with the changes."""
    document = snapshot(rule)
    collections = document["Regions"][REGION]
    for path, value in changes.items():
        collection, _, member = path.partition(".")
        if not member:
            collections[collection] = value
            continue
        for item in collections[collection]:
            if value is None:
                item.pop(member, None)
            else:
                item[member] = value
    return document


TRIED = {(name, FAULTY[name]["rule"]) for name in CASES}
TRIED |= {(fault, rule) for fault in everywhere() for rule in RULES}


def _param(value: Any, in_sample: bool) -> Any:
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=() if in_sample else pytest.mark.long)


LINK_FAULTS = [
    _param((fault, rule), RULES[number % len(RULES)] == rule)
    for number, fault in enumerate(sorted(everywhere()))
    for rule in RULES
]
"""`make test` tries each fault with one rule."""


class Table:
    """The cells of the table in docs/, by fault and rule, and those of this run."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}
        self.cells: dict[tuple[str, str], str] = {}
        if TABLE.exists():
            for line in TABLE.read_text().splitlines():
                if row := re.fullmatch(r"\| (.+?) \| ([\w, ]+) \| (.+) \|", line):
                    rules = RULES if row[2] == EACH else row[2].split(", ")
                    self.cells |= {(row[1], rule): row[3] for rule in rules}
        self.cells.pop(("fault", "rule"), None)

    def check(self, fault: str, rule: str, result: str) -> None:
        """Assert that the cell has the result, unless the table is being written."""
        self.found[fault, rule] = result
        if not os.environ.get(WRITE):
            assert self.cells[fault, rule] == result


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """Return the table; write it at the end if ALARMCHAIN_WRITE_TABLE is set."""
    known = Table()
    yield known
    if os.environ.get(WRITE):
        assert known.found.keys() == TRIED, "run all tests: -m ''"
        TABLE.write_text(page(known.found))


def page(found: dict[tuple[str, str], str]) -> str:
    """Return the page's text."""
    rules: dict[tuple[str, str], list[str]] = {}
    for (fault, rule), result in sorted(found.items()):
        rules.setdefault((fault, result), []).append(rule)
    rows = [
        f"| {fault} | {EACH if names == RULES else ', '.join(names)} | {result} |"
        for (fault, result), names in rules.items()
    ]
    return "\n".join(
        [
            "# Faults and their remediation",
            "",
            "Written by `tests/remediation/test_faults.py`. It makes each fault on the local AWS",
            "with the names of the published runbooks, runs the rule's document with a `TopicArn`",
            "that has a subscriber, and evaluates the rule again. *fixed*: NON_COMPLIANT before,",
            "COMPLIANT after, and a record reached the subscriber. Otherwise it is the",
            "reason why the document stopped, having changed nothing. Faults with an identifier",
            f"are cases of `tests/cases.json`. *{EACH}* are all {len(RULES)} rules.",
            "",
            "| fault | rule | result |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def remediated(local_account: LocalAccount, snapshot: Json, rule: str, region: str) -> str:
    """Create the account, remediate it, and return the cell of the table."""
    names = CONTROLS[rule].names
    create_resources(
        region_clients(local_account.aws),
        with_names(snapshot, {short: names[name] for short, name in SHORT.items()}),
    )
    before, _ = local_account.evaluate(rule, region)
    assert before == "NON_COMPLIANT"
    homes = [
        where for where, collections in snapshot["Regions"].items() if collections.get("trails")
    ]
    home = (homes or [region])[0]
    topic, url = local_account.on_call(home)
    before_run = {where: local_account.resources(where) for where in {home, region}}
    run = local_account.remediate(rule, region, TopicArn=topic)
    after, annotation = local_account.evaluate(rule, region)
    if run.status != "Success":
        assert after == "NON_COMPLIANT"
        assert {where: local_account.resources(where) for where in before_run} == before_run
        reason = re.search(r"ValueError - (.+) Nothing was changed\.", run.why)
        assert reason, run.why
        return reason[1]
    assert after == "COMPLIANT", annotation
    for where, was in before_run.items():
        now = local_account.resources(where)
        assert all(item in now["filters"] for item in was["filters"])
        assert all(item in now["alarms"] for item in was["alarms"])
        others = {arn: has for arn, has in was["topics"].items() if arn != topic}
        assert others.items() <= now["topics"].items()
    local_account.deliver(real_records(CONTROLS[rule], region)[-1], region)
    assert local_account.notified_alarms(url, home) == [
        run.outputs["ChooseFilterAndAlarm.Plan"]["AlarmName"]
    ]
    return FIXED


@pytest.fixture
def in_alarm(local_account: LocalAccount) -> Iterator[Any]:
    """Make CloudWatch report that an alarm has been in ALARM for three days."""
    events = local_account.client("cloudwatch").meta.events
    names: list[str] = []

    def change(parsed: Json, **_: Any) -> None:
        for alarm in parsed.get("MetricAlarms", []):
            if alarm["AlarmName"] in names:
                since = datetime.now(UTC) - timedelta(days=3)
                alarm |= {"StateValue": "ALARM", "StateTransitionedTimestamp": since}

    events.register("after-call.cloudwatch", change)
    yield names.append
    events.unregister("after-call.cloudwatch", change)


@pytest.mark.parametrize("name", [_param(name, name in REPRESENTATIVES | STUCK) for name in CASES])
def test_case(local_account: LocalAccount, table: Table, in_alarm: Any, name: str) -> None:
    """A case of cases.json is fixed or refused as the table says."""
    case = FAULTY[name]
    if name in STUCK:
        in_alarm(CONTROLS[case["rule"]].names["AlarmName"])
    result = remediated(local_account, case["snapshot"], case["rule"], case["region"])
    table.check(name, case["rule"], result)


def test_a_trail_that_has_not_delivered_yet(local_account: LocalAccount) -> None:
    """The rest of the chain is made; the rule is COMPLIANT as soon as the trail delivers."""
    rule = "ConfigChanges"
    create_resources(region_clients(local_account.aws), faulty(rule, everywhere()["no alarm"]))
    (trail,) = local_account.client("cloudtrail").describe_trails()["trailList"]
    set_delivery(trail["TrailARN"], None, None)
    topic, url = local_account.on_call()
    assert local_account.remediate(rule, TopicArn=topic).status == "Success"
    compliance, annotation = local_account.evaluate(rule)
    assert compliance == "NON_COMPLIANT"
    assert "deliver" in annotation
    clear_delivery(trail["TrailARN"])
    local_account.call("config.amazonaws.com", "StopConfigurationRecorder")
    assert local_account.evaluate(rule)[0] == "COMPLIANT"
    assert len(local_account.notified_alarms(url)) == 1


@pytest.mark.parametrize(("fault", "rule"), LINK_FAULTS)
def test_link(local_account: LocalAccount, table: Table, fault: str, rule: str) -> None:
    """A fault of each link is fixed or refused as the table says, with every rule."""
    snapshot = faulty(rule, everywhere()[fault])
    table.check(fault, rule, remediated(local_account, snapshot, rule, "us-east-1"))


def test_the_table_is_complete() -> None:
    """The table has a row for each fault and rule that is tried, and no other row."""
    assert LEFT_OUT.keys() <= FAULTY.keys()
    if not os.environ.get(WRITE):
        assert Table().cells.keys() == TRIED


@pytest.mark.skipif(bool(os.environ.get(WRITE)), reason="the table is being written")
def test_the_table_can_fail() -> None:
    """A different result, or one without a row, is noticed."""
    table = Table()
    with pytest.raises(AssertionError):
        table.check("no alarm", "ConfigChanges", "no trail")
    with pytest.raises(KeyError):
        table.check("no such fault", "ConfigChanges", FIXED)


def test_the_demos_faults_are_among_them() -> None:
    """The demo's faults: a narrowed pattern, five events, an unconfirmed subscriber."""
    kinds = {"P34-narrowed-request", "A01-threshold-5", "S03-pending"}
    assert len([fault for fault in FAULTS.values() if fault.description]) == len(kinds)
    assert kinds <= set(CASES)
