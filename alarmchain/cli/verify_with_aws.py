"""CloudWatch Logs as the judge: the records of a coverage, tried with TestMetricFilter."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.cli.words import one_line
from alarmchain.decision.pattern_coverage import Agreement, Check, Coverage, planned_checks

MOST_MESSAGES = 50
"""TestMetricFilter takes 1 to 50 messages. Source: its API reference."""
_CONFIG = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)


def verify_with_aws(found: Coverage, profile: str | None, region: str | None) -> Agreement:
    """Asks CloudWatch Logs about a record or two of each call. It only reads.

    Raises click.ClickException where AWS cannot be asked, or refuses the pattern.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        logs = session.client("logs", config=_CONFIG)
        return ask(logs, found)
    except ClientError as error:
        details = error.response["Error"]
        raise click.ClickException(
            f"logs:TestMetricFilter: {details['Code']}: {one_line(details['Message'])}"
        ) from None
    except BotoCoreError as error:
        raise click.ClickException(f"logs:TestMetricFilter: {one_line(str(error))}") from None


def ask(logs: Any, found: Coverage) -> Agreement:
    """The agreement of CloudWatch Logs, asked through the boto3 client `logs`.

    Raises click.ClickException for an answer that is none.
    """
    every = list(planned_checks(found))
    batches = [every[at : at + MOST_MESSAGES] for at in range(0, len(every), MOST_MESSAGES)]
    return Agreement(tuple(check for batch in batches for check in _asked(logs, found, batch)))


def _asked(logs: Any, found: Coverage, batch: Sequence[Check]) -> list[Check]:
    messages = [json.dumps(check.record) for check in batch]
    try:
        answer = logs.test_metric_filter(filterPattern=found.text, logEventMessages=messages)
        matched = {item["eventNumber"] for item in answer["matches"]}
    except (ResponseParserError, LookupError, TypeError) as error:
        raise click.ClickException(
            "logs:TestMetricFilter gave an unreadable answer: "
            f"{type(error).__name__}: {one_line(str(error))}"
        ) from None
    return [replace(check, actual=number in matched) for number, check in enumerate(batch, 1)]
