"""Whose credentials these are, and the clients that they make, here and in other accounts."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.collector.clients import CONFIG, Clients, session_credentials
from alarmchain.collector.errors import CollectError, failure, unreadable

PATIENT = CONFIG.merge(Config(retries={"mode": "adaptive", "total_max_attempts": 5}))
"""An audit of many accounts meets the API quotas: each client slows down when AWS tells it to."""

_LOADER = botocore.loaders.Loader()
"""The models of AWS's services, read once for all accounts' sessions."""


class Caller:
    """The account `id` that the credentials lead into, its `partition`, and `home`, a region in
    which AWS can be asked for what is not any region's."""

    def __init__(self, profile: str | None, region: str = "") -> None:
        """`region`: where AWS can be asked, if the profile names none.

        Raises click.ClickException: no such profile, no region at all, or no usable credentials.
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
        self._own = _builder(self._session)
        try:
            self.id, self.partition = asked(
                self.clients(), "sts:GetCallerIdentity", self.home, _identity
            )
        except CollectError as error:
            raise click.ClickException(str(error)) from None
        self._sts = self.clients().of("sts", self.home)

    def clients(self, trail_role: str = "") -> Clients:
        """Of the caller's own account; `trail_role` leads to the owner of an organization trail."""
        return Clients(self._own, trail_role)

    def clients_in(self, account: str, role_name: str, trail_role: str = "") -> Clients:
        """Of another account, with the role of that name there; in the caller's own account with
        the caller's credentials, for a role in every member is not one in the account above.

        Raises CollectError where the role can't be assumed.
        """
        if account == self.id:
            return self.clients(trail_role)
        arn = f"arn:{self.partition}:iam::{account}:role/{role_name}"
        credentials = asked(
            self._sts,
            "sts:AssumeRole",
            self.home,
            session_credentials,
            RoleArn=arn,
            RoleSessionName="alarmchain",
        )
        core = botocore.session.Session()
        core.register_component("data_loader", _LOADER)
        session = boto3.Session(botocore_session=core, **credentials)
        return Clients(_builder(session), trail_role)


def asked[Told](
    clients: Clients | Any,
    action: str,
    region: str,
    read: Callable[[Any], Told],
    key: str = "",
    **request: Any,
) -> Told:
    """What `read` makes of the answer of an action such as `sts:GetCallerIdentity`; `clients` may
    be the client itself. With `key` it is given the items under it, of all pages.

    Raises CollectError, also where the answer lacks what `read` looks for.
    """
    service, _, operation = action.partition(":")
    client = clients.of(service, region) if isinstance(clients, Clients) else clients
    method = botocore.xform_name(operation)
    try:
        if key:
            pages = client.get_paginator(method).paginate(**request)
            return read([item for page in pages for item in page[key]])
        return read(getattr(client, method)(**request))
    except (BotoCoreError, ClientError) as error:
        raise failure(error, action, region) or CollectError(
            f"{action} in {region} failed: {error}"
        ) from None
    except (ResponseParserError, LookupError, TypeError, ValueError) as error:
        raise unreadable(error, action, region) from None


def text_of(item: Mapping[str, Any], key: str) -> str:
    """The text under `key`. Raises KeyError or ValueError where there is none."""
    if not isinstance(item[key], str) or not item[key]:
        raise ValueError(f"no {key}")
    return str(item[key])


def _identity(answer: Mapping[str, Any]) -> tuple[str, str]:
    return text_of(answer, "Account"), text_of(answer, "Arn").split(":")[1]


def _builder(session: boto3.Session) -> Callable[[str, str], Any]:
    return lambda service, region: session.client(service, region_name=region, config=PATIENT)
