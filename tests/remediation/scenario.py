"""Accounts before a remediation, and checks after it, which the tests of remediations share."""

import json
from typing import Any

from tests.remediation.account_setup import ACCOUNT, create_resources, queue, region_clients
from tests.remediation.local_account import CONTROLS, LocalAccount, Remediated

Json = dict[str, Any]
RULE = "ConfigChanges"


NAMES = CONTROLS[RULE].names


HOME = "us-east-1"


GROUP = "CloudTrail/CloudWatchLogGroup"


DEFAULT_TOPIC = f"arn:aws:sns:{HOME}:{ACCOUNT}:{NAMES['TopicName']}"


def trail(name: str = "main", region: str = HOME, group: str = GROUP, **changes: Any) -> Json:
    """Return a trail that delivers all management events to the log group."""
    return {
        "Name": name,
        "IsMultiRegionTrail": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}:*",
        "Status": {"IsLogging": True},
    } | changes


def make_trail(
    local_account: LocalAccount,
    *trails: Json,
    region: str = HOME,
    groups: tuple[str, ...] = (GROUP,),
) -> None:
    """Create log groups, and trails that deliver to them."""
    collections = {
        "log_groups": [{"logGroupName": group} for group in groups],
        "trails": list(trails) or [trail(region=region)],
    }
    create_resources(region_clients(local_account.aws), {"Regions": {region: collections}})


def subscribe_listener(local_account: LocalAccount, arn: str = DEFAULT_TOPIC) -> None:
    """Subscribe a new queue to the topic."""
    _, endpoint = queue(local_account.client("sqs"), "listener")
    local_account.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)


def is_compliant(
    local_account: LocalAccount, rule: str = RULE, region: str = HOME, **parameters: str
) -> bool:
    """Return whether the rule is COMPLIANT."""
    return local_account.evaluate(rule, region, **parameters)[0] == "COMPLIANT"


def succeeded(run: Remediated) -> Remediated:
    """Return the run; assert that it succeeded."""
    assert (run.status, run.why) == ("Success", "")
    return run


def make_broken_chain(local_account: LocalAccount) -> None:
    """Create the filter and alarm of somebody who followed a runbook and left an event out."""
    local_account.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName=NAMES["FilterName"],
        filterPattern="{ $.eventName = DeleteDeliveryChannel }",
        metricTransformations=[
            {
                "metricName": NAMES["MetricName"],
                "metricNamespace": NAMES["MetricNamespace"],
                "metricValue": "1",
            }
        ],
    )
    local_account.client("cloudwatch").put_metric_alarm(
        AlarmName=NAMES["AlarmName"],
        MetricName=NAMES["MetricName"],
        Namespace=NAMES["MetricNamespace"],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


def make_key(local_account: LocalAccount, *, lets_cloudwatch: bool) -> str:
    """Create a customer-managed key and return its ARN."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    statements = [own | {"Action": "kms:*", "Resource": "*"}]
    if lets_cloudwatch:
        statements.append(
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
            }
        )
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found: str = local_account.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    return found
