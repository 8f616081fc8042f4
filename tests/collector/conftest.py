"""The fixture that all tests of the collector share."""

from collections.abc import Iterator

import pytest

from tests.collector.stubbed_aws import StubbedAws


@pytest.fixture
def aws() -> Iterator[StubbedAws]:
    """Return clients with prepared answers, all of which must be used."""
    stubbed = StubbedAws()
    yield stubbed
    stubbed.done()
