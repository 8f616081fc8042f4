"""Every fault that can be made on the local AWS: remediated, judged by the rule, and rung.

Each result is held against the table of docs/remediation-faults.md. To write that table anew:
`ALARMCHAIN_WRITE_TABLE=1 python -m pytest -m '' tests/remediation/test_faults.py`.
"""

import copy
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo.account import FAULTS
from deployment.folders import CHECKOUT
from localaws.cloudtrail import clear_delivery, set_delivery
from tests.cases import all_cases
from tests.remediation.conftest import CONTROLS, Place
from tests.remediation.laying import lay, region_clients, renamed

Json = dict[str, Any]
TABLE = CHECKOUT / "docs" / "remediation-faults.md"
WRITE = "ALARMCHAIN_WRITE_TABLE"
HEALED = "healed"
SHORT = {"F": "FilterName", "M": "MetricName", "A": "AlarmName", "alarms": "TopicName"}
"""The names in cases.json, and whose place they take: those of the published runbooks, which makes
every case one of somebody who followed them, and went wrong."""

_LEFT_OUT = {
    "AWS refuses to make this": (
        "P43-syntax-error M17c-selection-unreadable A19-anomaly-detection A20-promql "
        "A25-metric-and-math A26-alarm-of-elsewhere T12-log-group-gone T13-infrequent-access "
        "T19-region-mismatch L04-long-names S13-subscription-of-another-topic"
    ),
    "a reader's fault, not the account's": (
        "S12-subscriptions-unread S08e-keys-unread T21-selectors-unread L06-partial-room "
        "L06c-partial-filters L07-region-unread L08-denied-alarms L09-denied-filters "
        "L10-denied-trails S11-attributes-denied S09-foreign-topic S09b-foreign-topic-denied"
    ),
    "an account beside this one is needed": (
        "T09-organization-trail T09b-organization-trail-decoy T09e-organization-trail-linked-broken"
    ),
    "time heals it: see test_a_trail_that_has_not_delivered_yet": "T10c-never-delivered",
}
LEFT_OUT = {case: why for why, cases in _LEFT_OUT.items() for case in cases.split()}
FAULTY = {name: case for name, case in all_cases().items() if case["expected"] != "COMPLIANT"}
STUCK = {"A17-stuck", "A17c-updated-is-no-clock"}
CASES = sorted(FAULTY.keys() - LEFT_OUT.keys())
REPRESENTATIVES = {"P34-narrowed-request", "A01-threshold-5", "S03-pending"} | {
    next(case for case in CASES if case.startswith(link)) for link in {case[0] for case in CASES}
}
"""The demo's faults and the first case of each link; `make test-long` takes all cases."""
RULES = sorted({case["rule"] for case in all_cases().values()})


def everywhere() -> dict[str, Json]:
    """One fault at each link, to be tried with every rule: what is changed of a whole account."""
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
    """The baseline of the rule's cases with one thing changed."""
    baselines = (
        case
        for name, case in all_cases().items()
        if name.startswith("P01-baseline") and case["rule"] == rule
    )
    found: Json = copy.deepcopy(next(baselines)["snapshot"])
    collections = found["Regions"]["us-east-1"]
    for place, value in changes.items():
        collection, _, member = place.partition(".")
        if not member:
            collections[collection] = value
            continue
        for item in collections[collection]:
            if value is None:
                item.pop(member, None)
            else:
                item[member] = value
    return found


