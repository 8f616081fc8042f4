"""docs/adding-a-rule.md works: a test runs its commands and makes its changes, in a copy."""

import json
import os
import re
import time
from dataclasses import dataclass
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
RULES_OF_GUIDE = (RULE, "BreakGlassUsage")
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


def blocks(text: str) -> list[Block]:
    """Return the blocks of a part of the guide."""
    found = re.findall(
        r"(?:^`([\w./]+)`\n\n)?^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    return [Block(language, text, file) for file, language, text in found]


BEFORE_AWS = GUIDE.split("## 4. See it work")[0]
BLOCKS = blocks(GUIDE)


def words(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


class Reader:
    """A reader of the guide, who runs its commands; `local_aws`: for the part that needs AWS."""

    def __init__(self, checkout: Path, local_aws: LocalAws | None = None) -> None:
        self.checkout = checkout
        self.environment = local_aws.child_environment(HOME) if local_aws else dict(os.environ)
        self.seen: list[str] = []

    def follow(self, part: list[Block]) -> None:
        """Do what the blocks say, one after the other."""
        for block, after in zip(part, [*part[1:], None], strict=True):
            self.do(block, after.text if after and after.language == "text" else "")

    def do(self, block: Block, printed: str) -> None:
        """Do what a block says, and compare its output with the guide."""
        if block.language == "sh":
            *before, last = block.text.splitlines()
            for command in before:
                self.type(command)
            self.type(last, printed)
        elif block.language == "toml":
            with (self.checkout / block.file).open("a") as file:
                file.write(block.text)

    def type(self, command: str, printed: str = "") -> None:
        """Run a command, again and again until it prints what the guide shows."""
        if command == "make local-aws":
            return  # the local AWS runs already, and self.environment is what the command prints
        end = time.monotonic() + TIMEOUT
        while f" {words(printed)}" not in (out := f" {self.output(command)}"):
            assert time.monotonic() < end, (command, out, printed)
            time.sleep(0.2)
        self.seen.append(out)

    def output(self, command: str) -> str:
        """Return a command's output in one line. Only the audit's exit status is not 0."""
        if command.startswith("aws "):
            return words(aws(command, self.environment))
        done = run(command, self.checkout, self.environment)
        assert done.returncode == int("alarmchain audit" in command), (command, done)
        return words(done.stdout)


def test_the_rules_without_aws(checkout: Path) -> None:
    """Both rules are complete: their tests pass, the audit and the generated files have them."""
    reader = Reader(checkout)
    reader.follow(blocks(BEFORE_AWS))
    for name in RULES_OF_GUIDE:
        for file in ("docs/rules.md", "cloudformation/alarms.json", "iam/remediation-role.yaml"):
            assert name in (checkout / file).read_text(), file
    assert RULE in (checkout / "docs" / "compliance.md").read_text()
    parameters = json.loads((checkout / "rules" / RULE / "parameters.json").read_text())
    assert parameters["Parameters"]["RuleSets"] == ["alarmchain", "conformity", "all"]
    linted = run(".venv/bin/ruff check rules && .venv/bin/ruff format --check rules", checkout, {})
    assert linted.returncode == 0, linted.stdout


@pytest.mark.long
def test_the_whole_guide(checkout: Path, local_aws: LocalAws) -> None:
    """The new rule is NON_COMPLIANT without an alarm, and COMPLIANT after its remediation."""
    reader = Reader(checkout, local_aws)
    reader.follow(BLOCKS)
    verdicts = [out for out in reader.seen if re.match(" (NON_)?COMPLIANT", out)]
    assert [verdict.split()[0] for verdict in verdicts] == ["NON_COMPLIANT", "COMPLIANT"]
    assert "5 calls covered" in verdicts[1]
    rules = local_aws.client("config", HOME).describe_config_rules()["ConfigRules"]
    assert [rule["ConfigRuleName"] for rule in rules] == [RULE]


def test_the_blocks_of_the_guide() -> None:
    """The reader above does what each kind of block says, and knows each file."""
    assert {block.language for block in BLOCKS} == {"toml", "sh", "text"}
    assert {block.file for block in BLOCKS} == {"", f"rules/{RULE}/control.toml"}
    commands = "".join(block.text for block in BLOCKS if block.language == "sh")
    assert re.findall(r"alarmchain new-rule (\w+)", commands) == list(RULES_OF_GUIDE)


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
