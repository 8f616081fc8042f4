"""Fixtures for the tests of AWS Config."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import LocalAws
from tests.localaws.builders import (
    VERDICTS,
    put_function,
    start_recorder,
)


@pytest.fixture
def config(local_aws: LocalAws) -> Any:
    """Return a client of AWS Config, which has a recorder."""
    start_recorder(local_aws)
    return local_aws.client("config")


@pytest.fixture
def function(local_aws: LocalAws) -> Any:
    """Create the function that reports its rule's parameters as verdicts."""
    return put_function(local_aws, VERDICTS)
