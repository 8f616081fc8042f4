"""An example account: one trail for all regions, and a typical fault in three of four alarms.

Everything is made with the calls that a person or a template would use. The names are those of the
published runbooks, so remediation finds that some of them are in use.
`python -m demo.account` makes it without any alarm, on the local AWS of the environment.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3

from alarmchain.control import Control
from alarmchain.remediation.filter_patterns import cis_patterns
from alarmchain.testing.account import metric_filters

Clients = Callable[[str, str], Any]
"""(service, region) -> a boto3 client."""

HOME = "us-east-1"
LOG_GROUP = "CloudTrail/CloudWatchLogGroup"
TRAIL = "management-events"
ON_CALL = "CloudWatchAlarmSNSTopic"
UNCONFIRMED = "key-custodians"
ONE_GROUP = "sg-0a1b2c3d4e5f67890"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a rule's chain, and the text that the rule's annotation must contain.

    `description` None means that the chain has no fault.
    """

    description: str | None
    named: str = ""
    narrowed_by: str = ""
    threshold: float = 1
    topic: str = ON_CALL


NO_FAULT = Fault(None)
"""For every rule that FAULTS does not contain."""
FAULTS = {
    "ConfigChanges": NO_FAULT,
    "SecurityGroupChanges": Fault(
        "its metric filter counts only changes of one security group",
        named="SecurityGroup",
        narrowed_by=f' && ($.requestParameters.groupId = "{ONE_GROUP}")',
    ),
    "CloudTrailChanges": Fault(
        "its alarm needs five events in five minutes", named="CloudTrail Changes", threshold=5
    ),
    "CMKChanges": Fault(
        "the only subscription of its topic is an e-mail address that nobody has confirmed",
        named=UNCONFIRMED,
        topic=UNCONFIRMED,
    ),
}


def make_account(
    clients: Clients,
    account: str,
    regions: Iterable[str],
    controls: Iterable[Control],
    faults: Mapping[str, Fault] = FAULTS,
) -> str:
    """Make the trail, the topics and each control's filter and alarm, with its fault.

    Return the URL of the queue that represents the person on call. Raises boto3's errors.
    """
    _make_log_trail(clients, account)
    turn_on_config(clients, account, regions)
    topics = {name: clients("sns", HOME).create_topic(Name=name)["TopicArn"] for name in TOPICS}
    queue = _subscribe_queue(clients, account, topics[ON_CALL])
    clients("sns", HOME).subscribe(
        TopicArn=topics[UNCONFIRMED], Protocol="email", Endpoint="key-custodians@example.com"
    )
    for control in controls:
        _make_filter_and_alarm(clients, control, faults.get(control.name, NO_FAULT), topics)
    return queue


TOPICS = (ON_CALL, UNCONFIRMED)


def _make_log_trail(clients: Clients, account: str) -> None:
    bucket = f"trail-{account}"
    clients("s3", HOME).create_bucket(Bucket=bucket)
    clients("logs", HOME).create_log_group(logGroupName=LOG_GROUP)
    clients("logs", HOME).create_log_stream(logGroupName=LOG_GROUP, logStreamName=account)
    cloudtrail = clients("cloudtrail", HOME)
    cloudtrail.create_trail(
        Name=TRAIL,
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HOME}:{account}:log-group:{LOG_GROUP}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{account}:role/CloudTrailToCloudWatchLogs",
    )
    cloudtrail.start_logging(Name=TRAIL)


def turn_on_config(clients: Clients, account: str, regions: Iterable[str]) -> None:
    """Make a recorder and a delivery channel in each region, as in an account with AWS Config.

    `rdk init` would make them too, but it waits 16 s in each region for its role.
    """
    bucket = f"config-bucket-{account}"
    clients("s3", HOME).create_bucket(Bucket=bucket)
    for region in regions:
        config = clients("config", region)
        config.put_configuration_recorder(
            ConfigurationRecorder={
                "name": "default",
                "roleARN": f"arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/"
                "AWSServiceRoleForConfig",
                "recordingGroup": {"allSupported": True},
            }
        )
        config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": bucket})
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def _subscribe_queue(clients: Clients, account: str, topic: str) -> str:
    sqs = clients("sqs", HOME)
    url: str = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = f"arn:aws:sqs:{HOME}:{account}:on-call"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    clients("sns", HOME).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def _make_filter_and_alarm(
    clients: Clients, control: Control, fault: Fault, topics: dict[str, str]
) -> None:
    names = control.names
    for item in metric_filters(control, cis_patterns(control, fault.narrowed_by)):
        clients("logs", HOME).put_metric_filter(**{**item, "logGroupName": LOG_GROUP})
    clients("cloudwatch", HOME).put_metric_alarm(
        AlarmName=names["AlarmName"],
        AlarmDescription=names["AlarmDescription"],
        MetricName=names["MetricName"],
        Namespace=names["MetricNamespace"],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=fault.threshold,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topics[fault.topic]],
    )


def main() -> int:
    """Make the account without any filter or alarm. Return 2 if the AWS is not the local one."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if urlsplit(endpoint).hostname not in ("localhost", "127.0.0.1"):
        sys.stderr.write(
            f"error: AWS_ENDPOINT_URL is '{endpoint}'; expected the value that `make local-aws` "
            "prints\n"
        )
        return 2

    def clients(service: str, region: str) -> Any:
        return boto3.client(service, region_name=region)

    account = clients("sts", HOME).get_caller_identity()["Account"]
    make_account(clients, account, [HOME], controls=())
    sys.stdout.write(f"Account {account} now has a trail and a person on call, but no alarm.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
