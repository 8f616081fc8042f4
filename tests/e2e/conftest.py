"""A run of the main job for each test that asks for one."""

from pathlib import Path

import pytest

from demo.steps import Run
from localaws.server import LocalAws


@pytest.fixture
def run(local_aws: LocalAws, tmp_path: Path) -> Run:
    """A run of the main job against an empty local AWS."""
    return Run(local_aws, tmp_path / "run")
