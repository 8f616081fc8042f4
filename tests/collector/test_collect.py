"""Needs answered by AWS's answers, refusals and failures, call by call."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber

from alarmchain.collector.api_pages import kept
from alarmchain.collector.clients import CONFIG, Clients, client_builder
from alarmchain.collector.collect import collect
from alarmchain.collector.errors import CollectError, RefusedError
from alarmchain.collector.readers import READERS
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.snapshot import Denied, Snapshot

HERE, THERE = "123456789012", "999988887777"
HOME = "eu-west-1"
TRAIL = f"arn:aws:cloudtrail:{HOME}:{HERE}:trail/main"
TOPIC = f"arn:aws:sns:{HOME}:{HERE}:alarms"
SUBSCRIPTION = f"{TOPIC}:00000000-0000-0000-0000-000000000000"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:{HOME}:{HERE}:key/{KEY}"
ROLE = f"arn:aws:iam::{THERE}:role/follow"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
RENEW = "the AWS credentials have expired; renew them"
EMPTY = Snapshot(HERE, AT.timestamp())


def read(kind: ReadKind, *what: str, region: str = HOME, account: str = "") -> Read:
    """A read in the home region."""
    return Read(kind, region, what, account)


NEEDS = {
    ReadKind.TRAILS: read(ReadKind.TRAILS),
    ReadKind.TRAIL_STATUS: read(ReadKind.TRAIL_STATUS, TRAIL),
    ReadKind.TRAIL_SELECTORS: read(ReadKind.TRAIL_SELECTORS, TRAIL),
    ReadKind.LOG_GROUP: read(ReadKind.LOG_GROUP, "trail"),
    ReadKind.METRIC_FILTERS: read(ReadKind.METRIC_FILTERS, "trail"),
    ReadKind.METRIC_ALARMS: read(ReadKind.METRIC_ALARMS, "Space", "Metric"),
    ReadKind.ALL_ALARMS: read(ReadKind.ALL_ALARMS),
    ReadKind.MUTE_RULES: read(ReadKind.MUTE_RULES, "alarm"),
    ReadKind.TOPIC: read(ReadKind.TOPIC, TOPIC),
    ReadKind.SUBSCRIPTIONS: read(ReadKind.SUBSCRIPTIONS, TOPIC),
    ReadKind.SUBSCRIPTION: read(ReadKind.SUBSCRIPTION, SUBSCRIPTION),
    ReadKind.KEY: read(ReadKind.KEY, KEY),
    ReadKind.KEY_POLICY: read(ReadKind.KEY_POLICY, KEY),
}
"""One read of each kind."""


def test_what_people_write_for_people_is_not_kept() -> None:
    """It may hold anything; but what an account calls so itself, such as a dimension, stays."""
    answer = {
        "AlarmName": "a",
        "AlarmDescription": "see https://example.com/?token=secret",
        "StateReason": "x",
        "metricTransformations": [{"dimensions": {"Description": "$.eventName"}}],
        "ResponseMetadata": {},
    }
    assert kept(answer) == {
        "AlarmName": "a",
        "metricTransformations": [{"dimensions": {"Description": "$.eventName"}}],
    }


class StubbedAws:
    """Clients whose answers are given beforehand, in order; what they are asked for is checked."""

    def __init__(self) -> None:
        self.stubs: dict[str, Stubber] = {}
        self.built: list[tuple[str, str]] = []
        self.clients = Clients(self._build, ROLE)

    def _build(self, service: str, region: str) -> Any:
        self.built.append((service, region))
        return self.stub(service).client

    def stub(self, service: str) -> Stubber:
        """The stub of a service's client."""
        if service not in self.stubs:
            self.stubs[service] = Stubber(client_of(service))
            self.stubs[service].activate()
        return self.stubs[service]

    def answers(self, kind: ReadKind, answer: dict[str, Any], **expected: Any) -> None:
        """The next answer to the operation of a kind, if it is asked with `expected`."""
        service, operation = kind.value.split(":")
        method = botocore.xform_name(operation)
        self.stub(service).add_response(method, answer, expected)

    def refuses(self, kind: ReadKind, code: str, status: int = 400) -> None:
        """The next answer to the operation of a kind is an error."""
        service, operation = kind.value.split(":")
        method = botocore.xform_name(operation)
        self.stub(service).add_client_error(method, code, "said AWS", http_status_code=status)

    def done(self) -> None:
        """Fails unless everything prepared was asked for."""
        for stub in self.stubs.values():
            stub.deactivate()
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@cache
def client_of(service: str, attempts: int = 3) -> Any:
    """A client, made once: only one stub at a time answers for it."""
    config = CONFIG.merge(Config(retries={"total_max_attempts": attempts}))
    return session().client(service, region_name=HOME, config=config)


