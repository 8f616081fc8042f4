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
