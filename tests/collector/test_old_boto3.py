"""What the collector notes if boto3 does not know a member or an operation."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber

from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.collector.collect_account import collect_account
from alarmchain.snapshot.reads import ReadKind
from tests.collector.stubbed_aws import (
    ALARM,
    EMPTY,
    FILTER,
    HOME,
    READS,
    StubbedAws,
    collections,
    session,
)


@contextmanager
def old_boto3(
    folder: Path, service: str, forget: Callable[[dict[str, Any]], None]
) -> Iterator[Any]:
    """Yield a client of an older boto3; `forget` removes members from the service's model."""
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
    """Answer every request of the client with the body, without a network."""

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
    """The item lacks the member as if it had no value; the snapshot notes the gap."""
    full = {**FILTER, "applyOnTransformedLogs": True, "fieldSelectionCriteria": "x"}
    full["emitSystemFieldDimensions"] = ["@aws.account"]

    def forget(model: dict[str, Any]) -> None:
        del model["shapes"]["MetricFilter"]["members"][member]

    with old_boto3(tmp_path, "logs", forget) as client:
        respond(client, "cloudwatch-logs", {"metricFilters": [full]})
        clients = Clients(lambda service, region: client)
        snapshot = collect(EMPTY, [READS[ReadKind.METRIC_FILTERS]], clients)
    (item,) = collections(snapshot)["metric_filters"]
    assert set(full) - set(item) == {member}
    assert snapshot.sdk_gaps == {member: boto3.__version__}


def test_an_old_boto3_without_mute_rules(tmp_path: Path) -> None:
    """No request is sent, and the missing answer does not count as "none"."""

    def forget(model: dict[str, Any]) -> None:
        del model["operations"]["ListAlarmMuteRules"]

    with old_boto3(tmp_path, "cloudwatch", forget) as client:
        clients = Clients(lambda service, region: client)
        snapshot = collect(EMPTY, [READS[ReadKind.MUTE_RULES]], clients)
    assert snapshot.sdk_gaps == {"ListAlarmMuteRules": boto3.__version__}
    assert READS[ReadKind.MUTE_RULES] in snapshot.reads


def test_an_old_boto3_asks_for_the_alarm_types_it_knows(tmp_path: Path) -> None:
    """An old boto3 does not request log alarms; the snapshot notes each missing member."""

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
            snapshot = collect(EMPTY, [READS[ReadKind.ALL_ALARMS]], clients)
    assert collections(snapshot) == {"metric_alarms": (ALARM,)}
    assert set(snapshot.sdk_gaps) == {"LogAlarms", "EvaluationWindow"}


def test_a_whole_account_read_by_an_old_boto3(tmp_path: Path) -> None:
    """After a whole read with an old boto3, the log alarms do not count as read."""

    def forget(model: dict[str, Any]) -> None:
        del model["shapes"]["DescribeAlarmsOutput"]["members"]["LogAlarms"]

    with old_boto3(tmp_path, "cloudwatch", forget) as client:

        def build(service: str, region: str) -> Any:
            built = client if service == "cloudwatch" else session().client(service, region)
            stub = Stubber(built)
            for method in {
                "cloudwatch": ["describe_alarms", "list_alarm_mute_rules"],
                "cloudtrail": ["describe_trails"],
                "oam": ["list_links"],
                "logs": ["describe_log_groups", "describe_metric_filters"],
            }[service]:
                stub.add_response(method, {"Items": []} if method == "list_links" else {})
            stub.activate()
            return built

        snapshot = collect_account(Clients(build), EMPTY.account, [HOME], EMPTY.collected_at)
    assert snapshot.regions[HOME].partial == {"log_alarms"}
    assert snapshot.sdk_gaps == {"LogAlarms": boto3.__version__}


def test_a_region_without_log_alarms(aws: StubbedAws) -> None:
    """If a region's API refuses the newest alarm type, the other types are read."""
    message = "Value '[LogAlarm]' at 'alarmTypes' failed to satisfy constraint: enum value set"
    aws.refuses(ReadKind.ALL_ALARMS, "ValidationError", message=message)
    types = ["CompositeAlarm", "MetricAlarm"]
    aws.answers(ReadKind.ALL_ALARMS, {"MetricAlarms": [ALARM]}, AlarmTypes=types, MaxRecords=100)
    snapshot = collect(EMPTY, [READS[ReadKind.ALL_ALARMS]], aws.clients)
    assert collections(snapshot) == {"metric_alarms": (ALARM,)}
    assert snapshot.denied == ()


def test_the_boto3_of_this_project_has_no_gaps(aws: StubbedAws) -> None:
    """The installed boto3 knows every member; the tests above depend on that."""
    aws.answers(ReadKind.METRIC_FILTERS, {"metricFilters": []}, logGroupName="trail")
    assert collect(EMPTY, [READS[ReadKind.METRIC_FILTERS]], aws.clients).sdk_gaps == {}