def session() -> boto3.Session:
    """Credentials that lead nowhere."""
    return boto3.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="none")


@pytest.fixture
def aws() -> Iterator[StubbedAws]:
    """AWS with answers given beforehand, all of which must be fetched."""
    stubbed = StubbedAws()
    yield stubbed
    stubbed.done()


def collections(snapshot: Snapshot, region: str = HOME) -> dict[str, tuple[Any, ...]]:
    """What is filed of a region, by room, empty rooms aside."""
    return {name: items for name, items in snapshot.regions[region].collections.items() if items}


def test_every_kind_has_a_reader() -> None:
    """But for the assuming of a role, which has nothing to file."""
    assert set(READERS) == set(NEEDS) == set(ReadKind) - {ReadKind.ASSUME_ROLE}


def test_clients_wait_for_a_bounded_time() -> None:
    """botocore's own limit is as long as RDK's Lambda lives."""
    client = Clients(client_builder(session())).of("sns", "eu-west-2")
    config = client.meta.config
    assert client.meta.region_name == "eu-west-2"
    assert (config.connect_timeout, config.read_timeout) == (5, 10)
    assert config.retries["mode"] == "standard"


def test_trails_are_filed_where_they_are_at_home(aws: StubbedAws) -> None:
    """Shadows of other regions' trails come with the default request."""
    shadow = {
        "TrailARN": f"arn:aws:cloudtrail:us-east-1:{THERE}:trail/o",
        "HomeRegion": "us-east-1",
    }
    own = {"TrailARN": TRAIL, "HomeRegion": HOME}
    aws.answers(ReadKind.TRAILS, {"trailList": [shadow, own]})
    snapshot = collect(EMPTY, [NEEDS[ReadKind.TRAILS]], aws.clients)
    assert collections(snapshot) == {"trails": (own,)}
    assert collections(snapshot, "us-east-1") == {"trails": (shadow,)}
    assert NEEDS[ReadKind.TRAILS] in snapshot.reads
    assert not snapshot.regions[HOME].complete("trails")


def test_status_and_selectors_join_their_trail(aws: StubbedAws) -> None:
    """Asked for by ARN; times that decide are epoch seconds, others ISO 8601."""
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    aws.answers(ReadKind.TRAILS, {"trailList": [{"TrailARN": TRAIL, "HomeRegion": HOME}]})
    aws.answers(
        ReadKind.TRAIL_STATUS,
        {
            "IsLogging": True,
            "LatestCloudWatchLogsDeliveryTime": AT,
            "StartLoggingTime": AT,
        },
        Name=TRAIL,
    )
    aws.answers(
        ReadKind.TRAIL_SELECTORS, {"TrailARN": TRAIL, "EventSelectors": selectors}, TrailName=TRAIL
    )
    kinds = (ReadKind.TRAILS, ReadKind.TRAIL_STATUS, ReadKind.TRAIL_SELECTORS)
    snapshot = collect(EMPTY, [NEEDS[kind] for kind in kinds], aws.clients)
    (trail,) = collections(snapshot)["trails"]
    assert trail == {
        "TrailARN": TRAIL,
        "HomeRegion": HOME,
        "Status": {
            "IsLogging": True,
            "LatestCloudWatchLogsDeliveryTime": AT.timestamp(),
            "StartLoggingTime": AT.isoformat(),
        },
        "EventSelectors": selectors,
    }


