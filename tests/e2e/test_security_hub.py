"""AWS's own instructions for Security Hub's controls, on the local AWS: each alarm goes off."""

import pytest

from localaws.clock import Clock
from localaws.server import LocalAws
from tests.real_records import real_records
from tests.remediation.account_setup import create_resources, region_clients
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.security_hub import PUBLISHED, by_the_guide, by_the_solution

A_MINUTE, TWO_HOURS = 60, 2 * 60 * 60


def made(local_aws: LocalAws, snapshot: dict[str, object]) -> tuple[LocalAccount, str]:
    """Return the account that the snapshot describes, and the URL of the subscriber's queue."""
    account = LocalAccount(local_aws)
    create_resources(region_clients(local_aws), snapshot)
    return account, account.client("sqs").get_queue_url(QueueName="alarms-0")["QueueUrl"]


@pytest.mark.long
@pytest.mark.parametrize("named", ["alarm", "name"])
def test_each_alarm_goes_off(local_aws: LocalAws, named: str) -> None:
    """All rules are COMPLIANT, and a record of each reaches the subscriber by its alarm, twice."""
    account, url = made(local_aws, by_the_guide() if named == "alarm" else by_the_solution())
    for published in PUBLISHED.values():
        compliance, annotation = account.evaluate(published["rule"])
        assert compliance == "COMPLIANT", annotation
    for _ in range(2):
        for published in PUBLISHED.values():
            account.deliver(real_records(CONTROLS[published["rule"]])[-1])
            Clock.advance(A_MINUTE)
            account.aws.settle()
            assert account.notified_alarms(url) == [published[named]]
        Clock.advance(TWO_HOURS)


@pytest.mark.long
def test_the_solutions_first_version_notifies_nobody(local_aws: LocalAws) -> None:
    """No rule is COMPLIANT, and no record reaches anybody."""
    account, url = made(local_aws, by_the_solution(first_version=True))
    for published in PUBLISHED.values():
        assert account.evaluate(published["rule"])[0] == "NON_COMPLIANT"
        for record in real_records(CONTROLS[published["rule"]]):
            account.deliver(record)
        Clock.advance(A_MINUTE)
    account.aws.settle()
    assert account.notified_alarms(url) == []
