"""A denied read is data, a missing resource is an answer, and every other failure is raised."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber

from alarmchain.collector.clients import CONFIG, Clients, client_builder
from alarmchain.collector.collect import collect
from alarmchain.collector.errors import CollectError, RefusedError
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Region
from tests.collector.stubbed_aws import (
    EMPTY,
    HOME,
    KEY,
    MESSAGE,
    OF_REGION,
    READS,
    RENEW,
    TOPIC,
    StubbedAws,
    client_of,
    read,
    session,
)


@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "UnauthorizedOperation",
        "KMSAccessDenied",
        "InvalidParameter",
        "InvalidAction",
        "UnknownOperationException",
    ],
)
def test_a_refused_read_is_data(aws: StubbedAws, kind: ReadKind, code: str) -> None:
    """The snapshot keeps the denial's action, resource, region and code; no read is repeated."""
    aws.refuses(kind, code)
    snapshot = collect(EMPTY, [READS[kind]], aws.clients)
    resource = "/".join(READS[kind].what) or "*"
    assert snapshot.denied == (Denied(kind.value, resource, HOME, code),)
    assert not snapshot.regions
    assert collect(snapshot, [READS[kind]], aws.clients) == snapshot


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ReadKind.TRAIL_STATUS, "TrailNotFoundException"),
        (ReadKind.TRAIL_SELECTORS, "TrailNotFoundException"),
        (ReadKind.METRIC_FILTERS, "ResourceNotFoundException"),
        (ReadKind.TOPIC, "NotFound"),
        (ReadKind.SUBSCRIPTIONS, "NotFound"),
        (ReadKind.SUBSCRIPTION, "NotFound"),
        (ReadKind.KEY, "NotFoundException"),
        (ReadKind.KEY_POLICY, "NotFoundException"),
    ],
)
def test_what_is_gone_is_an_answer(aws: StubbedAws, kind: ReadKind, code: str) -> None:
    """A resource that was deleted between two calls leaves no item and no denial."""
    aws.refuses(kind, code, 404)
    snapshot = collect(EMPTY, [READS[kind]], aws.clients)
    assert (snapshot.denied, dict(snapshot.regions)) == ((), {})
    assert READS[kind] in snapshot.reads


@pytest.mark.parametrize("read", [read(kind) for kind in OF_REGION])
def test_a_region_is_never_gone(aws: StubbedAws, read: Read) -> None:
    """ "Not found" for a whole region is a failure, and not an empty answer."""
    aws.refuses(read.kind, "ResourceNotFoundException")
    message = f"{read.kind.value} in {HOME} failed: a resource was deleted"
    with pytest.raises(CollectError, match=message) as caught:
        collect(EMPTY, [read], aws.clients)
    assert caught.value.transient


def test_an_alarm_that_is_deleted_during_a_read(aws: StubbedAws) -> None:
    """The mute rules of the other alarms do not vanish with it."""
    alarms = [{"AlarmName": name, "AlarmActions": [TOPIC]} for name in ("muted", "deleted")]
    account = replace(EMPTY, regions={HOME: Region({"metric_alarms": tuple(alarms)})})
    rules = {"AlarmMuteRuleSummaries": [{"Status": "ACTIVE"}]}
    for request in ({}, {"AlarmName": "muted"}):
        aws.answers(ReadKind.MUTE_RULES, rules, MaxRecords=100, **request)
    aws.refuses(ReadKind.MUTE_RULES, "ResourceNotFoundException")
    with pytest.raises(CollectError, match="a resource was deleted"):
        collect(account, [read(ReadKind.MUTE_RULES)], aws.clients)


def unretried(stubbed: StubbedAws, service: str) -> None:
    """Use a client without retries, because the tests are about errors after all retries."""
    stubbed.stubs[service] = Stubber(client_of(service, 1))
    stubbed.stubs[service].activate()


