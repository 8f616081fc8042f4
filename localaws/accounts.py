"""Access keys that contain their account's number, and clients that use them.

moto finds the account by the access key. A key made here contains the account's number, so every
account exists without any set-up. Keys from ``sts:AssumeRole`` are moto's own and belong to the
role's account.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

DEFAULT_ACCOUNT = "123456789012"
REFUSING_PROXY = "http://127.0.0.1:9"
"""Port 9 (discard) is closed, so a request to any host but localhost fails at once."""

USER = "LOCL"
_KEY = re.compile(r"AKIA([A-Z]{4})(\d{12})")
_SECRET = "local-aws-checks-no-signature"  # noqa: S105 - nobody checks it
_SERVICE_KEYS = {"CFRM": "cloudformation", "LMBD": "lambda", "CNFG": "config", "SSMA": "ssm"}


def access_key(account: str, principal: str = USER) -> str:
    """Return the access key of an account's user, or of an AWS service that acts in the account.

    Raises ValueError for an account that is not twelve digits.
    """
    if not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"account is {account!r}; expected twelve digits")
    return f"AKIA{principal}{account}"


def account_of(key: str) -> str | None:
    """Return the account of a key made by :func:`access_key`; None for any other key."""
    match = _KEY.fullmatch(key)
    return match[2] if match else None


def principal_of(key: str) -> str:
    """Return who uses a key: ``user``, a service's name, or ``role/NAME`` of an assumed role."""
    match = _KEY.fullmatch(key)
    if match:
        return _SERVICE_KEYS.get(match[1], "user")
    from moto.sts.models import sts_backends

    for _, _, backend in list(sts_backends.iter_backends()):
        role = backend.get_assumed_role_from_access_key(key)  # type: ignore[attr-defined]
        if role:
            return f"role/{role.role_arn.rsplit('/', 1)[-1]}"
    return "user"


def environment(endpoint: str, region: str, account: str = DEFAULT_ACCOUNT) -> dict[str, str]:
    """Return the variables that send a child process's AWS SDK to the local AWS only."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": access_key(account),
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "HTTPS_PROXY": REFUSING_PROXY,
        "HTTP_PROXY": REFUSING_PROXY,
        "NO_PROXY": "localhost,127.0.0.1",
    }


def user_credentials(account: str) -> dict[str, str]:
    """Return the keyword arguments of a boto3 session for the account's user."""
    return {"aws_access_key_id": access_key(account), "aws_secret_access_key": _SECRET}


def assume_role(role_arn: str, session_name: str, region: str) -> dict[str, str]:
    """Return a role's credentials as environment variables, as an AWS service gets them."""
    from moto.sts.models import sts_backends
    from moto.utilities.utils import get_partition

    account = role_arn.split(":")[4]
    role = sts_backends[account][get_partition(region)].assume_role(
        region_name=region,
        role_session_name=session_name[:64],
        role_arn=role_arn,
        policy="",
        duration=3600,
        external_id="",
    )
    return {
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token,
    }


@lru_cache(maxsize=256)
def client(endpoint: str, service: str, region: str, key: str, token: str | None = None) -> Any:
    """Return a boto3 client of the local AWS. Threads can share it."""
    session = boto3.session.Session(
        aws_access_key_id=key,
        aws_secret_access_key=_SECRET,
        aws_session_token=token,
        region_name=region,
    )
    config = Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 1})
    return session.client(service, endpoint_url=endpoint, config=config)


def install() -> None:
    """Make moto read the account from our keys. Its own keys work as before."""
    from moto.iam import models

    def get_account_id_from(key: str) -> str:
        account = account_of(key)
        if account:
            return account
        # moto's own search creates an IAM backend with all policies for every partition.
        for number, _, backend in list(models.iam_backends.iter_backends()):
            if key in backend.access_keys:  # type: ignore[attr-defined]
                return number
        return DEFAULT_ACCOUNT

    models.get_account_id_from = get_account_id_from