def test_a_log_group_is_found_behind_others_of_its_prefix(aws: StubbedAws) -> None:
    """Only a prefix can be asked for; its exact name may come on a later page, and ends it."""
    page = {"logGroups": [{"logGroupName": "trail-2"}], "nextToken": "more"}
    found = {"logGroups": [{"logGroupName": "trail"}], "nextToken": "unread"}
    aws.answers(ReadKind.LOG_GROUP, page, logGroupNamePrefix="trail")
    aws.answers(ReadKind.LOG_GROUP, found, logGroupNamePrefix="trail", nextToken="more")
    snapshot = collect(EMPTY, [NEEDS[ReadKind.LOG_GROUP]], aws.clients)
    assert collections(snapshot) == {"log_groups": ({"logGroupName": "trail"},)}


def test_a_log_group_that_is_not_there(aws: StubbedAws) -> None:
    """No item, and the read is answered."""
    aws.answers(
        ReadKind.LOG_GROUP, {"logGroups": [{"logGroupName": "trail-2"}]}, logGroupNamePrefix="trail"
    )
    snapshot = collect(EMPTY, [NEEDS[ReadKind.LOG_GROUP]], aws.clients)
    assert not snapshot.regions
    assert NEEDS[ReadKind.LOG_GROUP] in snapshot.reads


FILTER = {"filterName": "f", "logGroupName": "g"}
ALARM = {"AlarmName": "a"}


