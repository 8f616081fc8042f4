"""Each fault of each link with each rule: never COMPLIANT, the right link blamed, and a remedy.

`make test` tries each fault with a fifth of the rules, `make test-long` with all.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from alarmchain.chain.judgement import Status
from alarmchain.decision.assessment import MOST_ANNOTATION, Assessment
from tests.builders import ACCOUNT, CONTROLS, REGION, advanced, judged, key
from tests.chance import LONG
from tests.cli.audit_report import snapshot
from tests.decision.broken_links import BREAKS, ON_ACTIONS, Json

Fault = Callable[[Json], Any]
"""Changes the collections of the rule's region."""
SHARE = 1 if LONG else 5
LINKS = {
    "trails": "trail",
    "log_groups": "log_group",
    "metric_filters": "metric_filter",
    "metric_alarms": "alarm",
    "topics": "topic",
    "keys": "topic",
    "mute_rules": "alarm",
}
"""The link that is blamed for an item of the collection."""
BLAMED = {
    # The alarm does not receive the filter's data, or stays in ALARM.
    **{
        ("metric_filters", how): "alarm"
        for how in (
            *("a default", "a dimension", "another metric", "another namespace"),
            *("everything", "zero"),
        )
    },
    **{
        ("topics", how): "subscription"
        for how in (
            *("cancelled", "filter unread", "filtered", "nobody", "of another topic"),
            *("subscriptions unread", "unconfirmed"),
        )
    },
}
"""The faults for which another link is blamed."""
OF_ALARMS = BREAKS["metric_alarms"] | ON_ACTIONS
HARMLESS = {
    "metric_filters: a unit": tuple(CONTROLS),
    "metric_filters: narrowed": ("RootAccountUsage",),
}
"""Not faults: an alarm without a unit counts every unit; RootAccountUsage is about root."""
ANY_SERVICE = tuple(
    name
    for name, control in CONTROLS.items()
    if any("signin.amazonaws.com" not in records.pattern for records in control.records["cis"])
)
"""Rules whose records any service can write, also for calls that read."""
OF_KEYS = tuple(
    name
    for name, control in CONTROLS.items()
    if any(call.event_source == "kms.amazonaws.com" for call in control.calls["cis"])
)
"""Rules for which a key of the topic is a fault by itself: its calls can silence the topic."""


def each_item(collection: str, change: Callable[[Json], Any]) -> Fault:
    """Return the fault that changes each item; an item without the member is emptied."""

    def fault(collections: Json) -> None:
        for item in collections[collection]:
            try:
                change(item)
            except KeyError:
                item.clear()

    return fault


def emptied(collection: str) -> Fault:
    """Return the fault of an empty collection."""
    return lambda collections: collections[collection].clear()


def selectors(**members: Any) -> Fault:
    """Return the fault of a trail with these event selectors."""
    removed: Json = {"EventSelectors": [], "AdvancedEventSelectors": []}
    return each_item("trails", lambda trail: trail.update(removed | members))


def elsewhere(trail: Json) -> None:
    """Change the trail to one that records only another region."""
    arn = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/management-events"
    trail.update(TrailARN=arn, HomeRegion="eu-west-1", IsMultiRegionTrail=False)


def faults_of(rule: str) -> dict[str, tuple[str, Fault]]:
    """Return the faults by name, each with the link to blame."""
    faults = {
        f"{collection}: {how}": (
            BLAMED.get((collection, how), LINKS[collection]),
            each_item(collection, change),
        )
        for collection in LINKS
        for how, change in (BREAKS | {"metric_alarms": OF_ALARMS})[collection].items()
    }
    faults |= {
        f"no {collection}": (link, emptied(collection))
        for collection, link in LINKS.items()
        if collection not in ("keys", "mute_rules")
    }
    faults["another region's trail"] = ("trail", each_item("trails", elsewhere))
    sources = {call.event_source for call in CONTROLS[rule].calls["cis"]}
    if rule in ANY_SERVICE:
        writes = [{"ReadWriteType": "WriteOnly"}]
        faults["writes alone"] = ("trail", selectors(EventSelectors=writes))
    if rule in (*ANY_SERVICE, *OF_KEYS):
        without = [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]
        faults["without KMS"] = ("trail", selectors(EventSelectors=without))
    own = sorted(sources) or ["signin.amazonaws.com"]
    narrowed = advanced({"Field": "eventSource", "NotEquals": own})
    faults["without its own service"] = ("trail", selectors(AdvancedEventSelectors=narrowed))
    if rule in OF_KEYS:
        faults = {name: fault for name, fault in faults.items() if not name.startswith("keys: ")}
    return {name: fault for name, fault in faults.items() if rule not in HARMLESS.get(name, ())}


