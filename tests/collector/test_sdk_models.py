"""An old boto3 with the models that the build adds knows every decisive member."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from alarmchain.collector import sdk_models
from alarmchain.collector.api_pages import items, pages
from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.collector.sdk_models import add_models, find_sdk_gaps
from alarmchain.snapshot.reads import Read, ReadKind
from alarmchain.snapshot.sdk_gaps import NEWER_MEMBERS
from alarmchain.snapshot.snapshot import Snapshot
from deployment.models import FOLDER, OMITTED_KEYS, models

HOME = "us-east-1"
MUTE_OPERATION = NEWER_MEMBERS[ReadKind.MUTE_RULES].operation
ITEM = {"logGroups": "LogGroup", "metricFilters": "MetricFilter", "MetricAlarms": "MetricAlarm"}
ITEM |= {"CompositeAlarms": "CompositeAlarm"}


def service_of(kind: ReadKind) -> str:
    """Return boto3's name of the service."""
    return kind.value.partition(":")[0]


def forget(model: dict[str, Any]) -> None:
    """Remove the newer members, and CBOR, from a service's model."""
    for newer in NEWER_MEMBERS.values():
        for name, members in newer.lists.items():
            shape = model["shapes"].get(ITEM.get(name, ""), {"members": {}})
            for member in members:
                shape["members"].pop(member, None)
        if newer.operation == MUTE_OPERATION:
            model["operations"].pop(newer.operation, None)
    alarms = model["shapes"].get("DescribeAlarmsOutput", {"members": {}})
    alarms["members"].pop("LogAlarms", None)
    if "AlarmType" in model["shapes"]:
        model["shapes"]["AlarmType"]["enum"].remove("LogAlarm")
    for name in [name for name in model["shapes"] if "MuteRule" in name]:
        del model["shapes"][name]
    if "query" in model["metadata"].get("protocols", ()):
        model["metadata"] |= {"protocol": "query", "protocols": ["query"]}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data path whose models lack the newer members and their paginators."""
    folder = tmp_path_factory.mktemp("old")
    loader = botocore.session.Session().get_component("data_loader")
    for service in {service_of(kind) for kind in NEWER_MEMBERS}:
        version = loader.determine_latest_version(service, "service-2")
        model = json.loads(json.dumps(loader.load_service_model(service, "service-2", version)))
        forget(model)
        pages = loader.load_service_model(service, "paginators-1", version)["pagination"]
        pages = {name: rule for name, rule in pages.items() if name != MUTE_OPERATION}
        place = folder / service / version
        place.mkdir(parents=True)
        (place / "service-2.json").write_text(json.dumps(model))
        (place / "paginators-1.json").write_text(json.dumps({"pagination": pages}))
    return folder


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the models that the build adds to a temporary folder, and use that folder."""
    for name, data in models().items():
        file = tmp_path / Path(name).relative_to(FOLDER)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    monkeypatch.setattr(sdk_models, "MODELS", tmp_path)


def client_of(service: str, old: Path) -> Any:
    """Return a client as the rule makes it, of a boto3 with the old models."""
    session = botocore.session.Session()
    session.set_config_variable("data_path", str(old))
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
    return add_models(session).create_client(service, region_name=HOME)


@pytest.mark.parametrize("kind", NEWER_MEMBERS)
def test_gaps_without_the_models(kind: ReadKind, old: Path) -> None:
    """Without the added models, as in a checkout, every gap is found."""
    expected = {member for members in NEWER_MEMBERS[kind].lists.values() for member in members}
    expected |= {MUTE_OPERATION} if kind is ReadKind.MUTE_RULES else set()
    expected |= {"LogAlarms"} if kind is ReadKind.ALL_ALARMS else set()
    assert find_sdk_gaps(kind, client_of(service_of(kind), old)).keys() == expected


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("kind", NEWER_MEMBERS)
def test_no_gaps_with_the_models(kind: ReadKind, old: Path) -> None:
    """With the added models there are no gaps."""
    assert find_sdk_gaps(kind, client_of(service_of(kind), old)) == {}


def answer_with(client: Any, body: Callable[[Any], str]) -> None:
    """Answer every request of the client with `body(request)`, without a network."""

    class Raw:
        def __init__(self, text: str) -> None:
            self._text = text

        def stream(self) -> list[bytes]:
            return [self._text.encode()]

    def answer(request: Any, **_: object) -> AWSResponse:
        return AWSResponse("https://local", 200, {}, Raw(body(request)))

    client.meta.events.register("before-send", answer)


