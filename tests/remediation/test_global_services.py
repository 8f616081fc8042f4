"""A trail that leaves out global services is useless for rules that need their records."""

from typing import Any

import pytest

from tests.real_records import real_records
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import make_trail, trail

WITHOUT: dict[str, Any] = {"IsMultiRegionTrail": False, "IncludeGlobalServiceEvents": False}
SEVERAL = pytest.mark.long
REFUSED = (
    "IAMPolicyChanges",
    pytest.param("RootAccountUsage", marks=SEVERAL),
    pytest.param("ConsoleSignInFailures", marks=SEVERAL),
)
MADE = ("OrganizationsChanges", pytest.param("CMKChanges", marks=SEVERAL))


@pytest.mark.parametrize("rule", REFUSED)
def test_the_trail_is_refused(local_account: LocalAccount, rule: str) -> None:
    """The run stops and says why; with another trail it makes a chain that notifies."""
    make_trail(local_account, trail(**WITHOUT))
    topic, url = local_account.on_call()
    run = local_account.remediate(rule, TopicArn=topic)
    assert run.status == "Failed"
    assert "trail main leaves out global services" in run.why
    assert local_account.resources()["filters"] == []
    make_trail(local_account, trail("all", group="all"), groups=("all",))
    assert local_account.remediate(rule, TopicArn=topic).status == "Success"
    assert local_account.evaluate(rule)[0] == "COMPLIANT"
    local_account.deliver(real_records(CONTROLS[rule])[-1])
    assert local_account.notified_alarms(url) == [CONTROLS[rule].names["AlarmName"]]


@pytest.mark.parametrize("rule", MADE)
def test_the_trail_is_used(local_account: LocalAccount, rule: str) -> None:
    """The trail is used for a rule that does not need the records of global services."""
    make_trail(local_account, trail(**WITHOUT))
    topic, url = local_account.on_call()
    assert local_account.remediate(rule, TopicArn=topic).status == "Success"
    assert local_account.evaluate(rule)[0] == "COMPLIANT"
    local_account.deliver(real_records(CONTROLS[rule])[-1])
    assert local_account.notified_alarms(url) == [CONTROLS[rule].names["AlarmName"]]


def test_another_region_than_the_leader(local_account: LocalAccount) -> None:
    """In another region, a trail without global services lacks no record of the rule."""
    region, rule = "eu-west-1", "RootAccountUsage"
    make_trail(local_account, trail(region=region, **WITHOUT), region=region)
    topic, url = local_account.on_call(region)
    assert local_account.remediate(rule, region, TopicArn=topic).status == "Success"
    assert local_account.evaluate(rule, region)[0] == "COMPLIANT"
    local_account.deliver(real_records(CONTROLS[rule], region)[-1], region)
    assert local_account.notified_alarms(url, region) == [CONTROLS[rule].names["AlarmName"]]


def test_the_record_does_not_arrive(local_account: LocalAccount) -> None:
    """A chain from such a trail notifies of a record of EC2, but not of a record of IAM."""
    make_trail(local_account, trail(**WITHOUT))
    topic, url = local_account.on_call()
    group = "CloudTrail/CloudWatchLogGroup"
    given = {"TopicArn": topic, "LogGroupName": group}
    for rule in ("IAMPolicyChanges", "VPCChanges"):
        assert local_account.remediate(rule, **given).status == "Success"
    assert local_account.evaluate("IAMPolicyChanges")[0] == "NON_COMPLIANT"
    local_account.deliver(real_records(CONTROLS["IAMPolicyChanges"])[-1])
    assert local_account.notified_alarms(url) == []
    local_account.deliver(real_records(CONTROLS["VPCChanges"])[-1])
    assert local_account.notified_alarms(url) == [CONTROLS["VPCChanges"].names["AlarmName"]]
