"""Accounts whose chain is whole, and how to break each link of it where one call alone tells."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.control import Control
from alarmchain.testing.account import ACCOUNT, REGION, good_account
from deployment.folders import CHECKOUT

FOLDER = CHECKOUT / "rules" / "ConfigChanges"
CONTROL = Control.load(FOLDER)
OWNER = "999988887777"
ROLE = f"arn:aws:iam::{OWNER}:role/reader"
KEY = "11111111-2222-3333-4444-555555555555"
Account = dict[str, Any]


def plain() -> Account:
    """The shortest whole chain."""
    return copy.deepcopy(_PLAIN)


def wide() -> Account:
    """The longest: an organization's trail, the rest in its owner's account, read with a role; a
    composite alarm tells a topic that is encrypted with a key of the owner's."""
    return copy.deepcopy(_WIDE)


def _wide() -> Account:
    account: Account = _moved(good_account(CONTROL))
    account["trails"][0]["IsOrganizationTrail"] = True
    (alarm,) = account["metric_alarms"]
    name = "composite"
    account["composite_alarms"] = [
        {
            "AlarmName": name,
            "AlarmArn": alarm["AlarmArn"].rpartition(":")[0] + f":{name}",
            "AlarmRule": f'ALARM("{alarm["AlarmName"]}")',
            **{
                key: alarm[key]
                for key in ("ActionsEnabled", "AlarmActions", "OKActions", "StateValue")
            },
            "StateTransitionedTimestamp": alarm["StateTransitionedTimestamp"],
            "InsufficientDataActions": [],
        }
    ]
    alarm["AlarmActions"] = []
    account["topics"][0]["Attributes"]["KmsMasterKeyId"] = KEY
    uses = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }
    metadata = {
        "AWSAccountId": OWNER,
        "KeyId": KEY,
        "Arn": f"arn:aws:kms:{REGION}:{OWNER}:key/{KEY}",
        "Enabled": True,
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyManager": "CUSTOMER",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [uses]})
    account["keys"] = [{"KeyId": KEY, "Metadata": metadata, "Policy": policy}]
    return account


def _moved(value: Any) -> Any:
    """The same of the owner's account."""
    if isinstance(value, dict):
        return {key: _moved(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one) for one in value]
    return value.replace(ACCOUNT, OWNER) if isinstance(value, str) else value


_PLAIN = good_account(CONTROL)
_WIDE = _wide()


@dataclass(frozen=True, slots=True)
class Broken:
    """A break, and the operations whose right answer tells it: where one of these answers is
    forged, nobody could know."""

    told_by: frozenset[str]
    break_it: Callable[[Account], object]


def _told(*operations: str) -> Callable[[Callable[[Account], object]], Broken]:
    return lambda break_it: Broken(frozenset(operations), break_it)


_FILTERS = _told("DescribeMetricFilters")
_ALARMS = _told("DescribeAlarmsForMetric", "DescribeAlarms")
_NARROW = '{ ($.eventSource = config.amazonaws.com) && ($.userIdentity.type = "Root") }'
_HALF = [{"ReadWriteType": "ReadOnly"}]
_KMS_DENY = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}

_ANYWHERE: Mapping[str, Broken] = {
    "no trail": _told("DescribeTrails")(lambda a: a["trails"].clear()),
    "trail stopped": _told("GetTrailStatus")(
        lambda a: a["trails"][0]["Status"].update(IsLogging=False)
    ),
    "reads only": _told("GetEventSelectors")(
        lambda a: a["trails"][0].update(EventSelectors=copy.deepcopy(_HALF))
    ),
    "infrequent access": _told("DescribeLogGroups")(
        lambda a: a["log_groups"][0].update(logGroupClass="INFREQUENT_ACCESS")
    ),
    "narrowed": _FILTERS(lambda a: a["metric_filters"][0].update(filterPattern=_NARROW)),
    "writes 0": _FILTERS(
        lambda a: a["metric_filters"][0]["metricTransformations"][0].update(metricValue="0")
    ),
    "threshold": _ALARMS(lambda a: a["metric_alarms"][0].update(Threshold=1e9)),
    "actions disabled": _ALARMS(
        lambda a: [
            one.update(ActionsEnabled=False)
            for one in (*a["metric_alarms"], *a.get("composite_alarms", ()))
        ]
    ),
    "nobody may publish": _told("GetTopicAttributes")(
        lambda a: a["topics"][0]["Attributes"].update(Policy='{"Statement": []}')
    ),
    "nobody subscribed": _told("ListSubscriptionsByTopic")(
        lambda a: a["topics"][0]["Subscriptions"].clear()
    ),
    "subscription filtered": _told("GetSubscriptionAttributes")(
        lambda a: a["topics"][0]["Subscriptions"][0]["Attributes"].update(
            FilterPolicy='{"team": ["x"]}'
        )
    ),
}
_WIDELY: Mapping[str, Broken] = {
    "composite never": _told("DescribeAlarms")(
        lambda a: a["composite_alarms"][0].update(AlarmRule="FALSE")
    ),
    "key disabled": _told("DescribeKey")(
        lambda a: a["keys"][0]["Metadata"].update(Enabled=False, KeyState="Disabled")
    ),
    "key denied": _told("GetKeyPolicy")(
        lambda a: a["keys"][0].update(Policy=json.dumps({"Statement": [_KMS_DENY]}))
    ),
}
BREAKS = {"plain": _ANYWHERE, "wide": {**_ANYWHERE, **_WIDELY}}
