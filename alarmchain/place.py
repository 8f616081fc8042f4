"""A region of an account, and the forms of their names."""

import re
from dataclasses import dataclass

ACCOUNT_ID = re.compile(r"[0-9]{12}")
REGION_NAME = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
"""The form of a region's name in every partition, such as us-east-1 or eusc-de-east-1. Reports
print names of accounts and regions in shell commands, so nothing else may pass for one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region of an account; `account` is its 12 digits."""

    account: str
    region: str


_LEADERS = {
    "cn": "cn-north-1",
    "us-gov": "us-gov-west-1",
    "us-iso": "us-iso-east-1",
    "us-isob": "us-isob-east-1",
    "us-isof": "us-isof-south-1",
    "eu-isoe": "eu-isoe-west-1",
    "eusc": "eusc-de-east-1",
}
"""The leader region of each partition but `aws`, by the beginning of its regions' names.

Source: botocore's endpoints.json (the region of IAM's global endpoint) and, for eu-isoe and eusc,
partitions.json (implicitGlobalRegion).
"""


_LEADER_OF_AWS = "us-east-1"
LEADER_REGIONS = (_LEADER_OF_AWS, *_LEADERS.values())
"""The leader region of each partition."""


def leader_region(region: str) -> str:
    """Return the region that records global services' events, such as IAM's, in its partition."""
    words = region.split("-")
    return _LEADERS.get("-".join(words[:2])) or _LEADERS.get(words[0], _LEADER_OF_AWS)
