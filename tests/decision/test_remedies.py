"""A remedy that is followed literally never leads to a worse verdict."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alarmchain.decision.assessment import Assessment
from alarmchain.json_document import DocumentError
from tests.builders import judged, policy, statement
from tests.cases import all_cases

Json = dict[str, Any]
Apply = Callable[[Json, re.Match[str], Assessment], None]

ORDER = ["not_covered", "unknown", "covered"]
"""The verdicts, from the worst on."""
SHARED = Path(__file__).parents[3] / "shared" / "data"


def _items(document: Json, collection: str, name: str = "") -> Iterator[Json]:
    """Yield the items of all regions and accounts, all or those of one name."""
    for part in (document, *document.get("Linked", {}).values()):
        for region in part["Regions"].values():
            for item in region.get(collection) or ():
                if not name or name in (
                    item.get("AlarmName"),
                    item.get("filterName"),
                    item.get("Name"),
                    item.get("KeyId"),
                    str(item.get("TopicArn")).rpartition(":")[2],
                ):
                    yield item


def _alarm(**changes: Any) -> Apply:
    """Return a function that changes the alarm that the remedy, or the chain, names."""

    def apply(document: Json, match: re.Match[str], found: Assessment) -> None:
        name = match.groupdict().get("name") or found.chain[-1].resource.rpartition(":")[2]
        for collection in ("metric_alarms", "composite_alarms"):
            for item in _items(document, collection, name):
                item.update({key: value for key, value in changes.items() if value is not None})
                for key in (key for key, value in changes.items() if value is None):
                    item.pop(key, None)

    return apply


def _filter(change: Callable[[Json, re.Match[str], Assessment], None]) -> Apply:
    def apply(document: Json, match: re.Match[str], found: Assessment) -> None:
        names = match.groupdict().get("name") or found.chain[-1].resource
        for name in re.split(r"', '", names):
            for item in _items(document, "metric_filters", name):
                change(item, match, found)

    return apply


def _pattern(calls: Iterator[str] | list[str]) -> str:
    return "{ " + " || ".join(f"($.eventName = {name})" for name in calls) + " }"


def _narrow(item: Json, _: re.Match[str], found: Assessment) -> None:
    item["filterPattern"] = _pattern(list(found.calls))


def _add(item: Json, match: re.Match[str], _: Assessment) -> None:
    added = re.split(r", | and ", match["calls"])
    item["filterPattern"] = (
        item["filterPattern"].rstrip().removesuffix("}")
        + "".join(f" || ($.eventName = {name})" for name in added)
        + " }"
    )


def _create_filter(document: Json, match: re.Match[str], _: Assessment) -> None:
    for part in (document, *document.get("Linked", {}).values()):
        for region in part["Regions"].values():
            groups = [item.get("logGroupName") for item in region.get("log_groups") or ()]
            if match["name"] in groups:
                transformation = {
                    "metricName": "Remedy",
                    "metricNamespace": "Remedies",
                    "metricValue": "1",
                }
                region.setdefault("metric_filters", []).append(
                    {
                        "filterName": "Remedy",
                        "logGroupName": match["name"],
                        "filterPattern": _pattern(re.split(r", | and ", match["calls"])),
                        "metricTransformations": [transformation],
                    }
                )


def _create_alarm(document: Json, match: re.Match[str], found: Assessment) -> None:
    place = found.chain[-1]
    region = document["Regions"].get(match["region"], {})
    for topic in [item["TopicArn"] for item in region.get("topics") or ()][:1]:
        namespace, _, metric = match["metric"].rpartition("/")
        region.setdefault("metric_alarms", []).append(
            {
                "AlarmName": "Remedy",
                "AlarmArn": f"arn:aws:cloudwatch:{place.region}:{place.account}:alarm:Remedy",
                "Namespace": namespace,
                "MetricName": metric,
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": 1.0,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
                "ActionsEnabled": True,
                "AlarmActions": [topic],
                "StateValue": "OK",
            }
        )


def _value(item: Json, _: re.Match[str], __: Assessment) -> None:
    item["metricTransformations"][0]["metricValue"] = "1"


def _drop(*path: str) -> Callable[[Json, re.Match[str], Assessment], None]:
    def drop(item: Json, _: re.Match[str], __: Assessment) -> None:
        item.pop(path[0], None)
        for transformation in item["metricTransformations"]:
            transformation.pop(path[0], None)

    return drop


def _start_logging(document: Json, match: re.Match[str], _: Assessment) -> None:
    for item in _items(document, "trails", match["name"]):
        item["Status"]["IsLogging"] = True


def _record_everything(document: Json, match: re.Match[str], _: Assessment) -> None:
    for item in _items(document, "trails", match["name"]):
        item.pop("AdvancedEventSelectors", None)
        item["EventSelectors"] = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]


def _allow_publish(document: Json, match: re.Match[str], _: Assessment) -> None:
    for item in _items(document, "topics", match["name"]):
        item["Attributes"]["Policy"] = policy(statement(item["TopicArn"]))


def _confirm(document: Json, match: re.Match[str], _: Assessment) -> None:
    for topic in _items(document, "topics"):
        for item in topic.get("Subscriptions") or ():
            if item.get("Endpoint") == match["who"]:
                item["SubscriptionArn"] = f"{topic['TopicArn']}:confirmed"
                item.setdefault("Attributes", {})


def _no_filter_policy(document: Json, match: re.Match[str], _: Assessment) -> None:
    for topic in _items(document, "topics"):
        for item in topic.get("Subscriptions") or ():
            if item.get("Endpoint") == match["who"]:
                item["Attributes"] = {}


def _enable_keys(document: Json, _: re.Match[str], __: Assessment) -> None:
    for item in _items(document, "keys"):
        item["Metadata"]["KeyState"] = "Enabled"


NAME = r"'(?P<name>[^']*)'"
SUM = _alarm(
    Statistic="Sum",
    ExtendedStatistic=None,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    Threshold=1.0,
)
REMEDIES: dict[str, Apply] = {
    r"narrow metric filters? '(?P<name>.*)' to the calls to watch": _filter(_narrow),
    r"remove the condition on .*": _filter(_narrow),
    rf"add (?P<calls>.*) to metric filter {NAME}": _filter(_add),
    rf"create a metric filter on log group {NAME}(?: in \S+)? for (?P<calls>.*)": _create_filter,
    r"create an alarm on (?P<metric>\S+) in (?P<region>\S+)": _create_alarm,
    r"use the statistic Sum and the threshold >= 1": SUM,
    r"lower the threshold to >= 1": _alarm(
        ComparisonOperator="GreaterThanOrEqualToThreshold", Threshold=1.0
    ),
    r"set TreatMissingData to notBreaching": _alarm(TreatMissingData="notBreaching"),
    r"set DatapointsToAlarm and EvaluationPeriods to 1": _alarm(
        DatapointsToAlarm=1, EvaluationPeriods=1
    ),
    rf"enable the actions of alarm {NAME}": _alarm(ActionsEnabled=True),
    rf"remove Unit from alarm {NAME}": _alarm(Unit=None),
    rf"remove the ActionsSuppressor of alarm {NAME}": _alarm(
        ActionsSuppressor=None, ActionsSuppressedBy=None
    ),
    rf"set the metricValue of metric filter {NAME} to 1": _filter(_value),
    rf"remove the dimension from metric filter {NAME}": _filter(_drop("dimensions")),
    rf"turn off applyOnTransformedLogs of metric filter {NAME}": _filter(
        _drop("applyOnTransformedLogs")
    ),
    rf"remove the field selection of metric filter {NAME}": _filter(
        _drop("fieldSelectionCriteria")
    ),
    rf"start logging on trail {NAME}": _start_logging,
    rf"record all management events on trail {NAME}": _record_everything,
    rf"stop excluding \S+ on trail {NAME}": _record_everything,
    rf"allow cloudwatch.amazonaws.com to sns:Publish in the policy of topic {NAME}": _allow_publish,
    r"remove the filter policy of (?P<who>\S+)": _no_filter_policy,
    r"ask (?P<who>\S+) to confirm the subscription": _confirm,
    r"subscribe (?P<who>\S+) again": _confirm,
    r"enable the key": _enable_keys,
}
"""What a user does who follows a remedy to the letter."""


def _shared(name: str) -> list[Json]:
    path = SHARED / name
    return json.loads(path.read_text("utf-8")) if path.exists() else []


CASES = [*all_cases().values(), *_shared("more-cases.json")]


def _followed(document: Json, found: Assessment) -> Json | None:
    """Return the account after the remedy, None if it cannot be applied mechanically."""
    for expression, apply in REMEDIES.items():
        match = re.fullmatch(expression, found.remedy)
        if match:
            changed = copy.deepcopy(document)
            apply(changed, match, found)
            return changed
    return None


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_no_remedy_harms(case: Json) -> None:
    """Follow one remedy after the other: no verdict is worse than the one before."""
    document = case["snapshot"]
    try:
        found = judged(document, case["rule"], case["region"])
    except DocumentError:
        pytest.skip("the document is not a snapshot")
    for _ in range(6):
        changed = _followed(document, found) if found.remedy else None
        if changed is None or changed == document:
            return
        after = judged(changed, case["rule"], case["region"])
        change = f"{found.annotation} -> {found.remedy} -> {after.annotation}"
        assert ORDER.index(after.outcome.value) >= ORDER.index(found.outcome.value), change
        document, found = changed, after


def test_most_remedies_are_applied() -> None:
    """At least half of the remedies of the cases can be applied mechanically."""
    found = [
        judged(case["snapshot"], case["rule"], case["region"]).remedy
        for case in all_cases().values()
        if "Format" in case["snapshot"]
    ]
    remedies = [remedy for remedy in found if remedy]
    applied = [
        remedy for remedy in remedies if any(re.fullmatch(known, remedy) for known in REMEDIES)
    ]
    assert len(applied) >= 0.5 * len(remedies), (len(applied), len(remedies))
