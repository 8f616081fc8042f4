"""The event of a scheduled evaluation. Pure."""

from __future__ import annotations

import json
from typing import Any


def scheduled_event(rule: Any, account: str, role_arn: str, token: str, at: str) -> dict[str, Any]:
    """Return a ScheduledNotification for a rule (moto's model of it).

    at is the notification's creation time in ISO 8601 with milliseconds. As on AWS, ruleParameters
    is absent if the rule has no parameters.
    """
    event = {
        "version": "1.0",
        "invokingEvent": json.dumps(
            {
                "awsAccountId": account,
                "notificationCreationTime": at,
                "messageType": "ScheduledNotification",
                "recordVersion": "1.0",
            }
        ),
        "resultToken": token,
        "eventLeftScope": False,
        "executionRoleArn": role_arn,
        "configRuleArn": rule.config_rule_arn,
        "configRuleName": rule.config_rule_name,
        "configRuleId": rule.config_rule_id,
        "accountId": account,
        "evaluationMode": "DETECTIVE",
    }
    if rule.input_parameters:
        event["ruleParameters"] = rule.input_parameters
    return event