@pytest.mark.parametrize(
    ("asked", "request_", "answers", "filed"),
    [
        (
            read(ReadKind.METRIC_FILTERS, "g"),
            {"logGroupName": "g"},
            [
                {"metricFilters": [FILTER], "nextToken": "2"},
                {"metricFilters": [FILTER | {"filterName": "h"}]},
            ],
            {"metric_filters": (FILTER, FILTER | {"filterName": "h"})},
        ),
        (
            read(ReadKind.METRIC_FILTERS, "Space", "Metric"),
            {"metricNamespace": "Space", "metricName": "Metric"},
            [{"metricFilters": [FILTER]}],
            {"metric_filters": (FILTER,)},
        ),
        (
            read(ReadKind.METRIC_ALARMS, "Space", "Metric"),
            {"Namespace": "Space", "MetricName": "Metric"},
            [{"MetricAlarms": [ALARM | {"StateTransitionedTimestamp": AT}]}],
            {"metric_alarms": (ALARM | {"StateTransitionedTimestamp": AT.timestamp()},)},
        ),
        (
            read(ReadKind.METRIC_ALARMS, "Space", "Metric", "d", "1", "e", "2"),
            {
                "Namespace": "Space",
                "MetricName": "Metric",
                "Dimensions": [{"Name": "d", "Value": "1"}, {"Name": "e", "Value": "2"}],
            },
            [{"MetricAlarms": []}],
            {},
        ),
        (
            read(ReadKind.ALL_ALARMS),
            {"AlarmTypes": ["CompositeAlarm", "MetricAlarm", "LogAlarm"], "MaxRecords": 100},
            [
                {
                    "MetricAlarms": [ALARM],
                    "CompositeAlarms": [{"AlarmName": "c"}],
                    "NextToken": "2",
                },
                {"MetricAlarms": [{"AlarmName": "b"}], "LogAlarms": [{"AlarmName": "l"}]},
            ],
            {
                "metric_alarms": (ALARM, {"AlarmName": "b"}),
                "composite_alarms": ({"AlarmName": "c"},),
                "log_alarms": ({"AlarmName": "l"},),
            },
        ),
        (
            read(ReadKind.MUTE_RULES, "a"),
            {"AlarmName": "a", "MaxRecords": 100},
            [
                {"AlarmMuteRuleSummaries": [{"Status": "EXPIRED"}], "NextToken": "2"},
                {"AlarmMuteRuleSummaries": [{"Status": "ACTIVE", "ExpireDate": AT}]},
            ],
            {
                "mute_rules": (
                    {
                        "AlarmName": "a",
                        "Rules": [
                            {"Status": "EXPIRED"},
                            {"Status": "ACTIVE", "ExpireDate": AT.isoformat()},
                        ],
                    },
                )
            },
        ),
        (
            read(ReadKind.TOPIC, TOPIC),
            {"TopicArn": TOPIC},
            [{"Attributes": {"Owner": HERE}}],
            {"topics": ({"TopicArn": TOPIC, "Attributes": {"Owner": HERE}},)},
        ),
        (
            read(ReadKind.SUBSCRIPTIONS, TOPIC),
            {"TopicArn": TOPIC},
            [
                {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}], "NextToken": "2"},
                {"Subscriptions": [{"SubscriptionArn": SUBSCRIPTION}]},
            ],
            {
                "topics": (
                    {
                        "TopicArn": TOPIC,
                        "Subscriptions": [
                            {"SubscriptionArn": "PendingConfirmation"},
                            {"SubscriptionArn": SUBSCRIPTION},
                        ],
                    },
                )
            },
        ),
        (
            read(ReadKind.KEY, "alias/alarms"),
            {"KeyId": "alias/alarms"},
            [{"KeyMetadata": {"KeyId": KEY, "CreationDate": AT}}],
            {
                "keys": (
                    {
                        "KeyId": "alias/alarms",
                        "Metadata": {"KeyId": KEY, "CreationDate": AT.isoformat()},
                    },
                )
            },
        ),
        (
            read(ReadKind.KEY_POLICY, KEY),
            {"KeyId": KEY, "PolicyName": "default"},
            [{"Policy": "{}"}],
            {"keys": ({"KeyId": KEY, "Policy": "{}"},)},
        ),
    ],
    ids=lambda value: f"{value.kind.name}-{len(value.what)}" if isinstance(value, Read) else "",
)
def test_what_is_asked_and_where_it_is_filed(
    aws: StubbedAws,
    asked: Read,
    request_: dict[str, Any],
    answers: list[dict[str, Any]],
    filed: dict[str, tuple[Any, ...]],
) -> None:
    """All pages of each operation end up in their room."""
    for place, answer in enumerate(answers):
        key = "nextToken" if asked.kind is ReadKind.METRIC_FILTERS else "NextToken"
        aws.answers(asked.kind, answer, **request_, **({key: "2"} if place else {}))
    snapshot = collect(EMPTY, [asked], aws.clients)
    assert collections(snapshot) == filed if filed else not any(collections(snapshot).values())
    assert snapshot.reads == {asked: None}
    assert aws.built == [(asked.kind.value.split(":")[0], HOME)]


def test_a_subscription_is_filed_in_its_topic(aws: StubbedAws) -> None:
    """The others of the topic stay as they are."""
    waiting = {"SubscriptionArn": "PendingConfirmation"}
    aws.answers(
        ReadKind.SUBSCRIPTIONS,
        {"Subscriptions": [waiting, {"SubscriptionArn": SUBSCRIPTION}]},
        TopicArn=TOPIC,
    )
    aws.answers(
        ReadKind.SUBSCRIPTION, {"Attributes": {"FilterPolicy": "{}"}}, SubscriptionArn=SUBSCRIPTION
    )
    snapshot = collect(
        EMPTY, [NEEDS[ReadKind.SUBSCRIPTIONS], NEEDS[ReadKind.SUBSCRIPTION]], aws.clients
    )
    (topic,) = collections(snapshot)["topics"]
    told = {"SubscriptionArn": SUBSCRIPTION, "Attributes": {"FilterPolicy": "{}"}}
    assert topic["Subscriptions"] == [waiting, told]


