"""Accounts with a complete chain, and for each link a break that a single API call shows."""

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
    """Return an account with the shortest complete chain."""
    return copy.deepcopy(_PLAIN)


def wide() -> Account:
    """Return an account with the longest complete chain.

    An organization trail leads to another account, which is read with a role. There, a composite
    alarm notifies a topic that is encrypted with a customer's key.
    """
    return copy.deepcopy(_WIDE)


def _wide() -> Account:
    account: Account = _in_owner_account(good_account(CONTROL))
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


def _in_owner_account(value: Any) -> Any:
    """Return the value with OWNER instead of ACCOUNT."""
    if isinstance(value, dict):
        return {key: _in_owner_account(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_in_owner_account(item) for item in value]
    return value.replace(ACCOUNT, OWNER) if isinstance(value, str) else value


_PLAIN = good_account(CONTROL)
_WIDE = _wide()


@dataclass(frozen=True, slots=True)
class Broken:
    """A break, and the operations whose answers show it.

    If one of these answers is forged, the break cannot be noticed.
    """

    shown_by: frozenset[str]
    break_it: Callable[[Account], object]


def _shown_by(*operations: str) -> Callable[[Callable[[Account], object]], Broken]:
    return lambda break_it: Broken(frozenset(operations), break_it)


_FILTERS = _shown_by("DescribeMetricFilters")
_ALARMS = _shown_by("DescribeAlarmsForMetric", "DescribeAlarms")
_NARROW = '{ ($.eventSource = config.amazonaws.com) && ($.userIdentity.type = "Root") }'
_READ_ONLY = [{"ReadWriteType": "ReadOnly"}]
_KMS_DENY = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}

_IN_BOTH: Mapping[str, Broken] = {
    "no trail": _shown_by("DescribeTrails")(lambda a: a["trails"].clear()),
    "trail stopped": _shown_by("GetTrailStatus")(
        lambda a: a["trails"][0]["Status"].update(IsLogging=False)
    ),
    "reads only": _shown_by("GetEventSelectors")(
        lambda a: a["trails"][0].update(EventSelectors=copy.deepcopy(_READ_ONLY))
    ),
    "infrequent access": _shown_by("DescribeLogGroups")(
        lambda a: a["log_groups"][0].update(logGroupClass="INFREQUENT_ACCESS")
    ),
    "narrowed": _FILTERS(lambda a: a["metric_filters"][0].update(filterPattern=_NARROW)),
    "writes 0": _FILTERS(
        lambda a: a["metric_filters"][0]["metricTransformations"][0].update(metricValue="0")
    ),
    "threshold": _ALARMS(lambda a: a["metric_alarms"][0].update(Threshold=1e9)),
    "actions disabled": _ALARMS(
        lambda a: [
            alarm.update(ActionsEnabled=False)
            for alarm in (*a["metric_alarms"], *a.get("composite_alarms", ()))
        ]
    ),
    "nobody may publish": _shown_by("GetTopicAttributes")(
        lambda a: a["topics"][0]["Attributes"].update(Policy='{"Statement": []}')
    ),
    "nobody subscribed": _shown_by("ListSubscriptionsByTopic")(
        lambda a: a["topics"][0]["Subscriptions"].clear()
    ),
    "subscription filtered": _shown_by("GetSubscriptionAttributes")(
        lambda a: a["topics"][0]["Subscriptions"][0]["Attributes"].update(
            FilterPolicy='{"team": ["x"]}'
        )
    ),
}
_IN_WIDE: Mapping[str, Broken] = {
    "composite never": _shown_by("DescribeAlarms")(
        lambda a: a["composite_alarms"][0].update(AlarmRule="FALSE")
    ),
    "key disabled": _shown_by("DescribeKey")(
        lambda a: a["keys"][0]["Metadata"].update(Enabled=False, KeyState="Disabled")
    ),
    "key denied": _shown_by("GetKeyPolicy")(
        lambda a: a["keys"][0].update(Policy=json.dumps({"Statement": [_KMS_DENY]}))
    ),
}
BREAKS = {"plain": _IN_BOTH, "wide": {**_IN_BOTH, **_IN_WIDE}}
