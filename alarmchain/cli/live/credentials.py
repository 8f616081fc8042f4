"""The account of the credentials, and clients for it and for other accounts."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.collector.clients import (
    CONFIG,
    Clients,
    OnSession,
    no_change,
    session_credentials,
)
from alarmchain.collector.errors import CollectError, failure, unreadable

PATIENT = CONFIG.merge(Config(retries={"mode": "adaptive", "total_max_attempts": 5}))
"""Retries for many accounts: each client slows down when AWS throttles it."""

_LOADER = botocore.loaders.Loader()
"""The models of AWS's services, loaded once for all accounts."""


class Caller:
    """The identity of the credentials: the `id` of the account and its `partition`.

    `home` is the region in which requests are made that do not depend on a region.
    """

    def __init__(
        self, profile: str | None, region: str = "", on_session: OnSession = no_change
    ) -> None:
        """`region`: the home region if the profile has none. `on_session` gets each new session.

        Raises click.ClickException for an unknown profile, no region or unusable credentials.
        """
        try:
            self._session = boto3.Session(profile_name=profile)
            self.default_region = str(self._session.region_name or "")
        except BotoCoreError as error:
            raise click.ClickException(str(error)) from None
        self.home = self.default_region or region
        if not self.home:
            raise click.ClickException(
                "no region: give --region or --all-regions, or set AWS_DEFAULT_REGION or the"
                " profile's region"
            )
        self._on_session = on_session
        on_session(self._session, "")
        self._own = _builder(self._session)
        try:
            self.id, self.partition = call_api(
                self.clients(), "sts:GetCallerIdentity", self.home, _identity
            )
        except CollectError as error:
            raise click.ClickException(str(error)) from None
        self._sts = self.clients().of("sts", self.home)

    def clients(self, trail_role: str = "") -> Clients:
        """Return clients for the caller's account, and with `trail_role` for a trail's owner."""
        return Clients(self._own, trail_role, self._on_session)

    def clients_in(self, account: str, role_name: str, trail_role: str = "") -> Clients:
        """Return clients for an account, with the role of that name there.

        The caller's own account is read with the caller's credentials: a role that exists in every
        member account need not exist in the management account. Raises CollectError, which names
        the role, if it cannot be assumed.
        """
        if account == self.id:
            return self.clients(trail_role)
        arn = f"arn:{self.partition}:iam::{account}:role/{role_name}"
        try:
            credentials = call_api(
                self._sts,
                "sts:AssumeRole",
                self.home,
                session_credentials,
                RoleArn=arn,
                RoleSessionName="alarmchain",
            )
        except CollectError as error:
            message = f"cannot assume {arn}: {error}"
            raise CollectError(message, transient=error.transient) from None
        core = botocore.session.Session()
        core.register_component("data_loader", _LOADER)
        session = boto3.Session(botocore_session=core, **credentials)
        self._on_session(session, account)
        return Clients(_builder(session), trail_role, self._on_session)


def call_api[T](
    clients: Clients | Any,
    action: str,
    region: str,
    convert: Callable[[Any], T],
    key: str = "",
    **request: Any,
) -> T:
    """Call an action such as `sts:GetCallerIdentity` and return its converted answer.

    `clients` may also be the service's client. `convert` gets the answer; with `key`, the items
    under that key of all pages. Raises CollectError, also if `convert` raises LookupError,
    TypeError or ValueError.
    """
    service, _, operation = action.partition(":")
    client = clients.of(service, region) if isinstance(clients, Clients) else clients
    method = botocore.xform_name(operation)
    try:
        if key:
            pages = client.get_paginator(method).paginate(**request)
            return convert([item for page in pages for item in page[key]])
        return convert(getattr(client, method)(**request))
    except (BotoCoreError, ClientError) as error:
        raise failure(error, action, region) or CollectError(
            f"{action} in {region} failed: {error}"
        ) from None
    except (ResponseParserError, LookupError, TypeError, ValueError) as error:
        raise unreadable(error, action, region) from None


def required_text(item: Mapping[str, Any], key: str) -> str:
    """Return the text under `key`. Raises KeyError or ValueError if there is none."""
    if not isinstance(item[key], str) or not item[key]:
        raise ValueError(f"no {key}")
    return str(item[key])


def _identity(answer: Mapping[str, Any]) -> tuple[str, str]:
    return required_text(answer, "Account"), required_text(answer, "Arn").split(":")[1]


def _builder(session: boto3.Session) -> Callable[[str, str], Any]:
    return lambda service, region: session.client(service, region_name=region, config=PATIENT)
