"""A compliant account in a local AWS, and the calls that it receives."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from alarmchain.control import Control
from demo.account import FAULTS, Fault, make_account
from demo.steps import Run
from deployment.folders import rule_folders
from deployment.pack.code import zip_code
from deployment.pack.rules import PackRule
from deployment.staging import stage
from localaws.accounts import DEFAULT_ACCOUNT
from localaws.server import LocalAws

HOME = "us-east-1"
REGIONS = (
    HOME,
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
)
"""The 17 regions that are enabled by default in a new account."""


def controls() -> tuple[Control, ...]:
    """Return the controls of the rules that the demo deploys."""
    return tuple(Control.load(folder) for folder in rule_folders() if folder.name in FAULTS)


@contextmanager
def compliant_account(*others: Control) -> Iterator[LocalAws]:
    """Run a local AWS with an account that is compliant in all regions with these rules.

    `others`: more rules with which it is compliant.
    """
    with LocalAws() as aws:
        rules = (*controls(), *others)
        faultless = {control.name: Fault(None) for control in rules}
        make_account(aws.client, DEFAULT_ACCOUNT, (HOME,), rules, faultless)
        aws.calls.clear()
        yield aws


def calls_of(aws: LocalAws, work: Callable[[], object]) -> list[str]:
    """Return the calls, as `service:Operation`, that `work` makes."""
    aws.calls.clear()
    work()
    return [call.action for call in aws.calls]


@contextmanager
def built_rule(aws: LocalAws, rule: str) -> Iterator[Path]:
    """Build a rule's folder, and stage it as it is deployed."""
    with TemporaryDirectory(prefix="bench-") as temporary:
        run = Run(aws, Path(temporary) / "run")
        run.build()
        yield stage([run.work / "rules" / rule], Path(temporary) / "staged") / rule


@contextmanager
def packs_function() -> Iterator[Path]:
    """Unpack the function of a pack of all rules."""
    with TemporaryDirectory(prefix="bench-") as temporary:
        code = zip_code(PackRule.read(folder) for folder in rule_folders())
        with zipfile.ZipFile(BytesIO(code.data)) as archive:
            archive.extractall(temporary)
        yield Path(temporary)
