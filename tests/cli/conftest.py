"""Fixtures of the command line's tests."""

import json
from pathlib import Path

import pytest

from tests.cli.audit_report import snapshot


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a snapshot file in which only the chain of ConfigChanges is complete."""
    path = tmp_path / "account.json"
    path.write_text(json.dumps(snapshot()))
    return path
