"""Calls that prevent their own notification."""

from typing import Any

import pytest

from alarmchain.chain.self_silencing import AT_ONCE, OWN_LINK, SilencingCall
from alarmchain.decision.assessment import LINKS, Assessment
from alarmchain.records.record_class import RecordClass, api_call
from tests.builders import (
    ACCOUNT,
    CALLS,
    OTHER_ACCOUNT,
    REGION,
    account,
    alarm,
    collections,
    judged,
    key,
    log_group,
    metric_filter,
    names,
    nothing,
    topic,
    topic_arn,
    trail,
)

RULE = "CMKChanges"
FILTER = metric_filter(names("DisableKey", "ScheduleKeyDeletion"))
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
ENCRYPTED = topic(KmsMasterKeyId="1234")
REPLICA = {"Arn": KEY_ARN.replace(REGION, "eu-west-1"), "Region": "eu-west-1"}


def silenced(region: str = REGION, **changes: Any) -> str:
    """Return the outcome and the annotation of CMKChanges for an encrypted topic."""
    whole = {"metric_filters": [FILTER], "topics": [ENCRYPTED], "keys": [key()], **changes}
    document = account(**whole)
    document["Regions"].setdefault(region, {**nothing(), "trails": [trail()]})
    found = judged(document, RULE, region)
    return f"{found.outcome.value}: {found.annotation}"


def test_the_key_of_the_only_topic() -> None:
    """A rule on keys is not covered by a topic with a key; the annotation says what to do."""
    assert silenced() == (
        "not_covered: DisableKey on key '1234' stops topic 'alarms' before the alarm notifies: add"
        " a topic without this key; 1 more call is not covered too"
    )


def test_other_calls_are_told() -> None:
    """A rule whose calls do not touch keys is covered by an encrypted topic."""
    found = judged(account(topics=[ENCRYPTED], keys=[key()]))
    assert found.outcome.value == "covered"


def test_a_second_topic() -> None:
    """A second topic without the key is enough, whether the same or another alarm notifies it."""
    plain = topic("plain")
    both = alarm(AlarmActions=[topic_arn(), topic_arn("plain")])
    assert silenced(topics=[ENCRYPTED, plain], metric_alarms=[both]).startswith("covered")
    second = alarm("B", AlarmActions=[topic_arn("plain")])
    assert silenced(topics=[ENCRYPTED, plain], metric_alarms=[alarm(), second]).startswith(
        "covered"
    )


def test_a_second_key() -> None:
    """Two topics with different keys are enough: the other key still works."""
    other = topic("other", KmsMasterKeyId="5678")
    both = alarm(AlarmActions=[topic_arn(), topic_arn("other")])
    # Each call is about one key, but a record of the call can be about either key.
    answer = silenced(topics=[ENCRYPTED, other], keys=[key(), key("5678")], metric_alarms=[both])
    assert answer.startswith("covered")
    one = key()
    by_alias = {**one, "KeyId": "alias/mine"}
    same = topic("other", KmsMasterKeyId="alias/mine")
    answer = silenced(topics=[ENCRYPTED, same], keys=[one, by_alias], metric_alarms=[both])
    assert answer.startswith("not_covered")


@pytest.mark.parametrize(
    ("region", "metadata", "expected"),
    [
        (REGION, {}, "not_covered"),
        ("eu-west-1", {}, "covered"),
        (
            "eu-west-1",
            {
                "MultiRegionConfiguration": {
                    "PrimaryKey": {"Arn": KEY_ARN},
                    "ReplicaKeys": [REPLICA],
                }
            },
            "not_covered",
        ),
        (
            "eu-west-2",
            {
                "MultiRegionConfiguration": {
                    "PrimaryKey": {"Arn": KEY_ARN},
                    "ReplicaKeys": [REPLICA],
                }
            },
            "covered",
        ),
        (REGION, {"Arn": KEY_ARN.replace(ACCOUNT, OTHER_ACCOUNT)}, "covered"),
    ],
)
def test_only_where_the_key_is(region: str, metadata: dict[str, Any], expected: str) -> None:
    """The call can break only a key of its account and region, or one with a replica there."""
    assert silenced(region, keys=[key(**metadata)]).split(":")[0] == expected


