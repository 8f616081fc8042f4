"""`alarmchain collect`: an audit of the snapshot equals an audit of the account."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alarmchain.control import known_controls
from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot_json import from_json
from demo.account import FAULTS, HOME, LOG_GROUP, ON_CALL, TRAIL, make_account
from localaws.server import LocalAws
from tests.cli.audit_report import without_times
from tests.cli.local_credentials import use_local_aws
from tests.collector.stubbed_aws import OF_REGION
from tests.command_line import Run

HERE, OWNER = "123456789012", "999988887777"
AWAY = "eu-west-1"
TOPIC = f"arn:aws:sns:{HOME}:{HERE}:{ON_CALL}"
ROLE = f"arn:aws:iam::{OWNER}:role/follow"


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Return the demo's account: one rule is covered, three have a fault each."""
    use_local_aws(local_aws, monkeypatch)
    controls = [known_controls()[rule] for rule in FAULTS]
    make_account(local_aws.client, HERE, [HOME, AWAY], controls)
    local_aws.calls.clear()
    return local_aws


def audited(run: Run, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    """Return the JSON report of an audit, without the times of the reads."""
    completed = run("audit", "--format", "json", *arguments, stdin=stdin)
    assert completed.status in (0, 1), completed.err
    document: dict[str, Any] = json.loads(completed.out)
    return document | {"results": without_times(document["results"])}


def nothing(aws: LocalAws) -> None:
    """Leave the account unchanged."""


def no_trail(aws: LocalAws) -> None:
    """Delete the trail."""
    aws.client("cloudtrail", HOME).delete_trail(Name=TRAIL)


def no_log_group(aws: LocalAws) -> None:
    """Delete the trail's log group."""
    aws.client("logs", HOME).delete_log_group(logGroupName=LOG_GROUP)


def no_topic(aws: LocalAws) -> None:
    """Delete the alarms' topic."""
    aws.client("sns", HOME).delete_topic(TopicArn=TOPIC)


def topic_elsewhere(aws: LocalAws) -> None:
    """Let an alarm name a missing topic first, and an existing topic second."""
    cloudwatch = aws.client("cloudwatch", HOME)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["AWSConfigChangesAlarm"])["MetricAlarms"]
    kept = {
        name: value
        for name, value in alarm.items()
        if not name.startswith(("State", "AlarmArn", "AlarmConfiguration"))
    }
    cloudwatch.put_metric_alarm(**kept | {"AlarmActions": [f"{TOPIC}-gone", TOPIC]})


def composite(aws: LocalAws) -> None:
    """Disable the alarm's actions, and let a composite alarm notify instead."""
    cloudwatch = aws.client("cloudwatch", HOME)
    cloudwatch.disable_alarm_actions(AlarmNames=["AWSConfigChangesAlarm"])
    cloudwatch.put_composite_alarm(
        AlarmName="any", AlarmRule="ALARM(AWSConfigChangesAlarm)", AlarmActions=[TOPIC]
    )


def muted(aws: LocalAws) -> None:
    """Add a mute rule for one of the alarms."""
    aws.client("cloudwatch", HOME).put_alarm_mute_rule(
        Name="nights",
        Rule={"Schedule": {"Expression": "cron(0 22 * * *)", "Duration": "PT8H"}},
        MuteTargets={"AlarmNames": ["AWSConfigChangesAlarm"]},
    )


def encrypted(aws: LocalAws) -> None:
    """Encrypt the topic with a customer managed key, named by an alias."""
    kms = aws.client("kms", HOME)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/alarms", TargetKeyId=key)
    aws.client("sns", HOME).set_topic_attributes(
        TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/alarms"
    )


def unconfirmed(aws: LocalAws) -> None:
    """Replace all subscriptions by an unconfirmed one."""
    sns = aws.client("sns", HOME)
    for subscription in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="somebody@example.com")


def shared_metrics(aws: LocalAws) -> None:
    """Delete all alarms and share the metrics with a monitoring account."""
    cloudwatch = aws.client("cloudwatch", HOME)
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])
    aws.client("oam", HOME).create_link(
        LabelTemplate="$AccountName",
        ResourceTypes=["AWS::CloudWatch::Metric"],
        SinkIdentifier=f"arn:aws:oam:{HOME}:{OWNER}:sink/11111111-2222-3333-4444-555555555555",
    )


def shared_metrics_denied(aws: LocalAws) -> None:
    """Share the metrics of an account without alarms and deny the read of the links."""
    shared_metrics(aws)
    aws.deny("oam:ListLinks")