@pytest.mark.parametrize("kind", READS)
@pytest.mark.parametrize(
    ("code", "status", "transient"),
    [
        ("ThrottlingException", 400, True),
        ("Throttling", 400, True),
        ("TooManyRequestsException", 429, True),
        ("InternalFailure", 500, True),
        ("SomethingNew", 503, True),
        ("ServiceUnavailableException", 503, True),
        ("ExpiredTokenException", 400, False),
        ("SomethingNew", 400, False),
    ],
)
def test_a_failure_is_never_an_empty_answer(
    aws: StubbedAws, kind: ReadKind, code: str, status: int, transient: bool
) -> None:
    """A failure is raised with its operation, region and message, and whether it may pass."""
    unretried(aws, kind.value.split(":")[0])
    aws.refuses(kind, code, status)
    with pytest.raises(CollectError) as caught:
        collect(EMPTY, [READS[kind]], aws.clients)
    assert not isinstance(caught.value, RefusedError)
    assert caught.value.transient is transient
    message = RENEW if code == "ExpiredTokenException" else MESSAGE
    assert str(caught.value) == f"{kind.value} in {HOME} failed: {code}: {message}"


def test_a_failure_on_a_later_page(aws: StubbedAws) -> None:
    """A failure on a later page is raised; the earlier pages are not used."""
    unretried(aws, "sns")
    aws.answers(ReadKind.SUBSCRIPTIONS, {"Subscriptions": [], "NextToken": "2"}, TopicArn=TOPIC)
    aws.refuses(ReadKind.SUBSCRIPTIONS, "InternalError", 500)
    with pytest.raises(CollectError, match="sns:ListSubscriptionsByTopic"):
        collect(EMPTY, [READS[ReadKind.SUBSCRIPTIONS]], aws.clients)


def test_a_time_that_cannot_be_converted(aws: StubbedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time before the year 1 in UTC is an answer that cannot be read."""
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    answer = {"KeyMetadata": {"KeyId": KEY, "CreationDate": first}}
    monkeypatch.setattr(aws.stub("kms").client, "describe_key", lambda **_: answer)
    with pytest.raises(CollectError, match="gave an unreadable answer: OverflowError"):
        collect(EMPTY, [READS[ReadKind.KEY]], aws.clients)


@pytest.mark.parametrize(
    "code", ["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"]
)
def test_a_region_that_is_not_enabled(aws: StubbedAws, code: str) -> None:
    """The message says that the region is not enabled."""
    aws.refuses(ReadKind.TRAILS, code, 403)
    with pytest.raises(CollectError, match=f"region {HOME} is not enabled for the account.*{code}"):
        collect(EMPTY, [READS[ReadKind.TRAILS]], aws.clients)


@pytest.mark.parametrize(
    ("error", "transient", "message"),
    [
        (ReadTimeoutError(endpoint_url="https://sns"), True, "sns:GetTopicAttributes in eu-west-1"),
        (ConnectTimeoutError(endpoint_url="https://sns"), True, "sns:GetTopicAttributes"),
        (NoCredentialsError(), False, "no usable AWS credentials"),
    ],
)
def test_a_call_without_an_answer(error: Exception, transient: bool, message: str) -> None:
    """A time-out may pass; missing credentials do not."""

    def fail(**_: object) -> None:
        raise error

    config = CONFIG.merge(Config(retries={"total_max_attempts": 1}))
    client = session().client("sns", region_name=HOME, config=config)
    client.meta.events.register("before-send.sns", fail)
    with pytest.raises(CollectError, match=message) as caught:
        collect(EMPTY, [READS[ReadKind.TOPIC]], Clients(lambda service, region: client))
    assert caught.value.transient is transient


def test_a_request_that_botocore_does_not_send() -> None:
    """A read with a name that botocore refuses is recorded as denied."""
    clients = Clients(client_builder(session()))
    snapshot = collect(EMPTY, [read(ReadKind.METRIC_ALARMS, "Space", "")], clients)
    assert [denied.code for denied in snapshot.denied] == ["ParamValidation"]
