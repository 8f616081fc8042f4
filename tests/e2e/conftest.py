"""The fixture that the end-to-end tests share."""

from pathlib import Path

import pytest

from demo.steps import Run
from localaws.server import LocalAws


@pytest.fixture
def run(local_aws: LocalAws, tmp_path: Path) -> Run:
    """Return a run of the demo's steps against an empty local AWS."""
    return Run(local_aws, tmp_path / "run")