@pytest.mark.parametrize(
    ("call", "reference", "metadata", "expected"),
    [
        ("PutKeyPolicy", "1234", {}, "broken"),
        ("DeleteImportedKeyMaterial", "1234", {"Origin": "EXTERNAL"}, "broken"),
        ("DeleteImportedKeyMaterial", "1234", {"Origin": "AWS_KMS"}, "ok"),
        ("DisconnectCustomKeyStore", "1234", {"Origin": "AWS_CLOUDHSM"}, "broken"),
        ("DeleteAlias", "alias/mine", {}, "unknown"),
        ("DeleteAlias", "1234", {}, "ok"),
        ("UpdateAlias", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine", {}, "unknown"),
        ("DisableKeyRotation", "1234", {}, "ok"),
    ],
)
def test_calls(call: str, reference: str, metadata: dict[str, Any], expected: str) -> None:
    """The effect of a call depends on the key's origin, and on how the topic refers to it."""
    item = key("1234", **metadata) | {"KeyId": reference}
    pattern = names(call)
    document = account(
        metric_filters=[metric_filter(pattern)],
        topics=[topic(KmsMasterKeyId=reference)],
        keys=[item],
    )
    found = judged(
        document, "SecurityGroupChanges", AdditionalCalls=f"kms.amazonaws.com:{call}"
    ).calls[call]
    outcomes = {"broken": "not_covered", "unknown": "unknown", "ok": "covered"}
    assert found.outcome.value == outcomes[expected], found.reason


def test_the_key_of_the_log_group() -> None:
    """The annotation notes the assumption that a log group works without its key."""
    encrypted = log_group(kmsKeyId=KEY_ARN)
    answer = silenced(log_groups=[encrypted], topics=[topic()])
    assert answer.startswith("covered")
    assert "assumed: DisableKey on the key of log group 'CloudTrail/Default' does not" in answer
    far = log_group(kmsKeyId=KEY_ARN.replace(ACCOUNT, OTHER_ACCOUNT))
    assert "assumed" not in silenced(log_groups=[far], topics=[topic()])
    assert "assumed" not in judged(account(log_groups=[encrypted])).annotation


def added(call: str, *homes: str, region: str = REGION) -> Assessment:
    """Return the assessment of a rule with the added call; each home region has a whole chain."""
    pattern = names(*CALLS, call.partition(":")[2])
    trails = [trail(f"of-{home}", region=home) for home in homes]
    regions = {each: {**nothing(), "trails": trails} for each in (REGION, "eu-west-1")}
    for home in homes:
        filters = [metric_filter(pattern)]
        regions[home] = collections(region=home, trails=trails, metric_filters=filters)
    return judged(account(regions), region=region, AdditionalCalls=call)


@pytest.mark.parametrize(("call", "link"), OWN_LINK.items())
def test_a_call_on_a_link_of_its_own_chain(call: tuple[str, str], link: str) -> None:
    """A call that can delete the only alarm is unknown, unless another region has a chain."""
    text, name = ":".join(call), call[1]
    found = added(text, REGION)
    assert found.outcome.value == "unknown"
    assert found.annotation.startswith(
        f"UNKNOWN: {name} may be about the {link.replace('_', ' ')} itself, and then"
    )
    assert found.fault is not None
    assert found.fault.link == link
    assert {name for name, each in found.calls.items() if each.reason} == {call[1]}
    assert added(text, REGION, region="eu-west-1").compliance == "COMPLIANT"
    assert added(text, REGION, "eu-west-1").compliance == "COMPLIANT"


def test_the_table() -> None:
    """Every effect is on a link of the chain; other calls and classes without a call have none."""
    assert {effect.link for effects in AT_ONCE.values() for effect in effects} <= set(LINKS)
    assert set(OWN_LINK.values()) == set(LINKS) - {"trail"}
    assert SilencingCall.of(api_call("kms.amazonaws.com", "CreateKey")) is None
    assert SilencingCall.of(RecordClass("root")) is None