def test_the_policy_of_a_key_known_by_an_alias(aws: StubbedAws) -> None:
    """GetKeyPolicy takes no alias: it is asked with what DescribeKey told."""
    alias = "alias/alarms"
    aws.answers(ReadKind.KEY, {"KeyMetadata": {"KeyId": KEY, "Arn": KEY_ARN}}, KeyId=alias)
    aws.answers(ReadKind.KEY_POLICY, {"Policy": "{}"}, KeyId=KEY_ARN, PolicyName="default")
    snapshot = collect(
        EMPTY, [read(ReadKind.KEY, alias), read(ReadKind.KEY_POLICY, alias)], aws.clients
    )
    (key,) = collections(snapshot)["keys"]
    assert (key["KeyId"], key["Metadata"]["KeyId"], key["Policy"]) == (alias, KEY, "{}")


@pytest.mark.parametrize("kind", NEEDS)
@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "UnauthorizedOperation",
        "KMSAccessDenied",
        "InvalidParameter",
    ],
)
def test_a_refused_read_is_data(aws: StubbedAws, kind: ReadKind, code: str) -> None:
    """Action, resource, region and code are kept; nothing is filed, and it is not asked again."""
    aws.refuses(kind, code)
    snapshot = collect(EMPTY, [NEEDS[kind]], aws.clients)
    resource = "/".join(NEEDS[kind].what) or "*"
    assert snapshot.denied == (Denied(kind.value, resource, HOME, code),)
    assert not snapshot.regions
    assert collect(snapshot, [NEEDS[kind]], aws.clients) == snapshot


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
    """It may vanish between two calls: nothing is filed, nothing is refused."""
    aws.refuses(kind, code, 404)
    snapshot = collect(EMPTY, [NEEDS[kind]], aws.clients)
    assert (snapshot.denied, dict(snapshot.regions)) == ((), {})
    assert NEEDS[kind] in snapshot.reads


def unretried(stubbed: StubbedAws, service: str) -> None:
    """A client that does not wait between retries: what outlasts them is what is tested."""
    stubbed.stubs[service] = Stubber(client_of(service, 1))
    stubbed.stubs[service].activate()


@pytest.mark.parametrize("kind", NEEDS)
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
    """It is raised, with what failed where, and whether another try may succeed."""
    unretried(aws, kind.value.split(":")[0])
    aws.refuses(kind, code, status)
    with pytest.raises(CollectError) as caught:
        collect(EMPTY, [NEEDS[kind]], aws.clients)
    assert not isinstance(caught.value, RefusedError)
    assert caught.value.transient is transient
    said = RENEW if code == "ExpiredTokenException" else "said AWS"
    assert str(caught.value) == f"{kind.value} in {HOME} failed: {code}: {said}"


def test_a_failure_on_a_later_page(aws: StubbedAws) -> None:
    """The pages before it are no answer either."""
    unretried(aws, "sns")
    aws.answers(ReadKind.SUBSCRIPTIONS, {"Subscriptions": [], "NextToken": "2"}, TopicArn=TOPIC)
    aws.refuses(ReadKind.SUBSCRIPTIONS, "InternalError", 500)
    with pytest.raises(CollectError, match="sns:ListSubscriptionsByTopic"):
        collect(EMPTY, [NEEDS[ReadKind.SUBSCRIPTIONS]], aws.clients)


@pytest.mark.parametrize(
    "code", ["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"]
)
def test_a_region_that_is_not_enabled(aws: StubbedAws, code: str) -> None:
    """The message names the region and says what may be the matter."""
    aws.refuses(ReadKind.TRAILS, code, 403)
    with pytest.raises(CollectError, match=f"region {HOME} is not enabled for the account.*{code}"):
        collect(EMPTY, [NEEDS[ReadKind.TRAILS]], aws.clients)


