"""Fixtures for tests: ``from localaws.testing import local_aws, local_aws_server``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from localaws.children.shared_models import share_models
from localaws.server import LocalAws

share_models()


@pytest.fixture(scope="session")
def local_aws_server() -> Iterator[LocalAws]:
    """Return one server for the whole run, because a start takes longer than a reset."""
    with LocalAws() as aws:
        yield aws


@pytest.fixture
def local_aws(local_aws_server: LocalAws) -> LocalAws:
    """Return the server, which is empty at the start of each test."""
    local_aws_server.reset()
    return local_aws_server
