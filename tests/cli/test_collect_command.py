"""`alarmchain collect`: an audit of the file says what an audit of the account would."""

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

HERE, OWNER = "123456789012", "999988887777"
AWAY = "eu-west-1"
TOPIC = f"arn:aws:sns:{HOME}:{HERE}:{ON_CALL}"
ROLE = f"arn:aws:iam::{OWNER}:role/follow"
Run = Callable[..., Any]


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """The demo's account: one rule is right in it, three have a fault each."""
    for name, value in local_aws.environment(HOME).items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    controls = [known_controls()[rule] for rule in FAULTS]
    make_account(local_aws.client, HERE, [HOME, AWAY], controls)
    local_aws.calls.clear()
    return local_aws


def audited(run: Run, *arguments: str) -> dict[str, Any]:
    """The report of an audit, what tells of moments aside."""
    ran = run("audit", "--format", "json", *arguments)
    assert ran.status in (0, 1), ran.err
    document: dict[str, Any] = json.loads(ran.out)
    return document


def nothing(aws: LocalAws) -> None:
    """The account as it is."""


def no_trail(aws: LocalAws) -> None:
    """No trail at all."""
    aws.client("cloudtrail", HOME).delete_trail(Name=TRAIL)


def no_log_group(aws: LocalAws) -> None:
    """The trail's log group is gone."""
    aws.client("logs", HOME).delete_log_group(logGroupName=LOG_GROUP)


def no_topic(aws: LocalAws) -> None:
    """The alarms name a topic that is gone."""
    aws.client("sns", HOME).delete_topic(TopicArn=TOPIC)


def topic_elsewhere(aws: LocalAws) -> None:
    """The topic that is named first does not exist, a second one does."""
    cloudwatch = aws.client("cloudwatch", HOME)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["AWSConfigChangesAlarm"])["MetricAlarms"]
    kept = {
        name: value
        for name, value in alarm.items()
        if not name.startswith(("State", "AlarmArn", "AlarmConfiguration"))
    }
    cloudwatch.put_metric_alarm(**kept | {"AlarmActions": [f"{TOPIC}-gone", TOPIC]})


def composite(aws: LocalAws) -> None:
    """The alarm has no actions of its own; a composite one tells of it, and is found by a sweep."""
    cloudwatch = aws.client("cloudwatch", HOME)
    cloudwatch.disable_alarm_actions(AlarmNames=["AWSConfigChangesAlarm"])
    cloudwatch.put_composite_alarm(
        AlarmName="any", AlarmRule="ALARM(AWSConfigChangesAlarm)", AlarmActions=[TOPIC]
    )


def muted(aws: LocalAws) -> None:
    """A mute rule can silence one of the alarms."""
    aws.client("cloudwatch", HOME).put_alarm_mute_rule(
        Name="nights",
        Rule={"Schedule": {"Expression": "cron(0 22 * * *)", "Duration": "PT8H"}},
        MuteTargets={"AlarmNames": ["AWSConfigChangesAlarm"]},
    )


def encrypted(aws: LocalAws) -> None:
    """The topic is encrypted with a key of the customer, named by an alias."""
    kms = aws.client("kms", HOME)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/alarms", TargetKeyId=key)
    aws.client("sns", HOME).set_topic_attributes(
        TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/alarms"
    )


def unconfirmed(aws: LocalAws) -> None:
    """Nobody is subscribed any more but a person who has not confirmed."""
    sns = aws.client("sns", HOME)
    for one in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="somebody@example.com")


def denied(kind: ReadKind) -> Callable[[LocalAws], None]:
    """One kind of read is denied, in an account with an encrypted topic."""

    def deny(aws: LocalAws) -> None:
        encrypted(aws)
        aws.deny(kind.value)

    deny.__name__ = kind.name
    return deny