def denied(kind: ReadKind) -> Callable[[LocalAws], None]:
    """Return a change that encrypts the topic and denies one kind of read."""

    def deny(aws: LocalAws) -> None:
        encrypted(aws)
        aws.deny(kind.value)

    deny.__name__ = kind.name
    return deny


DENIED = [
    # An audit of the account does not need all alarms if it may read those of a metric.
    denied(kind)
    for kind in ReadKind
    if kind not in (ReadKind.ALL_ALARMS, ReadKind.ASSUME_ROLE)
]


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        no_trail,
        no_log_group,
        no_topic,
        topic_elsewhere,
        composite,
        muted,
        encrypted,
        unconfirmed,
        shared_metrics,
        shared_metrics_denied,
        *DENIED,
    ],
    ids=lambda change: change.__name__,
)
def test_the_snapshot_has_the_results_of_the_account(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, change: Callable[[LocalAws], None]
) -> None:
    """Every result is equal, with its evidence; the audit of the file reads nothing from AWS."""
    change(aws)
    live = audited(alarmchain, "--region", HOME)
    file = tmp_path / "account.json"
    completed = alarmchain("collect", "--output", str(file), "--region", HOME)
    assert (completed.status, completed.err) == (0, "")
    aws.calls.clear()
    assert audited(alarmchain, "--snapshot", str(file)) == live
    assert len(live["results"]) == len(known_controls())
    assert len(aws.calls) == 0


