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


_PARTITIONS = {
    "cn": ("aws-cn", "cn-north-1"),
    "us-gov": ("aws-us-gov", "us-gov-west-1"),
    "us-iso": ("aws-iso", "us-iso-east-1"),
    "us-isob": ("aws-iso-b", "us-isob-east-1"),
    "us-isof": ("aws-iso-f", "us-isof-south-1"),
    "eu-isoe": ("aws-iso-e", "eu-isoe-west-1"),
    "eusc": ("aws-eusc", "eusc-de-east-1"),
}
"""Each partition but `aws` and its leader region, by the beginning of its regions' names.

Source: botocore's endpoints.json (the region of IAM's global endpoint) and partitions.json
(implicitGlobalRegion).
"""


_COMMERCIAL = ("aws", "us-east-1")
_COMMERCIAL_BEGINNINGS = ("af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us")
_COMMERCIAL_WORDS = 3
"""How the names of this partition's regions begin, and how many words they have.

Source: botocore's partitions.json (regionRegex).
"""
LEADER_REGIONS = tuple(leader for _, leader in (_COMMERCIAL, *_PARTITIONS.values()))
"""The leader region of each partition."""
ORGANIZATIONS = "organizations.amazonaws.com"
"""The event source of AWS Organizations."""
GLOBAL_SOURCES = ("iam.amazonaws.com", ORGANIZATIONS)
"""Event sources whose records are surely written in a leader region alone."""
_LEADERS_OF_SERVICES = {("aws-cn", ORGANIZATIONS): "cn-northwest-1"}
"""By partition and event source: the leader region of a service that has another one.

Source: AWS CLI reference, organizations ("Endpoint to call"); botocore's endpoints.json (the region
of each service's global endpoint).
"""


def leader_region(region: str, event_source: str = "") -> str:
    """Return the region that records a global service's events in the partition of `region`.

    `event_source`: the service's; "" for most services, such as IAM. A region of a partition that
    is not known is its own leader, so that no event is left out.
    """
    partition_name, leader = _partition_and_leader(region)
    return _LEADERS_OF_SERVICES.get((partition_name, event_source), leader)


def own_leaders(region: str) -> dict[str, str]:
    """Return the services whose leader region is not that of the partition, with that region."""
    return {
        source: leader
        for (name, source), leader in _LEADERS_OF_SERVICES.items()
        if name == partition(region)
    }


def partition(region: str) -> str:
    """Return the partition of the region, such as aws or aws-cn."""
    return _partition_and_leader(region)[0]


def _partition_and_leader(region: str) -> tuple[str, str]:
    words = region.split("-")
    known = _PARTITIONS.get("-".join(words[:2])) or _PARTITIONS.get(words[0])
    if known is None and words[0] in _COMMERCIAL_BEGINNINGS and len(words) == _COMMERCIAL_WORDS:
        known = _COMMERCIAL
    return known or ("aws", region)