@pytest.mark.parametrize(
    ("error", "transient", "said"),
    [
        (ReadTimeoutError(endpoint_url="https://sns"), True, "sns:GetTopicAttributes in eu-west-1"),
        (ConnectTimeoutError(endpoint_url="https://sns"), True, "sns:GetTopicAttributes"),
        (NoCredentialsError(), False, "no usable AWS credentials"),
    ],
)
def test_a_call_that_does_not_come_through(error: Exception, transient: bool, said: str) -> None:
    """A time-out may pass; missing credentials do not."""

    def fail(**_: object) -> None:
        raise error

    config = CONFIG.merge(Config(retries={"total_max_attempts": 1}))
    client = session().client("sns", region_name=HOME, config=config)
    client.meta.events.register("before-send.sns", fail)
    with pytest.raises(CollectError, match=said) as caught:
        collect(EMPTY, [NEEDS[ReadKind.TOPIC]], Clients(lambda service, region: client))
    assert caught.value.transient is transient


def test_a_request_that_botocore_does_not_send() -> None:
    """A name that an alarm or a topic holds, and that can't be asked for, stays unknown."""
    clients = Clients(client_builder(session()))
    snapshot = collect(EMPTY, [read(ReadKind.METRIC_ALARMS, "Space", "")], clients)
    assert [denied.code for denied in snapshot.denied] == ["ParamValidation"]


def test_reads_in_another_account_take_one_role_once(
    aws: StubbedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read there is filed apart; the role's credentials are used, and only there."""
    trail = {"TrailARN": TRAIL.replace(HERE, THERE), "HomeRegion": HOME}
    credentials = {
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": AT,
    }
    aws.answers(
        ReadKind.ASSUME_ROLE,
        {"Credentials": credentials},
        RoleArn=ROLE,
        RoleSessionName="alarmchain",
    )
    aws.answers(ReadKind.TRAILS, {"trailList": [trail]})
    aws.answers(ReadKind.TRAIL_STATUS, {"IsLogging": True}, Name=trail["TrailARN"])
    used: list[dict[str, str]] = []

    class Session:
        def __init__(self, **given: str) -> None:
            used.append(given)

        def client(self, service: str, region_name: str, config: Config) -> Any:
            assert (region_name, config) == (HOME, CONFIG)
            return aws.stub(service).client

    monkeypatch.setattr(boto3, "Session", Session)
    aws.stub("cloudtrail")
    snapshot = collect(
        EMPTY,
        [
            read(ReadKind.ASSUME_ROLE, account=THERE),
            read(ReadKind.TRAILS, account=THERE),
            read(ReadKind.TRAIL_STATUS, trail["TrailARN"], account=THERE),
        ],
        aws.clients,
    )
    assert aws.built == [("sts", HOME)]
    assert [one["aws_access_key_id"] for one in used] == ["ASIAIOSFODNN7EXAMPLE"]
    assert not snapshot.regions
    assert collections(snapshot.linked[THERE]) == {
        "trails": ({**trail, "Status": {"IsLogging": True}},)
    }
    assert len(snapshot.reads) == 3


def test_a_role_that_may_not_be_assumed(aws: StubbedAws) -> None:
    """Both the role and the read that wanted it are refused; what is read here goes on."""
    aws.refuses(ReadKind.ASSUME_ROLE, "AccessDenied", 403)
    there = read(ReadKind.TRAILS, account=THERE)
    snapshot = collect(EMPTY, [there], aws.clients)
    assert snapshot.denied == (
        Denied("sts:AssumeRole", ROLE, HOME, "AccessDenied", THERE),
        Denied("cloudtrail:DescribeTrails", "*", HOME, "sts:AssumeRole: AccessDenied", THERE),
    )
    assert there in snapshot.reads


def test_a_role_of_a_third_account(aws: StubbedAws) -> None:
    """It is not assumed for an account that it does not lead into."""
    third = "111122223333"
    snapshot = collect(EMPTY, [read(ReadKind.TRAILS, account=third)], aws.clients)
    assert snapshot.denied[0] == Denied("sts:AssumeRole", ROLE, HOME, "NoRole", third)
    assert aws.built == []


@contextmanager
def old_boto3(
    folder: Path, service: str, forget: Callable[[dict[str, Any]], None]
) -> Iterator[Any]:
    """A client of the service whose model was trimmed, as an older boto3's would be."""
    loader = botocore.session.Session().get_component("data_loader")
    version = loader.determine_latest_version(service, "service-2")
    model = loader.load_service_model(service, "service-2", version)
    model = json.loads(json.dumps(model))
    forget(model)
    place = folder / service / version
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(model))
    core = botocore.session.Session()
    core.set_config_variable("data_path", str(folder))
    core.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
    yield core.create_client(service, region_name=HOME)


