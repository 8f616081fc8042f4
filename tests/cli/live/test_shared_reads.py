"""An audit of several rules reads once what they share, and falls back on each rule's own reads."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.cli.live.shared_reads import MOST_PAGES, SharedReads
from alarmchain.control import known_controls
from alarmchain.place import Place
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.reads import ReadKind
from bench.local_account import REGIONS
from demo.account import HOME, NO_FAULT, make_account
from localaws.server import LocalAws
from tests.cli.audit_report import without_times
from tests.cli.local_credentials import use_local_aws
from tests.collector.stubbed_aws import (
    ALARM,
    EMPTY,
    FILTER,
    HERE,
    StubbedAws,
    collections,
    read,
)
from tests.collector.stubbed_aws import HOME as AWAY
from tests.command_line import Run

CONTROLS = known_controls()
HOME_CALLS = 11
"""The caller's identity, and each link of the chain once: one trail with its status and selectors,
log group, filters, alarms, topic with its subscriptions and the first of them, mute rules."""
MUTED = CONTROLS["ConfigChanges"].names["AlarmName"]


@pytest.fixture
def aws() -> Iterator[StubbedAws]:
    """Return clients with prepared answers, all of which must be used."""
    stubbed = StubbedAws()
    yield stubbed
    stubbed.done()


@pytest.fixture
def account(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Return an account that is compliant with every rule."""
    use_local_aws(local_aws, monkeypatch)
    faultless = dict.fromkeys(CONTROLS, NO_FAULT)
    make_account(local_aws.client, HERE, [HOME], CONTROLS.values(), faultless)
    local_aws.calls.clear()
    return local_aws


def audited(run: Run, *arguments: str) -> list[dict[str, Any]]:
    """Return the results of an audit, without what time changes."""
    completed = run("audit", "--format", "json", *arguments)
    assert completed.status in (0, 1), completed.err
    document = json.loads(completed.out)
    assert document["errors"] == []
    return without_times(document["results"])


@pytest.mark.parametrize("count", [2, pytest.param(len(REGIONS), marks=pytest.mark.long)])
def test_all_rules_in_all_regions(account: LocalAws, alarmchain: Run, count: int) -> None:
    """The audit makes one call for each link, and DescribeTrails in each region: 27 for 17."""
    options = [word for region in REGIONS[:count] for word in ("--region", region)]
    results = audited(alarmchain, *options)
    assert len(results) == len(CONTROLS) * count
    assert {result["verdict"] for result in results} == {"covered", "not_applicable"}
    calls = Counter(account.calls.actions())
    assert calls.pop(ReadKind.TRAILS.value) == count
    assert set(calls.values()) == {1}
    assert calls.total() == HOME_CALLS - 1


def test_a_single_rule(account: LocalAws, alarmchain: Run) -> None:
    """One rule makes the calls that its Lambda function makes, and none of a whole region."""
    audited(alarmchain, "--rule", "ConfigChanges", "--region", HOME)
    assert Counter(account.calls.actions()) == {
        "sts:GetCallerIdentity": 1,
        "cloudtrail:DescribeTrails": 1,
        "cloudtrail:GetTrailStatus": 1,
        "cloudtrail:GetEventSelectors": 1,
        "logs:DescribeLogGroups": 1,
        "logs:DescribeMetricFilters": 2,
        "cloudwatch:DescribeAlarmsForMetric": 1,
        "cloudwatch:ListAlarmMuteRules": 1,
        "sns:GetTopicAttributes": 1,
        "sns:ListSubscriptionsByTopic": 1,
        "sns:GetSubscriptionAttributes": 1,
    }


def mute(aws: LocalAws) -> None:
    """Mute one alarm at night."""
    aws.client("cloudwatch", HOME).put_alarm_mute_rule(
        Name="nights",
        Rule={"Schedule": {"Expression": "cron(0 22 * * *)", "Duration": "PT8H"}},
        MuteTargets={"AlarmNames": [MUTED]},
    )


def test_a_muted_alarm(account: LocalAws, alarmchain: Run) -> None:
    """The mute rules of all alarms are not read if that takes more calls than the rules' own."""
    mute(account)
    account.calls.clear()
    results = audited(alarmchain, "--region", HOME)
    verdicts = {result["rule"]: result["verdict"] for result in results}
    assert verdicts.pop("ConfigChanges") == "unknown"
    assert set(verdicts.values()) == {"covered"}
    calls = Counter(account.calls.actions())
    assert calls[ReadKind.MUTE_RULES.value] <= MOST_PAGES + len(CONTROLS)
    (muted,) = [result for result in results if result["rule"] == "ConfigChanges"]
    assert [muted] == audited(alarmchain, "--rule", "ConfigChanges")


