"""Lets the commands of a test use the local AWS."""

import pytest

from demo.account import HOME
from localaws.server import LocalAws
from tests.remediation import in_process_server


def use_local_aws(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the local AWS alone until the test ends: its credentials, its server in this process."""
    in_process_server.install(aws, monkeypatch)
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in aws.environment(HOME).items():
        monkeypatch.setenv(name, value)
