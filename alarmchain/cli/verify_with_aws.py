"""Compares a coverage with CloudWatch Logs' own answer, from TestMetricFilter."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from alarmchain.cli.json_input import one_line
from alarmchain.decision.pattern_coverage import Agreement, Check, Coverage, planned_checks

MOST_MESSAGES = 50
"""TestMetricFilter takes 1 to 50 messages.

Source: TestMetricFilter, Amazon CloudWatch Logs API Reference.
"""
_CONFIG = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)


def verify_with_aws(coverage: Coverage, profile: str | None, region: str | None) -> Agreement:
    """Return what CloudWatch Logs answers about a record or two of each call. It only reads.

    Raises click.ClickException if AWS cannot be reached, or refuses the pattern.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        logs = session.client("logs", config=_CONFIG)
        return compare(logs, coverage)
    except ClientError as error:
        details = error.response["Error"]
        raise click.ClickException(
            f"logs:TestMetricFilter: {details['Code']}: {one_line(details['Message'])}"
        ) from None
    except BotoCoreError as error:
        raise click.ClickException(f"logs:TestMetricFilter: {one_line(str(error))}") from None


def compare(logs: Any, coverage: Coverage) -> Agreement:
    """Return the agreement with the answers of the boto3 client `logs`.

    Raises click.ClickException for an unreadable answer.
    """
    return Agreement(
        tuple(
            check
            for batch in batched(planned_checks(coverage), MOST_MESSAGES)
            for check in _run_checks(logs, coverage, batch)
        )
    )


def _run_checks(logs: Any, coverage: Coverage, batch: Sequence[Check]) -> list[Check]:
    messages = [json.dumps(check.record) for check in batch]
    (text,) = coverage.texts
    try:
        answer = logs.test_metric_filter(filterPattern=text, logEventMessages=messages)
        matched = {item["eventNumber"] for item in answer["matches"]}
    except (ResponseParserError, LookupError, TypeError) as error:
        raise click.ClickException(
            "logs:TestMetricFilter gave an unreadable answer: "
            f"{type(error).__name__}: {one_line(str(error))}"
        ) from None
    return [replace(check, actual=number in matched) for number, check in enumerate(batch, 1)]
