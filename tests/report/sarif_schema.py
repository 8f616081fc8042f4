"""The schema of SARIF 2.1.0."""

import json
from pathlib import Path
from typing import Any

import jsonschema

_SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text())


def run_of(text: str) -> dict[str, Any]:
    """Return the one run of a log, after a check of the log by the schema."""
    log = json.loads(text)
    jsonschema.validate(log, _SCHEMA, format_checker=jsonschema.FormatChecker())
    (run,) = log["runs"]
    return dict(run)
