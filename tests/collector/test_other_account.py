"""Reads in another account, through a role."""

from typing import Any

import boto3
import pytest
from botocore.config import Config

from alarmchain.collector.clients import CONFIG
from alarmchain.collector.collect import collect
from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.snapshot import Denied
from tests.collector.stubbed_aws import (
    AT,
    EMPTY,
    HERE,
    HOME,
    ROLE,
    THERE,
    TRAIL,
    StubbedAws,
    collections,
    read,
)


def test_reads_in_another_account_assume_the_role_once(
    aws: StubbedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items of another account are stored under that account, and read with its role only."""
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
        def __init__(self, **arguments: str) -> None:
            used.append(arguments)

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
    assert [arguments["aws_access_key_id"] for arguments in used] == ["ASIAIOSFODNN7EXAMPLE"]
    assert not snapshot.regions
    assert collections(snapshot.linked[THERE]) == {
        "listed_trails": ({"TrailARN": trail["TrailARN"]},),
        "trails": ({**trail, "Status": {"IsLogging": True}},),
    }
    assert len(snapshot.reads) == 3


def test_a_role_that_may_not_be_assumed(aws: StubbedAws) -> None:
    """If the role is denied, the snapshot lists two denials: of the role and of the read."""
    aws.refuses(ReadKind.ASSUME_ROLE, "AccessDenied", 403)
    there = read(ReadKind.TRAILS, account=THERE)
    snapshot = collect(EMPTY, [there], aws.clients)
    assert snapshot.denied == (
        Denied("sts:AssumeRole", ROLE, HOME, "AccessDenied", THERE),
        Denied("cloudtrail:DescribeTrails", "*", HOME, "sts:AssumeRole: AccessDenied", THERE),
    )
    assert there in snapshot.reads


def test_a_role_of_a_third_account(aws: StubbedAws) -> None:
    """The role is not assumed for reads in another account than its own."""
    third = "111122223333"
    snapshot = collect(EMPTY, [read(ReadKind.TRAILS, account=third)], aws.clients)
    assert snapshot.denied[0] == Denied("sts:AssumeRole", ROLE, HOME, "NoRole", third)
    assert aws.built == []
