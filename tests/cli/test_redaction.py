"""A snapshot has no secret, and on request no address; the verdicts stay the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from alarmchain.chain.subscription.endpoint import without_urls
from alarmchain.collector.endpoint_secrets import without_secrets
from alarmchain.control import known_controls
from demo.account import HOME, ON_CALL, UNCONFIRMED, make_account
from localaws.server import LocalAws
from tests.cli.audit_report import without_times
from tests.cli.local_credentials import use_local_aws
from tests.command_line import Run

HERE = "123456789012"
KEY = "B00/XoXsecretXoX"
HOOK = f"https://user:hunter2@hooks.example.com:8443/services/{KEY}?token=t0k3n"
EMAIL = "key-custodians@example.com"


@pytest.fixture
def aws(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Return the demo's account, with an unconfirmed webhook on both topics."""
    use_local_aws(local_aws, monkeypatch)
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
    """Let the topic's policy name the addresses that may subscribe."""
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
    """Return the JSON report, without the times of the reads."""
    completed = run("audit", "--format", "json", *arguments)
    assert completed.status == 1, completed.err
    document: dict[str, Any] = json.loads(completed.out)
    return document | {"results": without_times(document["results"])}


def collected(run: Run, path: Path, *options: str) -> str:
    """Return the text of the snapshot file."""
    completed = run("collect", "--output", str(path), *options)
    assert completed.status == 0, completed.err
    return path.read_text()


@pytest.mark.parametrize("options", [(), ("--redact-endpoints",)])
def test_no_secret_is_kept(
    aws: LocalAws, alarmchain: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """No file and no report has a webhook's key or a URL's password.

    The alarm's description and the topic's policy contain them in the account.
    """
    file = tmp_path / "snapshot.json"
    written = collected(alarmchain, file, *options) + json.dumps(audited(alarmchain))
    written += json.dumps(audited(alarmchain, "--snapshot", str(file)))
    for secret in (KEY, "XoX", "hunter2", "t0k3n"):
        assert secret not in written
    assert ("https://hooks.example.com:8443/..." in file.read_text()) is (not options)


def test_the_verdicts_are_those_of_the_account(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """The file's audit equals the live audit; a redacted file changes only addresses."""
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


def test_addresses_in_policies_are_redacted(aws: LocalAws, alarmchain: Run, tmp_path: Path) -> None:
    """The addresses in a policy are redacted, and the rest of the policy is unchanged."""
    text = collected(alarmchain, tmp_path / "s.json", "--redact-endpoints")
    (topic, *_) = json.loads(text)["Regions"][HOME]["topics"]
    (*_, statement) = json.loads(topic["Attributes"]["Policy"])["Statement"]
    endpoints = statement["Condition"]["StringEquals"]["sns:Endpoint"]
    assert all(endpoint.endswith(" (redacted)") for endpoint in endpoints)
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
        ("https://user:key@example.com:/", "https://example.com"),
        ("https://example.com\\key", "https://..."),
        ("https://[::1]/key", "https://[::1]/..."),
        ("https://hooks.slack.com/1 (redacted)", "https://hooks.slack.com/1 (redacted)"),
        (" https://example.com/key", "https://example.com/..."),
        ("https:/example.com/key", "https://..."),
        ("https:\\\\example.com\\key", "https://..."),
        ("a@example.com", "a@example.com"),
        ("+15550100", "+15550100"),
        ("arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:q"),
    ],
)
def test_secrets_of_an_address(endpoint: str, kept: str) -> None:
    """Only the host of a URL is kept; other addresses are kept completely."""
    assert without_secrets({"Endpoint": endpoint, "Owner": "1"}) == {"Endpoint": kept, "Owner": "1"}


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        (f'{{"sns:Endpoint": "{HOOK}"}}', '{"sns:Endpoint": "https://hooks.example.com:8443/..."}'),
        ('["https:\\/\\/example.com\\/key", "x"]', '["https://example.com/...", "x"]'),
        ('["https:\\u002f\\u002Fexample.com\\u002fkey"]', '["https://example.com/..."]'),
        ('["https://example.com/a\\"key", "x"]', '["https://example.com/...", "x"]'),
        ('"https://*.example.com/*"', '"https://*.example.com/..."'),
        ('"arn:aws:sns:us-east-1:123456789012:t"', '"arn:aws:sns:us-east-1:123456789012:t"'),
    ],
)
def test_secrets_of_a_policy(policy: str, kept: str) -> None:
    """Only the hosts of a policy's URLs are kept; the result is valid JSON."""
    assert without_urls(policy) == kept
    json.loads(kept)


def test_the_same_address_has_the_same_number(
    aws: LocalAws, alarmchain: Run, tmp_path: Path
) -> None:
    """The webhook of two topics has one name, and each other address its own."""
    text = collected(alarmchain, tmp_path / "s.json", "--redact-endpoints")
    topics = json.loads(text)["Regions"][HOME]["topics"]
    names = [
        {each["Protocol"]: each["Endpoint"] for each in topic["Subscriptions"]} for topic in topics
    ]
    assert len({each["https"] for each in names}) == 1
    assert len({name for each in names for name in each.values()}) == 3