@pytest.mark.usefixtures("built")
def test_newer_members_of_a_filter_are_read(old: Path) -> None:
    """boto3 returns the newer members of a metric filter, as a newer boto3 does."""
    client = client_of("logs", old)
    sent = {
        "filterName": "f",
        "applyOnTransformedLogs": True,
        "fieldSelectionCriteria": '@aws.region = "eu-west-1"',
        "emitSystemFieldDimensions": ["@aws.account"],
    }
    answer_with(client, lambda request: json.dumps({"metricFilters": [sent]}))
    (item,) = items(pages(client, "describe_metric_filters"), "metricFilters")
    assert item == sent


@pytest.mark.usefixtures("built")
def test_mute_rules_are_read_page_by_page(old: Path) -> None:
    """An operation that the old model lacks works, also with CloudWatch's older protocol."""

    def page(request: Any) -> str:
        first = "NextToken" not in request.body
        token = "<NextToken>2</NextToken>" if first else ""
        name = "first" if first else "second"
        rules = f"<member><AlarmMuteRuleArn>{name}</AlarmMuteRuleArn></member>"
        summaries = f"<AlarmMuteRuleSummaries>{rules}</AlarmMuteRuleSummaries>{token}"
        result = f"<ListAlarmMuteRulesResult>{summaries}</ListAlarmMuteRulesResult>"
        return f"<ListAlarmMuteRulesResponse>{result}</ListAlarmMuteRulesResponse>"

    client = client_of("cloudwatch", old)
    assert client.meta.service_model.metadata["protocol"] == "query"
    answer_with(client, page)
    rules = items(pages(client, "list_alarm_mute_rules", AlarmName="a"), "AlarmMuteRuleSummaries")
    assert [item["AlarmMuteRuleArn"] for item in rules] == ["first", "second"]


@pytest.mark.usefixtures("built")
def test_log_alarms_are_asked_for(old: Path) -> None:
    """An old boto3 whose added model has log alarms also sends their type, and returns them."""
    client = client_of("cloudwatch", old)
    bodies = []

    def page(request: Any) -> str:
        bodies.append(str(request.body))
        found = "<LogAlarms><member><AlarmName>l</AlarmName></member></LogAlarms>"
        result = f"<DescribeAlarmsResult>{found}</DescribeAlarmsResult>"
        return f"<DescribeAlarmsResponse>{result}</DescribeAlarmsResponse>"

    answer_with(client, page)
    read = Read(ReadKind.ALL_ALARMS, HOME, ())
    before = Snapshot("123456789012", 0.0)
    snapshot = collect(before, [read], Clients(lambda service, region: client))
    assert snapshot.collection("log_alarms", HOME) == ({"AlarmName": "l"},)
    assert "LogAlarm" in bodies[0]


def test_more_pages_without_a_paginator() -> None:
    """If boto3 has no paginator, the first page does not count as the whole answer."""

    class Client:
        def can_paginate(self, operation: str) -> bool:
            return False

        def list_alarm_mute_rules(self) -> dict[str, Any]:
            return {"AlarmMuteRuleSummaries": [], "NextToken": "2"}

    with pytest.raises(ValueError, match="more pages"):
        list(items(pages(Client(), "list_alarm_mute_rules"), "AlarmMuteRuleSummaries"))


@pytest.mark.usefixtures("built")
def test_a_newer_boto3_keeps_what_it_knows(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The models only add members; they remove nothing."""
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
    own = session.create_client("logs", region_name=HOME).meta.service_model
    newer = tmp_path_factory.mktemp("newer")
    model = json.loads(json.dumps(own._service_description))
    model["shapes"]["MetricFilter"]["members"]["memberOfTomorrow"] = {"shape": "FilterName"}
    model["shapes"]["FilterName"]["max"] = 4096
    place = newer / "logs" / own.api_version
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(model))
    merged = client_of("logs", newer).meta.service_model
    assert "memberOfTomorrow" in merged.shape_for("MetricFilter").members
    assert merged.shape_for("FilterName").metadata["max"] == 4096
    assert set(merged.operation_names) == set(own.operation_names)


def test_the_added_models_are_small() -> None:
    """The added models have less than 30 kB and no key that restricts values."""
    assert sum(map(len, models().values())) < 30_000
    text = b"".join(models().values()).decode()
    assert [word for word in OMITTED_KEYS if f'"{word}":' in text] == []
