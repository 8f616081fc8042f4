"""The account as it is now; the only part of the command line that needs boto3."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import boto3
import botocore.session
import click
from botocore.exceptions import BotoCoreError, ClientError

from alarmchain.assessment import Assessment
from alarmchain.collecting import Clients, CollectError
from alarmchain.collecting.account import collect_account
from alarmchain.collecting.failures import failure
from alarmchain.control import Call, Control
from alarmchain.loop import follow
from alarmchain.parameters import Parameters
from alarmchain.report.findings import Failure
from alarmchain.snapshot import Snapshot

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")
_ANY_REGION = "us-east-1"
"""Where AWS is asked for the regions, if the profile names none."""


class Account:
    """The account that the credentials lead into, `id`, and the `regions` to look at."""

    def __init__(
        self,
        profile: str | None,
        regions: Iterable[str],
        *,
        all_regions: bool = False,
        role_arn: str = "",
    ) -> None:
        """`regions`: none for the profile's own. `role_arn`: of a role in the account of an
        organization trail, "" for none.

        Raises click.ClickException: no such profile, no credentials, no region or not one's name.
        """
        named = tuple(dict.fromkeys(regions))
        if named and all_regions:
            raise click.ClickException("--all-regions and --region exclude each other")
        for name in named:
            if not _REGION.fullmatch(name):
                raise click.ClickException(f"region '{name}': expected a name such as us-east-1")
        try:
            session = boto3.Session(profile_name=profile)
            default = str(session.region_name or "")
        except BotoCoreError as error:
            raise click.ClickException(str(error)) from None
        if not (named or all_regions or default):
            raise click.ClickException(
                "no region: give --region or --all-regions, or set AWS_DEFAULT_REGION or the"
                " profile's region"
            )
        self.clients = Clients.of_session(session, role_arn)
        home = default or (named[0] if named else _ANY_REGION)
        identity = self._ask("sts", "GetCallerIdentity", home, "get_caller_identity")
        self.id = str(identity["Account"])
        self.regions = named or ((default,) if not all_regions else self._enabled(home))

    def _enabled(self, home: str) -> tuple[str, ...]:
        answer = self._ask("ec2", "DescribeRegions", home, "describe_regions")
        return tuple(sorted(str(one["RegionName"]) for one in answer["Regions"]))

    def _ask(self, service: str, operation: str, region: str, method: str) -> Any:
        action = f"{service}:{operation}"
        try:
            return getattr(self.clients.of(service, region), method)()
        except (BotoCoreError, ClientError) as error:
            meaning = failure(error, action, region) or f"{action} in {region}: {error}"
            raise click.ClickException(str(meaning)) from None
        except CollectError as error:
            raise click.ClickException(str(error)) from None


def audit_account(
    account: Account,
    controls: Iterable[Control],
    parameters: Parameters,
    now: float,
    told: Callable[[str], None] = lambda region: None,
) -> Iterator[Assessment | Failure]:
    """Every control in every region; what was read for one serves the others.

    `now` in epoch seconds; `told` hears of each region before it is looked at.
    """
    snapshot = Snapshot(account.id, now)
    for region in account.regions:
        told(region)
        for control in controls:
            try:
                assessment, snapshot = follow(
                    control, snapshot, region, parameters, account.clients
                )
            except CollectError as error:
                yield Failure(account.id, region, control.name, str(error))
            else:
                yield assessment


def unheard_of(calls: Iterable[Call]) -> list[Call]:
    """Those of the calls that botocore has no operation for, though it knows their service.

    CloudTrail's names are not always the APIs' own, so such a call may exist all the same.
    """
    session = botocore.session.get_session()
    services = set(session.get_available_services())
    unknown = []
    for call in calls:
        service = call.event_source.partition(".")[0]
        if service in services:
            operations = session.get_service_model(service).operation_names
            unknown += [] if call.event_name in operations else [call]
    return unknown


def whole(account: Account) -> Snapshot:
    """The account's snapshot, every room complete; nothing half read is kept.

    Raises click.ClickException.
    """
    try:
        return collect_account(
            account.clients, account.id, account.regions, float(int(time.time()))
        )
    except CollectError as error:
        raise click.ClickException(str(error)) from None