def test_an_operation_that_the_partition_lacks(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """The audit says so and goes on; the file gives the same results."""
    aws.fail("cloudwatch:ListAlarmMuteRules", code="InvalidAction", status=400, times=None)
    live = audited(alarmchain, "--region", HOME)
    reasons = {link["reason"] for result in live["results"] for link in result["chain"]}
    assert "not available: cloudwatch:ListAlarmMuteRules" in " ".join(reasons)
    file = tmp_path / "account.json"
    assert alarmchain("collect", "--output", str(file), "--region", HOME).status == 0
    assert audited(alarmchain, "--snapshot", str(file)) == live


def test_metrics_shared_with_a_monitoring_account(aws: LocalAws, alarmchain: Run) -> None:
    """Without alarms, the alarm's link is unknown and names the monitoring account."""
    shared_metrics(aws)
    rules = [part for rule in FAULTS for part in ("--rule", rule)]
    results = audited(alarmchain, "--region", HOME, *rules)["results"]
    last = {result["rule"]: result["chain"][-1] for result in results}
    assert last.pop("SecurityGroupChanges")["status"] == "broken"  # its filter misses calls
    assert {link["status"] for link in last.values()} == {"unknown"}
    shared = f"the region shares its metrics with monitoring account {OWNER}, which may have one"
    assert all(link["reason"].endswith(shared) for link in last.values())


def test_home_regions_of_trails_are_read_too(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """The chain of one region continues in another, which is read completely too."""
    live = audited(alarmchain, "--region", AWAY)
    file = tmp_path / "account.json"
    completed = alarmchain("collect", "--output", str(file), "--region", AWAY)
    assert completed.out == f"account {HERE}: {AWAY}, {HOME}; see {file}\n"
    assert audited(alarmchain, "--snapshot", str(file), "--region", AWAY) == live
    snapshot = from_json(json.loads(file.read_text()))
    assert {name: region.partial for name, region in snapshot.regions.items()} == {
        AWAY: frozenset(),
        HOME: frozenset(),
    }


def test_denied_reads_are_in_the_file(aws: LocalAws, alarmchain: Run, tmp_path: Path) -> None:
    """The file lists each denied read with its action and resource, and lacks its collection."""
    aws.deny("logs:DescribeLogGroups")
    aws.deny("cloudwatch:ListAlarmMuteRules")
    aws.deny("sns:GetTopicAttributes")
    file = tmp_path / "account.json"
    completed = alarmchain("collect", "--output", str(file))
    assert "4 reads denied" in completed.out
    document = json.loads(file.read_text())
    assert [(denied["Action"], denied["Resource"]) for denied in document["Denied"]] == [
        ("logs:DescribeLogGroups", "*"),
        ("cloudwatch:ListAlarmMuteRules", "*"),
        ("sns:GetTopicAttributes", TOPIC),
        ("sns:GetTopicAttributes", TOPIC.replace(ON_CALL, "key-custodians")),
    ]
    region = document["Regions"][HOME]
    assert "log_groups" not in region
    # Absent would mean that there are no mute rules.
    assert (region["mute_rules"], region["Partial"]) == ([], ["mute_rules"])
    assert region["topics"] == []


def test_each_collection_is_read_once(aws: LocalAws, alarmchain: Run, tmp_path: Path) -> None:
    """One request reads a collection of one page, however many alarms there are."""
    alarmchain("collect", "--output", str(tmp_path / "account.json"))
    actions = aws.calls.actions()
    for kind in OF_REGION:
        assert actions.count(kind.value) == 1


def organization_trail(aws: LocalAws) -> None:
    """Create an organization trail, whose log group and alarms are in the owner's account."""
    make_account(
        lambda service, region: aws.client(service, region, OWNER),
        OWNER,
        [],
        known_controls().values(),
    )


def test_the_owner_of_an_organization_trail(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a role, the owner's account is read into Linked; without a role it is not read."""
    organization_trail(aws)
    aws.calls.clear()
    arn = f"arn:aws:cloudtrail:{HOME}:{OWNER}:trail/{TRAIL}"
    seen_from_here = {
        "Name": TRAIL,
        "TrailARN": arn,
        "HomeRegion": HOME,
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOME}:{OWNER}:log-group:{LOG_GROUP}:*",
    }
    from alarmchain.collector import readers

    own = readers.READERS[ReadKind.TRAILS]

    def with_organization_trail(request: readers.ReadRequest) -> Any:
        if request.read.account:
            for collected in own(request):
                shown = [{**item, "IsOrganizationTrail": True} for item in collected.items]
                yield readers.CollectedItems(collected.region, collected.collection, tuple(shown))
        else:
            listed = ({"TrailARN": arn},)
            yield readers.CollectedItems(request.read.region, "listed_trails", listed)
            yield readers.CollectedItems(HOME, "trails", (seen_from_here,))

    monkeypatch.setitem(readers.READERS, ReadKind.TRAILS, with_organization_trail)
    alone, followed = tmp_path / "alone.json", tmp_path / "followed.json"
    alarmchain("collect", "--output", str(alone))
    assert "Linked" not in json.loads(alone.read_text())
    assert not aws.calls.actions(account=OWNER)
    parameter = ("--parameter", f"OrganizationTrailRoleArn={ROLE}")
    live = audited(alarmchain, "--region", HOME, *parameter)
    alarmchain("collect", "--output", str(followed), "--organization-trail-role", ROLE)
    assert list(json.loads(followed.read_text())["Linked"]) == [OWNER]
    assert audited(alarmchain, "--snapshot", str(followed), *parameter) == live
    assert {each["rule"]: each["compliance"] for each in live["results"]}["ConfigChanges"] == (
        "COMPLIANT"
    )


def test_the_file_is_written_completely_or_not_at_all(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """After a failure, the old file is unchanged, and there is no other file."""
    file = tmp_path / "account.json"
    file.write_text("old")
    file.chmod(0o640)
    aws.fail("sns:ListSubscriptionsByTopic", "Weird", times=None)
    completed = alarmchain("collect", "--output", str(file))
    assert (completed.status, completed.out) == (2, "")
    assert completed.err.splitlines() == [
        f"alarmchain: sns:ListSubscriptionsByTopic in {HOME} failed: Weird: made to fail"
    ]
    assert file.read_text() == "old"
    aws._faults.clear()
    assert alarmchain("collect", "--output", str(file)).status == 0
    assert json.loads(file.read_text())["Account"] == HERE
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_snapshot_for_a_pipe(aws: LocalAws, alarmchain: Run) -> None:
    """Standard output holds only the snapshot, which `audit --snapshot -` reads."""
    completed = alarmchain("collect", "--output", "-")
    assert (completed.status, completed.err) == (0, f"alarmchain: account {HERE}: {HOME}\n")
    document = audited(alarmchain, "--snapshot", "-", stdin=completed.out.encode())
    assert document == audited(alarmchain)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing option '--output'."),
        (("--output", "."), "cannot write .: it is a folder"),
        (
            ("--output", ""),
            "Invalid value for '--output': it is empty; expected the path of a file",
        ),
        (("--output", "no/such/file"), "cannot write no/such/file: there is no folder no/such"),
        (("--output", "x", "--region", "mars"), "region 'mars': expected a name such as us-east-1"),
        (
            ("--output", "x", "--organization-trail-role", "admin"),
            "organization trail role 'admin': expected the ARN of an IAM role",
        ),
        (
            ("--output", "x", "--region", HOME, "--all-regions"),
            "--all-regions and --region exclude each other",
        ),
    ],
)
def test_refused_options(
    alarmchain: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """Standard error has one line, and there is no file."""
    monkeypatch.chdir(tmp_path)
    completed = alarmchain("collect", *arguments)
    assert (completed.status, completed.out, completed.err) == (2, "", f"alarmchain: {message}\n")
    assert list(tmp_path.iterdir()) == []
