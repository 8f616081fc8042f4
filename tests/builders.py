"""Builds an account as data in which every call reaches a person; a test changes one thing."""

import copy
import json
from typing import Any

from alarmchain.control import known_controls
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment
from alarmchain.parameters import Parameters
from alarmchain.snapshot.snapshot import Snapshot
from alarmchain.snapshot.snapshot_json import from_json
from tests.chain.builders import alarm_item
from tests.evidence import assert_evidence

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "999988887777"
REGION = "us-east-1"
NOW = "2026-11-20T12:00:00Z"
GROUP = "CloudTrail/Default"
RULE = "CloudTrailChanges"
CONTROLS = known_controls()
SERVING = {name: control for name, control in CONTROLS.items() if control.mappings}
"""The rules that serve a control of a framework. Others are somebody's own."""
CALLS = tuple(call.event_name for call in CONTROLS[RULE].calls["cis"])

Json = dict[str, Any]


def names(*calls: str) -> str:
    """Return a pattern that matches the calls (by default all of RULE) by name."""
    return "{ " + " || ".join(f"($.eventName = {call})" for call in calls or CALLS) + " }"


def _changed(item: Json, changes: Json) -> Json:
    """Return the item with changed members; None removes a member."""
    return {name: value for name, value in {**item, **changes}.items() if value is not None}


def group_arn(name: str = GROUP, region: str = REGION, account: str = ACCOUNT) -> str:
    """Return a log group's ARN as a trail names it."""
    return f"arn:aws:logs:{region}:{account}:log-group:{name}:*"


def trail(name: str = "main", region: str = REGION, account: str = ACCOUNT, **changes: Any) -> Json:
    """Return a multi-region trail that records all management events and delivers to GROUP."""
    item = {
        "Name": name,
        "TrailARN": f"arn:aws:cloudtrail:{region}:{account}:trail/{name}",
        "HomeRegion": region,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "IsOrganizationTrail": False,
        "CloudWatchLogsLogGroupArn": group_arn(region=region, account=account),
        "Status": status(),
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    }
    return _changed(item, changes)


def status(**changes: Any) -> Json:
    """Return the answer of GetTrailStatus for a trail that logs and has just delivered."""
    return _changed({"IsLogging": True, "LatestCloudWatchLogsDeliveryTime": NOW}, changes)


def advanced(*fields: Json) -> list[Json]:
    """Return one advanced event selector for management events, narrowed by the fields."""
    management = {"Field": "eventCategory", "Equals": ["Management"]}
    return [{"Name": "s", "FieldSelectors": [management, *fields]}]


def log_group(name: str = GROUP, **changes: Any) -> Json:
    """Return a log group of class STANDARD."""
    return _changed({"logGroupName": name, "logGroupClass": "STANDARD"}, changes)


def metric_filter(
    pattern: str = "", *, name: str = "F", group: str = GROUP, metric: str = "M", **changes: Any
) -> Json:
    """Return a metric filter that matches all calls of RULE and writes 1.

    The members of `own` below change the filter; all other changes are to its transformation.
    """
    own: Json = {
        key: changes.pop(key)
        for key in ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
        if key in changes
    }
    transformation = {
        "metricName": metric,
        "metricNamespace": "CloudTrailMetrics",
        "metricValue": "1",
    }
    return {
        "logGroupName": group,
        "filterName": name,
        "filterPattern": pattern or names(),
        "metricTransformations": [_changed(transformation, changes)],
        **own,
    }


def topic_arn(name: str = "alarms", region: str = REGION, account: str = ACCOUNT) -> str:
    """Return a topic's ARN."""
    return f"arn:aws:sns:{region}:{account}:{name}"


def alarm_arn(name: str = "A", region: str = REGION, account: str = ACCOUNT) -> str:
    """Return an alarm's ARN."""
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"


def alarm(name: str = "A", *, metric: str = "M", region: str = REGION, **changes: Any) -> Json:
    """Return an alarm that goes to ALARM on one event and notifies the topic `alarms`."""
    item = alarm_item(
        AlarmName=name,
        AlarmArn=alarm_arn(name, region),
        MetricName=metric,
        AlarmActions=[topic_arn(region=region)],
    )
    return _changed(item, changes)


def math_alarm(*queries: Json, name: str = "A", **changes: Any) -> Json:
    """Return an alarm on metric math; the queries come from `stat()` and `expression()`."""
    removed = dict.fromkeys(("MetricName", "Namespace", "Statistic", "Period"))
    return alarm(name, **removed, Metrics=list(queries), **changes)  # type: ignore[arg-type]


def stat(query: str = "m1", metric: str = "M", *, returned: bool = False, **changes: Any) -> Json:
    """Return a metric for an alarm's Metrics."""
    named = {"Namespace": "CloudTrailMetrics", "MetricName": metric}
    metric_stat = {"Metric": named, "Period": 300, "Stat": "Sum"}
    return {"Id": query, "MetricStat": metric_stat, "ReturnData": returned, **changes}


