"""The finding blames the filter that is made for the calls, and never advises to widen another."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import REGION, account, alarm, judged, metric_filter, names, subscription, topic

SHARED = Path(__file__).parents[3] / "shared" / "data"
ROOT = (
    '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS'
    ' && $.eventType != "AwsServiceEvent" }'
)
DENIED = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
OF_ONE_USER = '{ $.userIdentity.userName = "break-glass" }'
ALL = "CreateTrail, UpdateTrail, DeleteTrail, StartLogging and StopLogging"


@pytest.mark.parametrize("pattern", [ROOT, OF_ONE_USER, "{ $.sourceIPAddress != 10.* }"])
def test_filter_made_for_something_else(pattern: str) -> None:
    """A filter made for other calls, which matches some of the records, is not blamed."""
    found = judged(account(metric_filters=[metric_filter(pattern)]))
    assert found.outcome.value == "not_covered"
    assert "no metric filter on log group 'CloudTrail/Default' names the call" in found.annotation
    assert found.remedy == f"create a metric filter on log group 'CloudTrail/Default' for {ALL}"


def test_the_log_group_of_another_region_is_named_with_it() -> None:
    """The reason and the remedy say where the log group is, if that is not the audited region."""
    home = account(metric_filters=[metric_filter(ROOT)])["Regions"][REGION]
    regions = {REGION: home, "eu-west-1": {"trails": home["trails"]}}
    found = judged(account(regions), region="eu-west-1")
    group = f"log group 'CloudTrail/Default' in {REGION}"
    (reason,) = {call.reason for call in found.calls.values()}
    assert reason == f"no metric filter on {group} names the call"
    assert found.remedy == f"create a metric filter on {group} for {ALL}"


def test_calls_that_lack_are_added_to_the_filter_of_the_others() -> None:
    """The remedy names the calls, and the filter that is made for the rule's other calls."""
    filters = [
        metric_filter(names("CreateTrail", "DeleteTrail", "UpdateTrail"), name="Trails"),
        metric_filter(ROOT, name="Root"),
    ]
    found = judged(account(metric_filters=filters))
    assert found.remedy == "add StartLogging and StopLogging to metric filter 'Trails'"


def test_filter_that_serves_most_calls_is_blamed() -> None:
    """Of several filters that name a call, the one made for the rule's calls is blamed."""
    filters = [
        metric_filter("{ $.eventName = StopLogging }", name="A-one", metric="N"),
        metric_filter(name="The-five"),
    ]
    alarms = [
        alarm("Five", ActionsEnabled=False),
        alarm("One", metric="N", AlarmActions=["arn:aws:sns:us-east-1:123456789012:second"]),
    ]
    pending = topic("second", subscriptions=[subscription(SubscriptionArn="PendingConfirmation")])
    found = judged(account(metric_filters=filters, metric_alarms=alarms, topics=[topic(), pending]))
    reasons = {call.reason for call in found.calls.values()}
    assert reasons == {"alarm 'Five' has its actions disabled"}


def test_narrow_filter_is_still_blamed_for_what_it_misses() -> None:
    """A filter that names the calls and narrows them is the fault, also next to a root filter."""
    narrow = names().replace(" }", ' && ($.userIdentity.type != "Root") }').replace("{ ", "{ (", 1)
    narrow = narrow.replace(" && ($.user", ") && ($.user")
    filters = [metric_filter(narrow), metric_filter(OF_ONE_USER, name="G", metric="N")]
    found = judged(account(metric_filters=filters, metric_alarms=[alarm(), alarm("B", metric="N")]))
    assert "metric filter 'F' misses some calls" in found.annotation, found.annotation
    assert "'G'" not in found.annotation


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not there")
def test_root_filter_is_not_blamed() -> None:
    """If no filter names the calls, the remedy is a new filter, not a change to the root filter."""
    document: dict[str, Any] = json.loads((SHARED / "root-filter-blamed.json").read_text("utf-8"))
    found = judged(document, "SecurityGroupChanges")
    assert "RootAccountUsage" not in found.annotation + found.remedy
    assert found.remedy.startswith("create a metric filter on log group 'LG' for Authorize")
    assert found.remedy.endswith("and DeleteSecurityGroup")


@pytest.mark.parametrize(
    ("narrowed", "field"),
    [
        ('$.userIdentity.invokedBy NOT EXISTS && $.eventName != "ConsoleLogin"', "eventName"),
        ('$.eventType = "AwsApiCall"', "eventType"),
        ("$.readOnly IS FALSE", "readOnly"),
        ('$.sourceIPAddress != "192.0.2.*"', "sourceIPAddress"),
    ],
)
def test_filter_of_a_class_that_lacks_another_of_its_conditions(narrowed: str, field: str) -> None:
    """A filter on root's events is blamed, also if it may count an event of a service."""
    pattern = f'{{ $.userIdentity.type = "Root" && {narrowed} }}'
    found = judged(account(metric_filters=[metric_filter(pattern)]), "RootAccountUsage")
    assert found.annotation.startswith(
        f"root user's event: metric filter 'F' misses some records, depending on $.{field}."
    )


@pytest.mark.parametrize("pattern", [OF_ONE_USER, "{ $.sourceIPAddress != 10.* }", names()])
def test_filter_made_for_something_else_than_the_class(pattern: str) -> None:
    """A filter that counts others' calls, too, or certain calls only, is not to blame."""
    found = judged(account(metric_filters=[metric_filter(pattern)]), "RootAccountUsage")
    assert "no metric filter on log group 'CloudTrail/Default' names the class" in found.annotation
