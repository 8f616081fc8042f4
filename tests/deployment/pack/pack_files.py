"""The rules of a pack, and the templates that `make pack` wrote."""

from pathlib import Path
from typing import Any

from deployment.folders import rule_folders
from deployment.pack.rules import PackRule
from deployment.pack.yaml_text import from_yaml

PACK_RULES = [PackRule.read(folder) for folder in rule_folders()]
RULES = [rule.name for rule in PACK_RULES]
ACCOUNT, CENTRAL = "123456789012", "210987654321"
TOPIC = {"RemediationTopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"}


def templates(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every template except the static one, by name."""
    return {
        file.stem: from_yaml(file.read_text())
        for file in folder.glob("*.yaml")
        if file.stem != "code-bucket"
    }