def complete(rule: str) -> Json:
    """Return an account in which the rule is COMPLIANT, with a key and a mute rule that is over."""
    document = snapshot(rule)
    collections = document["Regions"][REGION]
    collections["keys"] = [key()]
    if rule not in OF_KEYS:
        collections["topics"][0]["Attributes"]["KmsMasterKeyId"] = "1234"
    over = {"AlarmMuteRuleArn": "arn:aws:cloudwatch:x", "Status": "EXPIRED"}
    name = collections["metric_alarms"][0]["AlarmName"]
    collections["mute_rules"] = [{"AlarmName": name, "Rules": [over]}]
    return document


def check(found: Assessment, rule: str, link: str) -> None:
    """Assert what holds for every fault."""
    assert found.compliance == "NON_COMPLIANT"
    assert found.outcome.value in ("not_covered", "unknown")
    faulty = [each for each in found.chain if each.judgement.status is not Status.OK]
    broken = [each for each in faulty if each.judgement.status is Status.BROKEN]
    blamed = (broken or faulty)[0]
    assert blamed.link == link
    assert blamed.judgement.reason in {call.reason for call in found.calls.values()}
    assert found.remedy[:1].islower()
    first = next(iter(found.calls))
    assert first in found.annotation or rule in found.annotation
    assert len(found.annotation) <= MOST_ANNOTATION


@pytest.mark.parametrize("rule", sorted(CONTROLS))
def test_every_fault(rule: str) -> None:
    """Without a fault the rule is COMPLIANT; with a fault the right link is blamed."""
    document, position = complete(rule), sorted(CONTROLS).index(rule)
    assert judged(document, rule).compliance == "COMPLIANT"
    for number, (name, (link, fault)) in enumerate(faults_of(rule).items()):
        if (number + position) % SHARE:
            continue
        faulty = copy.deepcopy(document)
        fault(faulty["Regions"][REGION])
        found = judged(faulty, rule)
        try:
            check(found, rule, link)
        except AssertionError as error:
            raise AssertionError(f"{name}: {found.annotation}") from error


@pytest.mark.parametrize("rule", sorted(CONTROLS))
def test_what_is_no_fault(rule: str) -> None:
    """A trail may leave out what the rule does not require, and a filter may write a unit."""
    document = complete(rule)
    unit = BREAKS["metric_filters"]["a unit"]
    harmless = [each_item("metric_filters", unit)]
    if rule not in ANY_SERVICE:
        harmless.append(selectors(EventSelectors=[{"ReadWriteType": "WriteOnly"}]))
        others = advanced({"Field": "eventSource", "NotEquals": ["sts.amazonaws.com"]})
        harmless.append(selectors(AdvancedEventSelectors=others))
    for change in harmless:
        changed = copy.deepcopy(document)
        change(changed["Regions"][REGION])
        found = judged(changed, rule)
        assert found.compliance == "COMPLIANT", found.annotation


@pytest.mark.parametrize("rule", sorted(CONTROLS))
def test_a_machine_is_no_person(rule: str) -> None:
    """With Subscribers=person, a topic with only a queue is a fault of the subscription."""
    document = complete(rule)
    queue = {"Protocol": "sqs", "Endpoint": f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"}
    document["Regions"][REGION]["topics"][0]["Subscriptions"][0].update(queue)
    assert judged(document, rule).compliance == "COMPLIANT"
    check(judged(document, rule, Subscribers="person"), rule, "subscription")
