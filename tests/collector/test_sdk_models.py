"""An old boto3 with the models that the build adds knows every decisive member."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from alarmchain.collector import sdk_models as taught_models
from alarmchain.collector.api_pages import items
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
    """As boto3 calls it."""
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
    """A data path whose models lack the newer members and the paginators for them."""
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
    """The models that the build adds to the module's folder are in a temporary folder."""
    for name, data in models().items():
        file = tmp_path / Path(name).relative_to(FOLDER)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    monkeypatch.setattr(taught_models, "MODELS", tmp_path)


def client_of(service: str, old: Path) -> Any:
    """A client as the rule makes it, of a boto3 whose models are the old ones."""
    session = botocore.session.Session()
    session.set_config_variable("data_path", str(old))
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
    return add_models(session).create_client(service, region_name=HOME)


@pytest.mark.parametrize("kind", NEWER_MEMBERS)
def test_gaps_without_the_models(kind: ReadKind, old: Path) -> None:
    """Without the added models, as in a checkout, every gap is found."""
    wanted = {member for members in NEWER_MEMBERS[kind].lists.values() for member in members}
    wanted |= {MUTE_OPERATION} if kind is ReadKind.MUTE_RULES else set()
    wanted |= {"LogAlarms"} if kind is ReadKind.ALL_ALARMS else set()
    assert find_sdk_gaps(kind, client_of(service_of(kind), old)).keys() == wanted


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("kind", NEWER_MEMBERS)
def test_no_gaps_with_the_models(kind: ReadKind, old: Path) -> None:
    """With the added models there are no gaps."""
    assert find_sdk_gaps(kind, client_of(service_of(kind), old)) == {}


def answering(client: Any, body: Callable[[Any], str]) -> None:
    """Every request is answered with what `body` makes of it, without a network."""

    class Raw:
        def __init__(self, text: str) -> None:
            self._text = text

        def stream(self) -> list[bytes]:
            return [self._text.encode()]

    def answer(request: Any, **_: object) -> AWSResponse:
        return AWSResponse("https://local", 200, {}, Raw(body(request)))

    client.meta.events.register("before-send", answer)


@pytest.mark.usefixtures("built")
def test_what_narrows_a_filter_is_read(old: Path) -> None:
    """The members come out of an answer in JSON, as they would of a newer boto3."""
    client = client_of("logs", old)
    given = {
        "filterName": "f",
        "applyOnTransformedLogs": True,
        "fieldSelectionCriteria": '@aws.region = "eu-west-1"',
        "emitSystemFieldDimensions": ["@aws.account"],
    }
    answering(client, lambda request: json.dumps({"metricFilters": [given]}))
    (item,) = items(client, "describe_metric_filters", "metricFilters")
    assert item == given


@pytest.mark.usefixtures("built")
def test_mute_rules_are_read_page_by_page(old: Path) -> None:
    """An operation that was not there at all works, over CloudWatch's older protocol too."""

    def page(request: Any) -> str:
        first = "NextToken" not in request.body
        token = "<NextToken>2</NextToken>" if first else ""
        name = "first" if first else "second"
        rules = f"<member><AlarmMuteRuleArn>{name}</AlarmMuteRuleArn></member>"
        found = f"<AlarmMuteRuleSummaries>{rules}</AlarmMuteRuleSummaries>{token}"
        result = f"<ListAlarmMuteRulesResult>{found}</ListAlarmMuteRulesResult>"
        return f"<ListAlarmMuteRulesResponse>{result}</ListAlarmMuteRulesResponse>"

    client = client_of("cloudwatch", old)
    assert client.meta.service_model.metadata["protocol"] == "query"
    answering(client, page)
    found = items(client, "list_alarm_mute_rules", "AlarmMuteRuleSummaries", AlarmName="a")
    assert [item["AlarmMuteRuleArn"] for item in found] == ["first", "second"]


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

    answering(client, page)
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
        list(items(Client(), "list_alarm_mute_rules", "AlarmMuteRuleSummaries"))


@pytest.mark.usefixtures("built")
def test_a_newer_boto3_keeps_what_it_knows(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The models only add members; they remove nothing."""
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "none")
    own = session.create_client("logs", region_name=HOME).meta.service_model
    newer = tmp_path_factory.mktemp("newer")
    model = json.loads(json.dumps(own._service_description))
    model["shapes"]["MetricFilter"]["members"]["heardOfTomorrow"] = {"shape": "FilterName"}
    model["shapes"]["FilterName"]["max"] = 4096
    place = newer / "logs" / own.api_version
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(model))
    found = client_of("logs", newer).meta.service_model
    assert "heardOfTomorrow" in found.shape_for("MetricFilter").members
    assert found.shape_for("FilterName").metadata["max"] == 4096
    assert set(found.operation_names) == set(own.operation_names)


def test_little_is_laid_into_a_rule() -> None:
    """The decisive operations with the shapes that they hold, some kB, and nothing that limits."""
    assert sum(map(len, models().values())) < 30_000
    text = b"".join(models().values()).decode()
    assert [word for word in OMITTED_KEYS if f'"{word}":' in text] == []