def respond(client: Any, service: str, body: dict[str, Any]) -> None:
    """Every request is answered with the body, without a network."""

    class Raw:
        def __init__(self, content: bytes) -> None:
            self._content = content

        def stream(self) -> Iterator[bytes]:
            yield self._content

    def answer(**_: object) -> AWSResponse:
        headers = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse("https://local", 200, headers, Raw(json.dumps(body).encode()))

    client.meta.events.register(f"before-send.{service}", answer)


@pytest.mark.parametrize(
    "member", ["applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions"]
)
def test_an_old_boto3_drops_what_narrows_a_filter(tmp_path: Path, member: str) -> None:
    """The member is missing from the item as if it had no value; that it was not seen is noted."""
    full = {**FILTER, "applyOnTransformedLogs": True, "fieldSelectionCriteria": "x"}
    full["emitSystemFieldDimensions"] = ["@aws.account"]

    def forget(model: dict[str, Any]) -> None:
        del model["shapes"]["MetricFilter"]["members"][member]

    with old_boto3(tmp_path, "logs", forget) as client:
        respond(client, "cloudwatch-logs", {"metricFilters": [full]})
        clients = Clients(lambda service, region: client)
        snapshot = collect(EMPTY, [NEEDS[ReadKind.METRIC_FILTERS]], clients)
    (item,) = collections(snapshot)["metric_filters"]
    assert set(full) - set(item) == {member}
    assert snapshot.sdk_gaps == {member: boto3.__version__}


def test_an_old_boto3_knows_no_mute_rules(tmp_path: Path) -> None:
    """Nothing is asked, and nothing is taken for "none"."""

    def forget(model: dict[str, Any]) -> None:
        del model["operations"]["ListAlarmMuteRules"]

    with old_boto3(tmp_path, "cloudwatch", forget) as client:
        clients = Clients(lambda service, region: client)
        snapshot = collect(EMPTY, [NEEDS[ReadKind.MUTE_RULES]], clients)
    assert snapshot.sdk_gaps == {"ListAlarmMuteRules": boto3.__version__}
    assert NEEDS[ReadKind.MUTE_RULES] in snapshot.reads


def test_an_old_boto3_asks_for_the_alarm_types_it_knows(tmp_path: Path) -> None:
    """LogAlarm can't be sent; that such alarms were not seen is noted, and so is a member."""

    def forget(model: dict[str, Any]) -> None:
        shapes = model["shapes"]
        shapes["AlarmType"]["enum"].remove("LogAlarm")
        del shapes["DescribeAlarmsOutput"]["members"]["LogAlarms"]
        del shapes["MetricAlarm"]["members"]["EvaluationWindow"]

    with old_boto3(tmp_path, "cloudwatch", forget) as client:
        stub = Stubber(client)
        expected = {"AlarmTypes": ["CompositeAlarm", "MetricAlarm"], "MaxRecords": 100}
        stub.add_response("describe_alarms", {"MetricAlarms": [ALARM]}, expected)
        with stub:
            clients = Clients(lambda service, region: client)
            snapshot = collect(EMPTY, [NEEDS[ReadKind.ALL_ALARMS]], clients)
    assert collections(snapshot) == {"metric_alarms": (ALARM,)}
    assert set(snapshot.sdk_gaps) == {"LogAlarms", "EvaluationWindow"}


def test_the_boto3_of_this_project_is_not_blind(aws: StubbedAws) -> None:
    """Else the tests above would show nothing."""
    aws.answers(ReadKind.METRIC_FILTERS, {"metricFilters": []}, logGroupName="trail")
    assert collect(EMPTY, [NEEDS[ReadKind.METRIC_FILTERS]], aws.clients).sdk_gaps == {}
