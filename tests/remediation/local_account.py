"""An account on the local AWS, in which remediations run and rules are evaluated."""

import json
import time
from functools import cache
from types import CodeType
from typing import Any

from alarmchain.collector.clients import Clients
from alarmchain.collector.collect import collect
from alarmchain.control import known_controls
from alarmchain.decision.read_and_assess import read_and_assess
from alarmchain.parameters import Parameters
from alarmchain.remediation.document import document
from alarmchain.snapshot.snapshot import Snapshot
from deployment.folders import CHECKOUT
from localaws.cloudtrail import deliver
from localaws.server import LocalAws
from tests.remediation.account_setup import ACCOUNT, queue

Json = dict[str, Any]
CONTROLS = known_controls()
ROLE = CHECKOUT / "iam" / "remediation-role.yaml"


SCRIPT_GLOBALS: Json = {"PATIENCE": 0, "PAUSE": 0}
"""Constants of the scripts that tests replace: the scripts do not wait for AWS Config here."""


@cache
def content(rule: str) -> str:
    """Return the rule's document as JSON."""
    return json.dumps(document(CONTROLS[rule]))


@cache
def code(script: str, name: str) -> CodeType:
    """Return a step's script, compiled. test_document.py checks that it is valid in Python 3.11."""
    return compile(script, name, "exec")


class Remediated:
    """One execution as GetAutomationExecution shows it."""

    def __init__(self, answer: Json) -> None:
        self.status: str = answer["AutomationExecutionStatus"]
        self.why: str = answer.get("FailureMessage", "")
        self.outputs = {name: _plain(value) for name, value in answer.get("Outputs", {}).items()}
        self.steps = {
            step["StepName"]: step["StepStatus"] for step in answer.get("StepExecutions", [])
        }

    @property
    def result(self) -> Json:
        """Return the result of the last step."""
        found: Json = self.outputs["ReadBackAndReevaluate.Result"]
        return found

    @property
    def would_do(self) -> list[str]:
        """Return the changes that the steps planned."""
        plans = ("ChooseTopic.Plan", "ChooseFilterAndAlarm.Plan")
        return [words for plan in plans for words in self.outputs[plan]["WouldDo"]]


def _plain(values: list[str]) -> Any:
    try:
        return json.loads(values[0])
    except (ValueError, IndexError):
        return values


class LocalAccount:
    """An account that is empty until a test creates resources in it."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return self.aws.client(service, region, ACCOUNT)

    def remediate(self, rule: str, region: str = "us-east-1", **parameters: str) -> Remediated:
        """Run the rule's document in the region, wait for its end and return the execution."""
        ssm = self.client("ssm", region)
        known = {item["Name"] for item in ssm.list_documents()["DocumentIdentifiers"]}
        if rule not in known:
            ssm.create_document(
                Name=rule,
                Content=content(rule),
                DocumentType="Automation",
                DocumentFormat="JSON",
            )
        given = {"AutomationAssumeRole": self.role(), **parameters}
        started = ssm.start_automation_execution(
            DocumentName=rule, Parameters={name: [value] for name, value in given.items()}
        )
        self.aws.settle()
        answer = ssm.get_automation_execution(
            AutomationExecutionId=started["AutomationExecutionId"]
        )
        return Remediated(answer["AutomationExecution"])

    def role(self) -> str:
        """Return the ARN of the role of iam/remediation-role.yaml, which is made if necessary."""
        cloudformation = self.client("cloudformation")
        stacks = cloudformation.list_stacks()["StackSummaries"]
        if "remediation-role" not in [stack["StackName"] for stack in stacks]:
            cloudformation.create_stack(
                StackName="remediation-role",
                TemplateBody=ROLE.read_text(),
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
        return f"arn:aws:iam::{ACCOUNT}:role/alarmchain-remediation"

    def evaluate(self, rule: str, region: str = "us-east-1", **parameters: str) -> tuple[str, str]:
        """Return the rule's verdict and annotation for the present account."""
        clients = Clients(lambda service, where: self.client(service, where))
        assessment, _ = read_and_assess(
            CONTROLS[rule],
            Snapshot(ACCOUNT, time.time()),
            region,
            Parameters.read(parameters),
            lambda snapshot, read: collect(snapshot, [read], clients),
        )
        return assessment.compliance, assessment.annotation

    def on_call(self, region: str = "us-east-1", name: str = "on-call") -> tuple[str, str]:
        """Create a topic with a subscribed queue; return the topic's ARN and the queue's URL."""
        arn: str = self.client("sns", region).create_topic(Name=name)["TopicArn"]
        url, endpoint = queue(self.client("sqs", region), f"{name}-listener")
        self.client("sns", region).subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)
        return arn, url

    def notified_alarms(self, url: str, home: str = "us-east-1") -> list[str]:
        """Return the names of the alarms whose notifications are in the queue."""
        answer = self.client("sqs", home).receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        )
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        return [json.loads(body["Message"])["AlarmName"] for body in bodies]

    def call(self, source: str, name: str, region: str = "us-east-1") -> None:
        """Let the trails deliver a record of the call, made by the root user."""
        self.deliver(
            {
                "eventVersion": "1.11",
                "eventSource": source,
                "eventName": name,
                "awsRegion": region,
                "eventCategory": "Management",
                "managementEvent": True,
                "readOnly": False,
                "eventType": "AwsApiCall",
                "recipientAccountId": ACCOUNT,
                "userIdentity": {"type": "Root"},
            },
            region,
        )

    def deliver(self, record: Json, region: str = "us-east-1") -> None:
        """Let the trails deliver the record, and wait until all notifications are sent."""
        deliver(record, region, ACCOUNT)
        self.aws.settle()

    def resources(self, region: str = "us-east-1") -> Json:
        """Return all resources that a remediation can create or change."""
        logs, cloudwatch = self.client("logs", region), self.client("cloudwatch", region)
        sns = self.client("sns", region)
        topics = [item["TopicArn"] for item in sns.list_topics()["Topics"]]
        return {
            "filters": logs.describe_metric_filters()["metricFilters"],
            "alarms": [
                {key: value for key, value in alarm.items() if "State" not in key}
                for alarm in cloudwatch.describe_alarms()["MetricAlarms"]
            ],
            "topics": {arn: sns.get_topic_attributes(TopicArn=arn)["Attributes"] for arn in topics},
            "subscriptions": sns.list_subscriptions()["Subscriptions"],
        }
