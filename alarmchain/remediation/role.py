"""Build iam/remediation-role.yaml: the role that the steps of every document use. Pure."""

from collections.abc import Iterable

from alarmchain.control import Control
from alarmchain.remediation.document import ACTIONS

CHANGES = {
    "cloudwatch:PutMetricAlarm",
    "config:StartConfigRulesEvaluation",
    "logs:PutMetricFilter",
    "sns:CreateTopic",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
}
"""The actions that change something. Their statements name the resources."""

_HEAD = """\
# Written by `make remediation`.
AWSTemplateFormatVersion: "2010-09-09"
Description: >-
  The role that alarmchain's remediations need where neither RDK nor a conformance pack makes one.
  It may change only metric filters, and the alarms and topics of the names below.

Parameters:
  RoleName:
    Description: Name of the role, the same in every account
    Type: String
    Default: alarmchain-remediation
    AllowedPattern: "[A-Za-z0-9+=,.@_-]{1,64}"
  LogGroupName:
    Description: The log group of the trail; empty for any
    Type: String
    Default: ""
    AllowedPattern: '[.\\-_/#A-Za-z0-9]{0,512}'
  TopicArn:
    Description: The topic that the remediation's parameter TopicArn gives; empty if it gives none
    Type: String
    Default: ""
    AllowedPattern: "(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?"

Conditions:
  UsesOwnTopic: !Not [!Equals [!Ref TopicArn, ""]]

Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Description: Lets alarmchain's remediations make metric filters, alarms and a topic
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { Service: ssm.amazonaws.com }
            Action: sts:AssumeRole
            Condition:
              StringEquals: { "aws:SourceAccount": !Ref AWS::AccountId }
      Policies:
        - PolicyName: make-what-is-missing
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: Read
                Effect: Allow
                Action:
"""
_ARN = "arn:${AWS::Partition}"
_HERE = "${AWS::AccountId}"
_TAIL = f"""\
                Resource: "*"
              - Sid: MakeMetricFilters
                Effect: Allow
                Action: logs:PutMetricFilter
                Resource: !Sub "{_ARN}:logs:*:{_HERE}:log-group:${{LogGroupName}}*"
              - Sid: StartTheEvaluation
                Effect: Allow
                Action: config:StartConfigRulesEvaluation
                Resource: !Sub "{_ARN}:config:*:{_HERE}:config-rule/*"
              - Sid: MakeTopics
                Effect: Allow
                Action:
                  - sns:CreateTopic
                  - sns:SetTopicAttributes
                  - sns:Subscribe
                Resource:
"""
_OWN_TOPIC = """\
                  - !If [UsesOwnTopic, !Ref TopicArn, !Ref AWS::NoValue]
              - Sid: MakeAlarms
                Effect: Allow
                Action: cloudwatch:PutMetricAlarm
                Resource:
"""
_OUTPUTS = """\

Outputs:
  RoleArn:
    Description: The value of the documents' parameter AutomationAssumeRole
    Value: !GetAtt Role.Arn
"""


def text(controls: Iterable[Control]) -> str:
    """Return the text of the template. Names are prefixes: a name that is taken gets a suffix."""
    controls = tuple(controls)
    reads = "".join(f"{' ' * 18}- {name}\n" for name in ACTIONS if name not in CHANGES)
    topics = _resources("sns", "", sorted({one.names["TopicName"] for one in controls}))
    alarms = _resources("cloudwatch", "alarm:", [one.names["AlarmName"] for one in controls])
    return _HEAD + reads + _TAIL + topics + _OWN_TOPIC + alarms + _OUTPUTS


def _resources(service: str, kind: str, names: Iterable[str]) -> str:
    lines = (f'!Sub "{_ARN}:{service}:*:{_HERE}:{kind}{name}*"' for name in names)
    return "".join(f"{' ' * 18}- {line}\n" for line in lines)
