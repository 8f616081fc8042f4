"""AWS clients, made when they are first needed, always for an explicit region."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.arn import Arn
from alarmchain.collector.errors import CollectError, RefusedError, failure, unreadable
from alarmchain.collector.sdk_models import add_models
from alarmchain.snapshot.reads import ReadKind

CONFIG = Config(
    connect_timeout=5,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_appid="alarmchain",
)
"""Bounded times in seconds. By default botocore waits 60 s for a byte, as long as RDK's Lambda
function may run."""

Build = Callable[[str, str], Any]
"""A function that returns the client of (service, region)."""
OnSession = Callable[[boto3.Session, str], None]
"""A function that gets each new session, and the account of its credentials, "" if not known."""


def no_change(session: boto3.Session, account: str) -> None:
    """Leave the session as it is."""


class Clients:
    """The clients of one account, and of the account of the role `role_arn`.

    `build` makes the clients of the account itself. Those of the other account use the credentials
    of the role, which is assumed once, when the first read there is made; `on_session` gets their
    session.
    """

    def __init__(self, build: Build, role_arn: str = "", on_session: OnSession = no_change) -> None:
        self._build = build
        self._on_session = on_session
        self._role = role_arn
        self._assumed: Build | None = None
        self._clients: dict[tuple[str, str, str], Any] = {}

    @property
    def role(self) -> str:
        """The ARN of the role in the other account, "" if there is none."""
        return self._role

    def of(self, service: str, region: str, account: str = "") -> Any:
        """Return the client; `account` "" is the account itself.

        Raises CollectError, namely RefusedError if the role cannot be assumed.
        """
        key = (service, region, account)
        if key not in self._clients:
            build = self._assume(account, region) if account else self._build
            try:
                self._clients[key] = build(service, region)
            except (BotoCoreError, ClientError) as error:
                raise _refusal(error, region) from error
        return self._clients[key]

    def _assume(self, account: str, region: str) -> Build:
        arn = Arn.parse(self._role)
        if arn is None or arn.account != account:
            problem = f"'{self._role}' is of another account" if arn else "is not set"
            raise RefusedError(
                f"account {account} cannot be read: OrganizationTrailRoleArn {problem}", "NoRole"
            )
        if self._assumed is None:
            sts = self.of("sts", region)
            try:
                answer = sts.assume_role(RoleArn=self._role, RoleSessionName="alarmchain")
                credentials = session_credentials(answer)
            except (BotoCoreError, ClientError) as error:
                raise _refusal(error, region, self._role) from error
            except (ResponseParserError, LookupError, TypeError, ValueError) as error:
                raise unreadable(error, ReadKind.ASSUME_ROLE.value, region) from error
            core = add_models(botocore.session.Session())
            session = boto3.Session(botocore_session=core, **credentials)
            self._on_session(session, account)
            self._assumed = client_builder(session)
        return self._assumed


def session_credentials(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments of boto3's Session from the answer of AssumeRole.

    Raises LookupError, TypeError or ValueError if one is missing.
    """
    credentials = answer["Credentials"]
    arguments = {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
    for name, value in arguments.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"no {name}")
    return arguments


def client_builder(session: boto3.Session) -> Build:
    """Return a function that makes clients with the credentials of the session."""
    return lambda service, region: session.client(service, region_name=region, config=CONFIG)


def _refusal(error: BotoCoreError | ClientError, region: str, role: str = "") -> CollectError:
    """Return the meaning of an error in making a client: only assuming a role calls AWS."""
    action = f"{ReadKind.ASSUME_ROLE.value} of {role}" if role else ReadKind.ASSUME_ROLE.value
    meaning = failure(error, action, region)
    return meaning or CollectError(f"{action} in {region} failed: {error}")