@pytest.mark.parametrize(
    "kind", [ReadKind.METRIC_FILTERS, ReadKind.ALL_ALARMS, ReadKind.MUTE_RULES]
)
def test_a_refused_read_of_the_region(
    account: LocalAws, alarmchain: Run, monkeypatch: pytest.MonkeyPatch, kind: ReadKind
) -> None:
    """A policy may allow only the reads that name a resource: those then decide, as before."""
    results = audited(alarmchain, "--region", HOME)
    from alarmchain.collector import readers
    from alarmchain.collector.errors import RefusedError

    own = readers.READERS[kind]

    def refuse(request: readers.ReadRequest) -> Any:
        if not request.read.what:
            raise RefusedError("no", "AccessDenied")
        return own(request)

    monkeypatch.setitem(readers.READERS, kind, refuse)
    assert audited(alarmchain, "--region", HOME) == results
    assert {result["verdict"] for result in results} == {"covered"}


def test_many_filters(aws: StubbedAws) -> None:
    """A shared read that takes too many pages is given up; then each rule makes its own read."""
    shared = SharedReads(aws.clients, rules=15)
    for number in range(MOST_PAGES):
        token = {"nextToken": str(number)} if number else {}
        answer = {"metricFilters": [FILTER], "nextToken": str(number + 1)}
        aws.answers(ReadKind.METRIC_FILTERS, answer, **{k: str(number) for k in token})
    snapshot = EMPTY
    for group in ("g", "h"):
        aws.answers(ReadKind.METRIC_FILTERS, {"metricFilters": []}, logGroupName=group)
        snapshot = shared.answer(snapshot, read(ReadKind.METRIC_FILTERS, group))
    assert set(snapshot.reads) == {read(ReadKind.METRIC_FILTERS, group) for group in ("g", "h")}


def test_one_page(aws: StubbedAws) -> None:
    """A shared read that fits into one page has the alarms of all metrics."""
    shared = SharedReads(aws.clients, rules=2)
    types = ["CompositeAlarm", "MetricAlarm", "LogAlarm"]
    aws.answers(ReadKind.ALL_ALARMS, {"MetricAlarms": [ALARM]}, AlarmTypes=types, MaxRecords=100)
    snapshot = shared.answer(EMPTY, read(ReadKind.METRIC_ALARMS, "Space", "Metric"))
    assert collections(snapshot)["metric_alarms"] == (ALARM,)
    query = SnapshotQuery(snapshot)
    for name in ("Metric", "Other"):
        metric = Metric("Space", name)
        assert query.missing_metric_alarms(metric, Place(HERE, AWAY)) is None


def test_mute_rules_without_all_alarms(aws: StubbedAws) -> None:
    """If not all alarms are known, the mute rules of each alarm are read separately."""
    shared = SharedReads(aws.clients, rules=15)
    aws.answers(ReadKind.MUTE_RULES, {"AlarmMuteRuleSummaries": []}, AlarmName="a", MaxRecords=100)
    snapshot = shared.answer(EMPTY, read(ReadKind.MUTE_RULES, "a"))
    assert collections(snapshot) == {"mute_rules": ({"AlarmName": "a", "Rules": []},)}


@pytest.mark.parametrize("failure", [("AccessDenied", 403), ("InternalFailure", 500)])
def test_a_failed_read_of_the_region(aws: StubbedAws, failure: tuple[str, int]) -> None:
    """If the shared read fails, the rule's own read counts, and no denial is kept."""
    shared = SharedReads(aws.clients, rules=15)
    aws.refuses(ReadKind.ALL_ALARMS, *failure)
    arguments = {"Namespace": "Space", "MetricName": "Metric"}
    aws.answers(ReadKind.METRIC_ALARMS, {"MetricAlarms": []}, **arguments)
    snapshot = shared.answer(EMPTY, read(ReadKind.METRIC_ALARMS, "Space", "Metric"))
    assert (snapshot.denied, set(snapshot.reads)) == (
        (),
        {read(ReadKind.METRIC_ALARMS, "Space", "Metric")},
    )


def test_members_that_boto3_lacks(aws: StubbedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that may lack a member is dropped: the rule's own read may have all of its own."""
    monkeypatch.setattr(
        "alarmchain.collector.collect.find_sdk_gaps",
        lambda kind, client: {"LogAlarms": "1.42"} if kind is ReadKind.ALL_ALARMS else {},
    )
    shared = SharedReads(aws.clients, rules=15)
    types = ["CompositeAlarm", "MetricAlarm", "LogAlarm"]
    aws.answers(ReadKind.ALL_ALARMS, {"MetricAlarms": []}, AlarmTypes=types, MaxRecords=100)
    arguments = {"Namespace": "Space", "MetricName": "Metric"}
    aws.answers(ReadKind.METRIC_ALARMS, {"MetricAlarms": []}, **arguments)
    snapshot = shared.answer(EMPTY, read(ReadKind.METRIC_ALARMS, "Space", "Metric"))
    assert snapshot.sdk_gaps == {}
