"""All rules of the project together: RDK deploys them, and AWS Config evaluates them."""

from pathlib import Path

import pytest

from alarmchain.control import known_controls
from demo.account import FAULTS
from demo.steps import Run
from localaws.server import LocalAws


@pytest.mark.long
def test_all_rules(local_aws: LocalAws, tmp_path: Path) -> None:
    """Each rule is deployed and has its verdict: a fault in three chains, all others work."""
    run = Run(local_aws, tmp_path / "run", "one-region", rules=())
    assert set(run.rules) == set(known_controls())
    run.make_account()
    lines = run.deploy()
    assert len([line for line in lines if ": stack is " in line]) == 2 * len(run.rules)
    verdicts = {verdict.rule: verdict.compliance for verdict in run.evaluate()}
    faulty = {rule for rule, fault in FAULTS.items() if fault.description}
    assert set(verdicts) == set(run.rules)
    assert {rule for rule, word in verdicts.items() if word != "COMPLIANT"} == faulty
