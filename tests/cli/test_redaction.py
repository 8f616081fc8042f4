"""No secret in a snapshot, and on request no address; the verdicts are the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alarmchain.collector.endpoint_secrets import without_secrets, without_urls
from alarmchain.control import known_controls
from demo.account import HOME, ON_CALL, UNCONFIRMED, make_account
from localaws.server import LocalAws

HERE = "123456789012"
KEY = "B00/XoXsecretXoX"
HOOK = f"https://user:hunter2@hooks.example.com:8443/services/{KEY}?token=t0k3n"
EMAIL = "key-custodians@example.com"
Run = Callable[..., Any]


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """The demo's account, with a webhook on either topic that nobody has confirmed."""
    for name, value in local_aws.environment(HOME).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    make_account(local_aws.client, HERE, [HOME], known_controls().values())
    for topic in (ON_CALL, UNCONFIRMED):
        arn = f"arn:aws:sns:{HOME}:{HERE}:{topic}"
        local_aws.client("sns").subscribe(TopicArn=arn, Protocol="https", Endpoint=HOOK)
        name_addresses(local_aws.client("sns"), arn)
    cloudwatch = local_aws.client("cloudwatch", HOME)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["AWSConfigChangesAlarm"])["MetricAlarms"]
    kept = {name: alarm[name] for name in PUT if name in alarm}
    cloudwatch.put_metric_alarm(**kept, AlarmDescription=f"Tell {EMAIL}, see {HOOK}")
    return local_aws


PUT = (
    "AlarmName", "AlarmActions", "MetricName", "Namespace", "Statistic", "Period",
    "EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData",
)  # fmt: skip


def name_addresses(sns: Any, topic: str) -> None:
    """The topic's policy says who may subscribe: by addresses, one of them a webhook's."""
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "sns:Subscribe",
            "Resource": topic,
            "Condition": {"StringEquals": {"sns:Endpoint": [EMAIL, HOOK]}},
        }
    )
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def audited(run: Run, *arguments: str) -> dict[str, Any]:
    """The JSON report."""
    ran = run("audit", "--format", "json", *arguments)
    assert ran.status == 1, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    return document


def collected(run: Run, path: Path, *options: str) -> str:
    """The text of the snapshot file."""
    ran = run("collect", "--output", str(path), *options)
    assert ran.status == 0, ran.err
    return path.read_text()


@pytest.mark.parametrize("options", [(), ("--redact-endpoints",)])
def test_no_secret_is_kept(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Neither a webhook's key nor a URL's password is in the file, or in a live report; not by way
    of an alarm's description or a topic's policy either."""
    file = tmp_path / "snapshot.json"
    written = collected(alarmchain, file, *options) + json.dumps(audited(alarmchain))
    written += json.dumps(audited(alarmchain, "--snapshot", str(file)))
    for secret in (KEY, "XoX", "hunter2", "t0k3n"):
        assert secret not in written
    assert ("https://hooks.example.com:8443/..." in file.read_text()) is (not options)


def test_the_verdicts_are_those_of_the_account(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """The file's audit is the live one, word for word; redacted, but for the names."""
    live = audited(alarmchain)
    file = tmp_path / "snapshot.json"
    collected(alarmchain, file)
    assert audited(alarmchain, "--snapshot", str(file)) == live
    text = collected(alarmchain, file, "--redact-endpoints")
    assert EMAIL not in text
    assert "hooks.example.com" not in text
    redacted = audited(alarmchain, "--snapshot", str(file))
    assert EMAIL in json.dumps(live)
    assert EMAIL not in json.dumps(redacted)
    for before, after in zip(live["results"], redacted["results"], strict=True):
        assert (before["rule"], before["verdict"]) == (after["rule"], after["verdict"])
        assert [link["status"] for link in before["chain"]] == [
            link["status"] for link in after["chain"]
        ]
    assert " (redacted) has not confirmed" in json.dumps(redacted)


def test_an_address_is_gone_wherever_it_stands(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """Policies name subscribers, too; the rest of them is as it was."""
    text = collected(alarmchain, tmp_path / "s.json", "--redact-endpoints")
    (topic, *_) = json.loads(text)["Regions"][HOME]["topics"]
    (*_, statement) = json.loads(topic["Attributes"]["Policy"])["Statement"]
    hidden = statement["Condition"]["StringEquals"]["sns:Endpoint"]
    assert all(one.endswith(" (redacted)") for one in hidden)
    assert statement["Resource"] == topic["TopicArn"]


@pytest.mark.parametrize(
    ("endpoint", "kept"),
    [
        (HOOK, "https://hooks.example.com:8443/..."),
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("HTTP://Example.com/?key=1", "http://example.com/..."),
        ("https://[not-an-address/key", "https://..."),
        ("https://host:port/key", "https://..."),
        ("a@example.com", "a@example.com"),
        ("+15550100", "+15550100"),
        ("arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:q"),
    ],
)
def test_what_is_kept_of_an_address(endpoint: str, kept: str) -> None:
    """Of a URL the host; other addresses are no secrets."""
    assert without_secrets({"Endpoint": endpoint, "Owner": "1"}) == {"Endpoint": kept, "Owner": "1"}


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        (f'{{"sns:Endpoint": "{HOOK}"}}', '{"sns:Endpoint": "https://hooks.example.com:8443/..."}'),
        ('["https:\\/\\/example.com\\/key", "x"]', '["https://example.com/...", "x"]'),
        ('"https://*.example.com/*"', '"https://*.example.com/..."'),
        ('"arn:aws:sns:us-east-1:123456789012:t"', '"arn:aws:sns:us-east-1:123456789012:t"'),
    ],
)
def test_what_is_kept_of_a_policy(policy: str, kept: str) -> None:
    """The hosts of its URLs; it is JSON as before."""
    assert without_urls(policy) == kept
    json.loads(kept)


def test_the_same_address_has_the_same_number(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """One webhook on two topics is one name, and another address another."""
    text = collected(alarmchain, tmp_path / "s.json", "--redact-endpoints")
    topics = json.loads(text)["Regions"][HOME]["topics"]
    names = [
        {one["Protocol"]: one["Endpoint"] for one in topic["Subscriptions"]} for topic in topics
    ]
    assert len({each["https"] for each in names}) == 1
    assert len({name for each in names for name in each.values()}) == 3
