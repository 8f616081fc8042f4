"""Build a control's SSM Automation document: its parameters, steps and outputs. Pure.

Source: Systems Manager user guide, "Data elements and parameters" (schema 0.3), and
"aws:executeScript".
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from alarmchain.control import Call, Control
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.place import LEADER_REGIONS
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import SIGN_IN_SOURCE, matching_records
from alarmchain.remediation.filter_patterns import record_patterns
from alarmchain.remediation.parameters import parameters
from alarmchain.remediation.script import script

RUNTIME = "python3.11"
"""The newest runtime of aws:executeScript that AWS documents."""

ACTIONS = (
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListAlarmMuteRules",
    "cloudwatch:PutMetricAlarm",
    "config:DescribeConfigRules",
    "config:StartConfigRulesEvaluation",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "logs:DescribeLogGroups",
    "logs:DescribeMetricFilters",
    "logs:PutMetricFilter",
    "sns:CreateTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)
"""Every action that the steps call, for the role that runs them."""

MARK = "Made by alarmchain"
"""Part of the description of every alarm that a remediation made."""
_GROUP = {"Group": "{{ FindLogGroup.Group }}"}
_TOPIC = {"Topic": "{{ ChooseTopic.Plan }}"}
_PLAN = {"Plan": "{{ ChooseFilterAndAlarm.Plan }}"}
_HERE = {"AccountId": "{{ global:ACCOUNT_ID }}", "Region": "{{ global:REGION }}"}


def document(control: Control) -> dict[str, Any]:
    """Return the document's content, ready for json.dumps."""
    return {
        "schemaVersion": "0.3",
        "description": _description(control),
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": parameters(control),
        "mainSteps": [*_decide(control), *_change(control)],
        "outputs": [
            "FindLogGroup.Group",
            "ChooseTopic.Plan",
            "ChooseFilterAndAlarm.Plan",
            "PrepareTopic.Done",
            "MakeFilterAndAlarm.Done",
            "ReadBackAndReevaluate.Result",
        ],
    }


def text(control: Control) -> str:
    """Return the text of the document in the rule's folder."""
    return json.dumps(document(control), indent=1) + "\n"


def _description(control: Control) -> str:
    return (
        f"Makes what {control.name} finds missing between CloudTrail's log group and a topic, "
        "then starts the rule's evaluation."
    )


def _decide(control: Control) -> list[dict[str, Any]]:
    cis, extended = (_call_list(control.calls[key]) for key in ("cis", "extended"))
    names = ("FilterName", "MetricName", "MetricNamespace", "AlarmName")
    return [
        _step(
            "FindLogGroup",
            {
                **_HERE,
                "Sources": _sources(control),
                "LeaderRegions": ",".join(LEADER_REGIONS),
                **_refs("AdditionalCalls", "LogGroupName"),
            },
            "Group",
        ),
        _step(
            "ChooseTopic",
            {
                **_GROUP,
                "AccountId": _HERE["AccountId"],
                "TopicName": control.names["TopicName"],
                **_refs("TopicArn", "NotificationEmail", "KmsKeyId"),
            },
            "Plan",
        ),
        _step(
            "ChooseFilterAndAlarm",
            {
                **_GROUP,
                **_TOPIC,
                "Cis": cis,
                "Extended": extended,
                "CisPattern": control.cis_pattern,
                "CisRecords": record_patterns(control.records["cis"]),
                "ExtendedRecords": record_patterns(control.records["extended"]),
                "Names": {name: control.names[name] for name in names},
                "Mark": MARK,
                **_refs("CallList", "AdditionalCalls", *names),
            },
            "Plan",
        ),
        _end_unless("DryRun", "false", "PrepareTopic"),
    ]


def _change(control: Control) -> list[dict[str, Any]]:
    description = f"{control.names['AlarmDescription']} {MARK} for AWS Config rule {control.name}."
    return [
        _step("PrepareTopic", {**_TOPIC, **_PLAN}, "Done"),
        _step(
            "MakeFilterAndAlarm",
            {
                **_GROUP,
                **_PLAN,
                "Description": description,
                "Done": "{{ PrepareTopic.Done }}",
            },
            "Done",
        ),
        _step(
            "ReadBackAndReevaluate",
            {
                **_GROUP,
                **_TOPIC,
                **_PLAN,
                "Done": "{{ MakeFilterAndAlarm.Done }}",
                "Region": _HERE["Region"],
                **_refs("ConfigRuleName"),
            },
            "Result",
        ),
    ]


def _end_unless(parameter: str, value: str, step: str) -> dict[str, Any]:
    choice = {"NextStep": step, "Variable": f"{{{{ {parameter} }}}}", "StringEquals": value}
    return {
        "name": f"EndHereOn{parameter}",
        "action": "aws:branch",
        "inputs": {"Choices": [choice]},
        "isEnd": True,
    }


def _call_list(calls: Iterable[Call]) -> str:
    """Return `SOURCE:NAME,NAME`, naming a source only once, as the stack's size is limited."""
    texts, source = [], ""
    for call in calls:
        texts.append(call.event_name if call.event_source == source else str(call))
        source = call.event_source
    return ",".join(texts)


def _sources(control: Control) -> str:
    """Return the event sources whose writes a trail must record; `*` for all events, also reads."""
    sources = [
        "*" if call.read_only is None else call.event_source for call in control.calls["cis"]
    ]
    for records in control.records["cis"]:
        every = matching_records(records.name, records.pattern, region=None, account=None)
        sign_in = prove([_WRITES_OF_SIGN_IN], every).verdict is Verdict.COVERED
        sources.append(SIGN_IN_SOURCE if sign_in else "*")
    return ",".join(dict.fromkeys(sources))


_WRITES_OF_SIGN_IN = parse(f'{{ $.eventSource = "{SIGN_IN_SOURCE}" && $.readOnly IS FALSE }}')


def _refs(*names: str) -> dict[str, str]:
    """Return references to the document's parameters."""
    return {name: f"{{{{ {name} }}}}" for name in names}


def _step(name: str, payload: Mapping[str, Any], output: str) -> dict[str, Any]:
    """Return a step whose handler's answer is the output, as JSON text."""
    return {
        "name": name,
        "action": "aws:executeScript",
        "inputs": {
            "Runtime": RUNTIME,
            "Handler": "main",
            "InputPayload": dict(payload),
            "Script": script(_file(name)),
        },
        "outputs": [{"Name": output, "Selector": "$.Payload.Answer", "Type": "String"}],
    }


def _file(step: str) -> str:
    """Return the step's file name: PutAlarm -> put_alarm."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in step)[1:]
