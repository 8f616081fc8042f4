"""Fixtures for the tests of CloudFormation."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.server import LocalAws


@pytest.fixture
def stacks(local_aws: LocalAws) -> Any:
    """A CloudFormation client."""
    return local_aws.client("cloudformation")
