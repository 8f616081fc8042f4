"""Writes each call of AWS to standard error, for --verbose."""

from typing import Any

import boto3

from alarmchain.cli.standard_streams import write_error


def write_calls(session: boto3.Session, account: str) -> None:
    """Let the session's clients write a line before each call.

    `account`: whose credentials the session has, "" if that is not yet known.
    """

    def write(model: Any, context: Any, **_: Any) -> None:
        service, region = model.service_model.service_name, context["client_region"]
        owner = f" of account {account}" if account else ""
        write_error(f"alarmchain: read {service}:{model.name} in {region}{owner}")

    session.events.register("before-call", write)
