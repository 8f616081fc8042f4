"""docs/adding-a-rule.md works: a test writes its files and runs its commands, in a copy."""

import json
import os
import re
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from alarmchain.control import Control
from alarmchain.remediation.folder import write_parameters
from deployment.folders import CHECKOUT, RULES, rule_folders
from localaws.server import LocalAws
from tests.aws_cli import aws
from tests.clone import run

GUIDE = (CHECKOUT / "docs" / "adding-a-rule.md").read_text()
HOME = "us-east-1"
RULE = "EC2InstanceChanges"
GUIDES = {
    "alarmchain.report.rules_guide rules docs/rules.md": "docs/rules.md",
    "alarmchain.report.compliance docs/compliance.md": "docs/compliance.md",
}
"""The modules that write a guide, and the guides."""
TIMEOUT = 60.0  # seconds for AWS Config to evaluate or remediate


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the guide: its language, its text, and the file named above it."""

    language: str
    text: str
    file: str


BLOCKS = [
    Block(language, text, file)
    for file, language, text in re.findall(
        r"(?:^`([\w./]+)`\n\n)?^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL
    )
]
BLOCKS_PRINTED = {
    id(before): after.text for before, after in pairwise(BLOCKS) if after.language == "text"
}


def words(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


class Reader:
    """A reader of the guide, who writes its files and runs its commands."""

    def __init__(self, checkout: Path, local_aws: LocalAws) -> None:
        self.checkout = checkout
        self.aws = local_aws
        self.seen: list[str] = []

    def do(self, block: Block, printed: str) -> None:
        """Do what a block says, and compare its output with the guide."""
        if block.language == "sh":
            *before, last = block.text.splitlines()
            for command in before:
                self.type(command)
            self.type(last, printed)
        elif block.language == "md":
            self.add_line(block)
        elif block.language != "text":
            file = self.checkout / block.file
            assert not file.exists()
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text)

    def add_line(self, block: Block) -> None:
        """Add a row after the last rule of the table."""
        file = self.checkout / block.file
        text = file.read_text()
        last = list(re.finditer(r"^\| `\w+` \| .* \| \w+ \|\n", text, re.MULTILINE))[-1]
        file.write_text(text[: last.end()] + block.text + text[last.end() :])

    def type(self, command: str, printed: str = "") -> None:
        """Run a command, again and again until it prints what the guide shows."""
        if command == "make local-aws":
            return  # it runs already, and the environment below is what it prints
        end = time.monotonic() + TIMEOUT
        while f" {words(printed)}" not in (out := f" {self.output(command)}"):
            assert time.monotonic() < end, (command, out, printed)
            time.sleep(0.2)
        self.seen.append(out)

    def output(self, command: str) -> str:
        """Return a command's output in one line. Only the audit's exit status is not 0."""
        if command.startswith("aws "):
            return words(aws(command, self.aws.child_environment(HOME)))
        done = run(command, self.checkout, self.aws.child_environment(HOME))
        assert done.returncode == int("alarmchain audit" in command), (command, done)
        return words(done.stdout)


def test_the_guide(checkout: Path, local_aws: LocalAws) -> None:
    """The new rule is NON_COMPLIANT without an alarm, and COMPLIANT after its remediation."""
    reader = Reader(checkout, local_aws)
    for block in BLOCKS:
        reader.do(block, BLOCKS_PRINTED.get(id(block), ""))
    verdicts = [out for out in reader.seen if re.match(" (NON_)?COMPLIANT", out)]
    assert [verdict.split()[0] for verdict in verdicts] == ["NON_COMPLIANT", "COMPLIANT"]
    assert "5 calls covered" in verdicts[1]
    rules = local_aws.client("config", HOME).describe_config_rules()["ConfigRules"]
    assert [rule["ConfigRuleName"] for rule in rules] == [RULE]
    for guide in ("docs/rules.md", "docs/compliance.md", "cloudformation/alarms.json"):
        assert RULE in (checkout / guide).read_text()


def test_the_guide_is_complete() -> None:
    """The guide has a block for each file of a rule that no command writes."""
    own = {block.file for block in BLOCKS if block.file.startswith("rules/")}
    files = {f"rules/{RULE}/{name}" for name in ("control.toml", f"{RULE}.py", f"{RULE}_test.py")}
    assert own == files
    assert {block.language for block in BLOCKS} == {"toml", "python", "md", "sh", "text"}


@pytest.mark.parametrize("folder", rule_folders(), ids=lambda folder: folder.name)
def test_generated_parameters(folder: Path, tmp_path: Path) -> None:
    """A generated parameters.json is the same as the one in git."""
    (tmp_path / folder.name).mkdir()
    copy = tmp_path / folder.name
    (copy / "control.toml").write_text((folder / "control.toml").read_text())
    write_parameters(copy)
    assert _parameters(copy) == _parameters(folder)
    assert Control.load(copy) == Control.load(RULES / folder.name)


def test_a_wrong_control_is_reported_in_one_line(checkout: Path) -> None:
    """Every command that reads control.toml names the wrong value; a guide stays unchanged."""
    guides = {name: (checkout / name).read_text() for name in GUIDES.values()}
    file = checkout / "rules" / "CMKChanges" / "control.toml"
    file.write_text(file.read_text().replace('kms.amazonaws.com:DisableKey"', 'DisableKey"'))
    for command in ("alarmchain.remediation rules", "deployment build", *GUIDES):
        done = run(f".venv/bin/python -m {command}", checkout, dict(os.environ))
        assert done.returncode in (1, 2), command
        (line,) = done.stderr.splitlines()
        assert line.lower().startswith("error: "), command
        fault = "control.toml: [calls] 'cis' holds 'DisableKey': expected SERVICE.amazonaws.com"
        assert fault in line
    assert guides == {name: (checkout / name).read_text() for name in guides}


def _parameters(folder: Path) -> object:
    """Return parameters.json with the JSON in its strings parsed, as their order has no meaning."""
    whole = json.loads((folder / "parameters.json").read_text())
    parameters = whole["Parameters"]
    for name in ("InputParameters", "OptionalParameters"):
        parameters[name] = json.loads(parameters[name])
    return whole