DENIED = [
    # An audit of the account can do without all alarms where it may read a metric's own.
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
        *DENIED,
    ],
    ids=lambda change: change.__name__,
)
def test_the_file_says_what_the_account_would(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, change: Callable[[LocalAws], None]
) -> None:
    """Every result is the same, evidence and wording included; the file needs no AWS."""
    change(aws)
    live = audited(alarmchain, "--region", HOME)
    file = tmp_path / "account.json"
    ran = alarmchain("collect", "--output", str(file), "--region", HOME)
    assert (ran.status, ran.err) == (0, "")
    aws.calls.clear()
    assert audited(alarmchain, "--snapshot", str(file)) == live
    assert len(live["results"]) == len(known_controls())
    assert len(aws.calls) == 0


def test_regions_where_trails_are_at_home_come_along(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """The chain of one region runs through another: that one is read too, and is whole."""
    live = audited(alarmchain, "--region", AWAY)
    file = tmp_path / "account.json"
    ran = alarmchain("collect", "--output", str(file), "--region", AWAY)
    assert ran.out == f"account {HERE}: {AWAY}, {HOME}; see {file}\n"
    assert audited(alarmchain, "--snapshot", str(file), "--region", AWAY) == live
    snapshot = from_json(json.loads(file.read_text()))
    assert {name: region.partial for name, region in snapshot.regions.items()} == {
        AWAY: frozenset(),
        HOME: frozenset(),
    }


def test_what_is_denied_is_in_the_file(aws: LocalAws, alarmchain: Run, tmp_path: Path) -> None:
    """With action, resource, region and code; the room that it would fill is not there."""
    aws.deny("logs:DescribeLogGroups")
    aws.deny("cloudwatch:ListAlarmMuteRules")
    aws.deny("sns:GetTopicAttributes")
    file = tmp_path / "account.json"
    ran = alarmchain("collect", "--output", str(file))
    assert "4 reads denied" in ran.out
    document = json.loads(file.read_text())
    assert [(one["Action"], one["Resource"]) for one in document["Denied"]] == [
        ("logs:DescribeLogGroups", "*"),
        ("cloudwatch:ListAlarmMuteRules", "*"),
        ("sns:GetTopicAttributes", TOPIC),
        ("sns:GetTopicAttributes", TOPIC.replace(ON_CALL, "key-custodians")),
    ]
    region = document["Regions"][HOME]
    assert "log_groups" not in region
    # Absent would mean "none" for this one.
    assert (region["mute_rules"], region["Partial"]) == ([], ["mute_rules"])
    assert region["topics"] == []


def test_mute_rules_are_asked_for_once_where_there_are_none(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """However many alarms there are; whole rooms are read with one request a page."""
    alarmchain("collect", "--output", str(tmp_path / "account.json"))
    actions = aws.calls.actions()
    for kind in (
        ReadKind.TRAILS,
        ReadKind.LOG_GROUP,
        ReadKind.METRIC_FILTERS,
        ReadKind.ALL_ALARMS,
        ReadKind.MUTE_RULES,
    ):
        assert actions.count(kind.value) == 1


def organization_trail(aws: LocalAws) -> None:
    """A trail of the organization, whose log group and alarms are in the owner's account."""
    make_account(
        lambda service, region: aws.client(service, region, OWNER),
        OWNER,
        [],
        known_controls().values(),
    )


def test_the_owner_of_an_organization_trail(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a role its account is read into Linked; without one it is not asked at all."""
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
    assert {one["rule"]: one["compliance"] for one in live["results"]}["ConfigChanges"] == (
        "COMPLIANT"
    )


def test_the_file_is_there_whole_or_not_at_all(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """What failed leaves the old file as it was, and nothing beside it."""
    file = tmp_path / "account.json"
    file.write_text("old")
    file.chmod(0o640)
    aws.fail("sns:ListSubscriptionsByTopic", "Weird", times=None)
    ran = alarmchain("collect", "--output", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        f"alarmchain: sns:ListSubscriptionsByTopic in {HOME} failed: Weird: made to fail"
    ]
    assert file.read_text() == "old"
    aws._faults.clear()
    assert alarmchain("collect", "--output", str(file)).status == 0
    assert json.loads(file.read_text())["Account"] == HERE
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "said"),
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
def test_what_can_not_be_done(
    alarmchain: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    """One line on standard error, and no file."""
    monkeypatch.chdir(tmp_path)
    ran = alarmchain("collect", *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"alarmchain: {said}\n")
    assert list(tmp_path.iterdir()) == []
