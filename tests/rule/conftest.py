"""The fixture that all tests of the handler share."""

from collections.abc import Iterator
from unittest import mock

import pytest

from alarmchain.control import Control
from alarmchain.testing import ENVIRONMENT
from alarmchain.testing.account import good_account
from tests.rule.fake_lambda import FOLDER, Aws


@pytest.fixture
def aws() -> Iterator[Aws]:
    """Return a fake AWS with an account in which the rule's chain is complete."""
    fake = Aws(good_account(Control.load(FOLDER)))
    with (
        mock.patch.dict("os.environ", ENVIRONMENT),
        mock.patch(
            "botocore.client.BaseClient._make_api_call",
            lambda client, operation, request: fake.call(client, operation, request),
        ),
    ):
        yield fake