class Table:
    """The committed table's cells by fault and rule; and those that were found instead."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}
        self.cells: dict[tuple[str, str], str] = {}
        if TABLE.exists():
            for line in TABLE.read_text().splitlines():
                if row := re.fullmatch(r"\| (.+?) \| (\w+) \| (.+) \|", line):
                    self.cells[row[1], row[2]] = row[3]
        self.cells.pop(("fault", "rule"), None)

    def hold(self, fault: str, rule: str, result: str) -> None:
        """Asserts the cell, unless the table is being written."""
        self.found[fault, rule] = result
        if not os.environ.get(WRITE):
            assert self.cells[fault, rule] == result


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """The table; written at the end where that was asked for."""
    known = Table()
    yield known
    if os.environ.get(WRITE):
        TABLE.write_text(written(known.found))


def written(found: dict[tuple[str, str], str]) -> str:
    """The page."""
    rows = [f"| {fault} | {rule} | {result} |" for (fault, rule), result in sorted(found.items())]
    return "\n".join(
        [
            "# Faults and their remediation",
            "",
            "Written by `tests/remediation/test_faults.py`. It makes each fault on the local AWS",
            "under the names of the published runbooks, runs the rule's document with a `TopicArn`",
            "that somebody listens to, and asks the rule again. *healed*: NON_COMPLIANT before,",
            "COMPLIANT after, and a record of a call reached the subscriber. Otherwise it says why",
            "the document stopped; then nothing was changed. Faults with an identifier are those",
            "of `tests/cases.json`.",
            "",
            "| fault | rule | result |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def remediated(place: Place, snapshot: Json, rule: str, region: str) -> str:
    """Lays the account, remediates it, and returns the cell of the table."""
    names = CONTROLS[rule].names
    lay(
        region_clients(place.aws),
        renamed(snapshot, {short: names[name] for short, name in SHORT.items()}),
    )
    before, _ = place.judge(rule, region)
    assert before == "NON_COMPLIANT"
    homes = [
        where for where, collections in snapshot["Regions"].items() if collections.get("trails")
    ]
    home = (homes or [region])[0]
    topic, url = place.on_call(home)
    stood = {where: place.standing(where) for where in {home, region}}
    run = place.remediate(rule, region, TopicArn=topic)
    after, annotation = place.judge(rule, region)
    if run.status != "Success":
        assert after == "NON_COMPLIANT"
        assert {where: place.standing(where) for where in stood} == stood
        reason = re.search(r"ValueError - (.+) Nothing was changed\.", run.why)
        assert reason, run.why
        return reason[1]
    assert after == "COMPLIANT", annotation
    for where, was in stood.items():
        now = place.standing(where)
        assert all(item in now["filters"] for item in was["filters"])
        assert all(item in now["alarms"] for item in was["alarms"])
        others = {arn: has for arn, has in was["topics"].items() if arn != topic}
        assert others.items() <= now["topics"].items()
    call = CONTROLS[rule].calls["cis"][-1]
    place.call(call.event_source, call.event_name, region)
    assert place.told(url, home) == [run.outputs["ChooseFilterAndAlarm.Plan"]["AlarmName"]]
    return HEALED


@pytest.fixture
def in_alarm(place: Place) -> Iterator[Any]:
    """Lets alarms of a name have stood in ALARM for three days, as CloudWatch tells it."""
    events = place.client("cloudwatch").meta.events
    names = []

    def tell(parsed: Json, **_: Any) -> None:
        for alarm in parsed.get("MetricAlarms", []):
            if alarm["AlarmName"] in names:
                since = datetime.now(UTC) - timedelta(days=3)
                alarm |= {"StateValue": "ALARM", "StateTransitionedTimestamp": since}

    events.register("after-call.cloudwatch", tell)
    yield names.append
    events.unregister("after-call.cloudwatch", tell)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in REPRESENTATIVES else pytest.mark.long)
        for name in CASES
    ],
)
def test_case(place: Place, table: Table, in_alarm: Any, name: str) -> None:
    """A case of cases.json, with its own rule."""
    case = FAULTY[name]
    if name in STUCK:
        in_alarm(CONTROLS[case["rule"]].names["AlarmName"])
    result = remediated(place, case["snapshot"], case["rule"], case["region"])
    table.hold(name, case["rule"], result)


def test_a_trail_that_has_not_delivered_yet(place: Place) -> None:
    """What is behind it is made; the rule is content as soon as it delivers."""
    rule = "ConfigChanges"
    lay(region_clients(place.aws), faulty(rule, everywhere()["no alarm"]))
    (trail,) = place.client("cloudtrail").describe_trails()["trailList"]
    set_delivery(trail["TrailARN"], None, None)
    topic, url = place.on_call()
    assert place.remediate(rule, TopicArn=topic).status == "Success"
    compliance, annotation = place.judge(rule)
    assert compliance == "NON_COMPLIANT"
    assert "deliver" in annotation
    clear_delivery(trail["TrailARN"])
    place.call("config.amazonaws.com", "StopConfigurationRecorder")
    assert place.judge(rule)[0] == "COMPLIANT"
    assert len(place.told(url)) == 1


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("fault", sorted(everywhere()))
def test_link(place: Place, table: Table, fault: str, rule: str) -> None:
    """A fault of each link, with every rule."""
    snapshot = faulty(rule, everywhere()[fault])
    table.hold(fault, rule, remediated(place, snapshot, rule, "us-east-1"))


def test_the_table_is_whole() -> None:
    """A row for each fault and rule that is tried, and no other; what is left out is a case."""
    assert LEFT_OUT.keys() <= FAULTY.keys()
    tried = {(name, FAULTY[name]["rule"]) for name in CASES}
    tried |= {(fault, rule) for fault in everywhere() for rule in RULES}
    if not os.environ.get(WRITE):
        assert Table().cells.keys() == tried


def test_the_table_can_fail() -> None:
    """Another result than the committed one, or one that is not there, is noticed."""
    table = Table()
    with pytest.raises(AssertionError):
        table.hold("no alarm", "ConfigChanges", "no trail")
    with pytest.raises(KeyError):
        table.hold("no such fault", "ConfigChanges", HEALED)


def test_the_demos_faults_are_among_them() -> None:
    """Their kinds are: narrowed to one group, five events, an unconfirmed subscriber."""
    kinds = {"P34-narrowed-request", "A01-threshold-5", "S03-pending"}
    assert len([fault for fault in FAULTS.values() if fault.description]) == len(kinds)
    assert kinds <= set(CASES)