def expression(text: str, query: str = "e1") -> Json:
    """Return an expression for an alarm's Metrics."""
    return {"Id": query, "Expression": text, "ReturnData": True}


def composite(rule: str = 'ALARM("A")', name: str = "C", **changes: Any) -> Json:
    """Return a composite alarm that notifies the topic `alarms`."""
    item = {
        "AlarmName": name,
        "AlarmArn": alarm_arn(name),
        "AlarmRule": rule,
        "ActionsEnabled": True,
        "AlarmActions": [topic_arn()],
        "StateValue": "OK",
    }
    return _changed(item, changes)


def statement(arn: str, **changes: Any) -> Json:
    """Return a statement of a topic's policy that allows CloudWatch to publish."""
    item = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    return _changed(item, changes)


def policy(*statements: Json) -> str:
    """Return the text of a resource policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def subscription(topic: str = topic_arn(), number: int = 0, **changes: Any) -> Json:
    """Return a confirmed subscription."""
    item = {
        "SubscriptionArn": f"{topic}:00000000-0000-0000-0000-{number:012}",
        "Protocol": "email",
        "Endpoint": f"{number}@example.com",
        "TopicArn": topic,
        "Attributes": {},
    }
    return _changed(item, changes)


def topic(
    name: str = "alarms", region: str = REGION, account: str = ACCOUNT, **attributes: Any
) -> Json:
    """Return a topic with SNS's default policy and one confirmed subscription.

    `subscriptions` replaces the subscriptions; every other change is to an attribute.
    """
    arn = topic_arn(name, region, account)
    subscriptions = attributes.pop("subscriptions", [subscription(arn)])
    default = statement(
        arn,
        Principal={"AWS": "*"},
        Action=["SNS:Publish", "SNS:Subscribe"],
        Condition={"StringEquals": {"AWS:SourceOwner": account}},
    )
    defaults = {"TopicArn": arn, "Owner": account, "Policy": policy(default)}
    return {
        "TopicArn": arn,
        "Attributes": _changed(defaults, attributes),
        "Subscriptions": subscriptions,
    }


def key(reference: str = "1234", *statements: Json, **metadata: Any) -> Json:
    """Return a customer-managed key that CloudWatch may use."""
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{reference}"
    known = {"KeyId": reference, "Arn": arn, "KeyManager": "CUSTOMER", "KeyState": "Enabled"}
    allow = statement("*", Action=["kms:Decrypt", "kms:GenerateDataKey*"])
    return {
        "KeyId": reference,
        "Metadata": {**known, **metadata},
        "Policy": policy(*(statements or [allow])),
    }


def collections(region: str = REGION, **changes: Any) -> Json:
    """Return a region with a complete chain; None removes a collection, as if it was not read."""
    whole = {
        "trails": [trail(region=region)],
        "log_groups": [log_group()],
        "metric_filters": [metric_filter()],
        "metric_alarms": [alarm(region=region)],
        "composite_alarms": [],
        "topics": [topic(region=region)],
        "keys": [],
    }
    return _changed(whole, changes)


def nothing() -> Json:
    """Return a region that was read and is empty."""
    return {collection: [] for collection in collections()}


def account(
    regions: Json | None = None, *, denied: Any = (), linked: Any = None, **changes: Any
) -> Json:
    """Return the document of a snapshot; `changes` are to the collections of REGION."""
    document: Json = {
        "Format": "alarmchain-snapshot/1",
        "Account": ACCOUNT,
        "CollectedAt": NOW,
        "Regions": {REGION: collections(**changes)} if regions is None else regions,
        "Denied": list(denied),
    }
    if linked is not None:
        document["Linked"] = linked
    return copy.deepcopy(document)


def denied(action: str, resource: str = "*", region: str = REGION) -> Json:
    """Return a denial of a read."""
    return {"Action": action, "Resource": resource, "Region": region, "Code": "AccessDenied"}


def judged(
    document: Json | Snapshot, rule: str = RULE, region: str = REGION, **parameters: str
) -> Assessment:
    """Return the assessment of a snapshot or its document, without any further read.

    Asserts that its evidence passes the checks of `tests/evidence.py`.
    """
    snapshot = document if isinstance(document, Snapshot) else from_json(document)
    assessment = assess(CONTROLS[rule], snapshot, region, Parameters.read(parameters))
    assert_evidence(assessment, snapshot)
    return assessment


def said(document: Json | Snapshot, *arguments: Any, **parameters: str) -> str:
    """Return the compliance and the annotation in one text."""
    assessment = judged(document, *arguments, **parameters)
    return f"{assessment.compliance}: {assessment.annotation}"
