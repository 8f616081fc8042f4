"""Evaluation: AWS Config invokes a rule's function, which answers with PutEvaluations."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from localaws.background import background
from localaws.behaviour import behaviour
from localaws.bridge import Caller, Operation
from localaws.config import remediation
from localaws.config.event import scheduled_event
from localaws.config.state import Evaluation, State, now, page, rule_named, rules_of, state
from localaws.errors import AwsError, not_implemented
from localaws.lambda_.api import attempt
from localaws.lambda_.resources import find_function

MAX_EVALUATIONS = 100
MAX_ANNOTATION = 256
COMPLIANCE_TYPES = ("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE")
MAX_RULES_TO_START = 25
MIN_INTERVAL = timedelta(minutes=1)
"""Time between two calls of StartConfigRulesEvaluation for a rule."""


def start_config_rules_evaluation(caller: Caller, request: dict[str, Any]) -> None:
    """StartConfigRulesEvaluation: invoke each rule's function in the background."""
    names = request.get("ConfigRuleNames") or []
    if not 1 <= len(names) <= MAX_RULES_TO_START:
        message = f"ConfigRuleNames has {len(names)} names; expected 1 to {MAX_RULES_TO_START}"
        raise AwsError("InvalidParameterValueException", message)
    store = state(caller.account, caller.region)
    rules = [rule_named(caller, name) for name in names]
    for rule in rules:
        name = rule.config_rule_name
        _check_limits(store, name)
        if not is_periodic(rule):
            raise not_implemented(f"evaluating {name}, which is not a periodic Lambda rule")
    for rule in rules:
        store.last_start[rule.config_rule_name] = now()
        evaluate_in_background(caller, rule)


def _check_limits(store: State, name: str) -> None:
    """Raise LimitExceededException (AWS Config API, StartConfigRulesEvaluation)."""
    if name in store.running:
        message = f"The rule {name} is currently being evaluated. Please retry after some time"
        raise AwsError("LimitExceededException", message)
    last = store.last_start.get(name)
    if behaviour.limits_evaluations and last and now() - last < MIN_INTERVAL:
        message = f"The evaluation of the rule {name} was started less than a minute ago"
        raise AwsError("LimitExceededException", message)


def evaluate_in_background(caller: Caller, rule: Any) -> None:
    """Evaluate a periodic rule as AWS Config does, unless an evaluation is already running."""
    store = state(caller.account, caller.region)
    if is_periodic(rule) and rule.config_rule_name not in store.running:
        store.running.add(rule.config_rule_name)
        background.run(_evaluate, caller, rule)


def is_periodic(rule: Any) -> bool:
    details = rule.source.source_details or []
    return any(each.message_type == "ScheduledNotification" for each in details)


def _evaluate(caller: Caller, rule: Any) -> None:
    """Invoke the function asynchronously, as AWS Config does; then start automatic remediation."""
    store = state(caller.account, caller.region)
    name = rule.config_rule_name
    status = store.status(name)
    status.started = True
    token = secrets.token_urlsafe(48)
    invoked = now()
    store.tokens[token] = (name, invoked)
    at = invoked.strftime("%Y-%m-%dT%H:%M:%S.") + f"{invoked.microsecond // 1000:03d}Z"
    event = scheduled_event(rule, caller.account, _config_role(caller), token, at)
    arn = rule.source.source_identifier
    try:
        function = find_function(arn)
        if function is None:
            status.last_failed_invocation = now()
            status.error_code = "InvalidLambdaFunction"
            status.error_message = f"The AWS Lambda function {arn} does not exist"
            return
        status.last_successful_invocation = invoked
        outcome = attempt(function, event)
        if outcome.failed:
            status.last_failed_evaluation = now()
            status.error_code, status.error_message = outcome.error
    finally:
        store.running.discard(name)
    remediation.remediate_automatically(caller, name)


def _config_role(caller: Caller) -> str:
    """Return the recorder's role, or AWS Config's service-linked role without a recorder."""
    from moto.config.models import config_backends

    for recorder in config_backends[caller.account][caller.region].recorders.values():
        return str(recorder.role_arn)
    service = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    return f"arn:aws:iam::{caller.account}:role/{service}"


def put_evaluations(
    caller: Caller, evaluations: list[dict[str, Any]] | None, token: str | None, test: bool
) -> str:
    """PutEvaluations. In TestMode nothing is stored and any token is valid."""
    if not evaluations:
        message = (
            "The Evaluations object in your request cannot be null."
            "Add the required parameters and try again."
        )
        raise AwsError("InvalidParameterValueException", message)
    if len(evaluations) > MAX_EVALUATIONS:
        raise _invalid("evaluations", f"{len(evaluations)} items", f"at most {MAX_EVALUATIONS}")
    for each in evaluations:
        _check_evaluation(each)
    store = state(caller.account, caller.region)
    if not test:
        if token not in store.tokens or store.tokens[token][0] not in rules_of(caller):
            raise AwsError("InvalidResultTokenException", "The result token is invalid.")
        name, invoked = store.tokens[token]
        verdicts = store.evaluations.setdefault(name, {})
        recorded = now()
        for each in evaluations:
            resource = (each["ComplianceResourceType"], each["ComplianceResourceId"])
            verdicts[resource] = Evaluation(
                resource=resource,
                compliance=each["ComplianceType"],
                annotation=each.get("Annotation"),
                ordered=each["OrderingTimestamp"],
                recorded=recorded,
                invoked=invoked,
            )
        status = store.status(name)
        status.last_successful_evaluation = recorded
        status.error_code = status.error_message = None
    elif not token:
        raise AwsError("InvalidResultTokenException", "The result token is invalid.")
    return json.dumps({"FailedEvaluations": []})


def _check_evaluation(evaluation: dict[str, Any]) -> None:
    compliance = evaluation.get("ComplianceType")
    if compliance not in COMPLIANCE_TYPES:
        message = f"The ComplianceType {compliance} is invalid; expected one of {COMPLIANCE_TYPES}"
        raise AwsError("InvalidParameterValueException", message)
    annotation = evaluation.get("Annotation")
    if annotation is not None and not 1 <= len(annotation) <= MAX_ANNOTATION:
        length = f"{len(annotation)} characters"
        raise _invalid("evaluations.member.annotation", length, f"1 to {MAX_ANNOTATION}")


def _invalid(member: str, actual: str, expected: str) -> AwsError:
    message = (
        f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
        f"it has {actual}; Member must have length {expected}"
    )
    return AwsError("ValidationException", message)


def delete_evaluation_results(caller: Caller, request: dict[str, Any]) -> None:
    """DeleteEvaluationResults."""
    rule = rule_named(caller, request["ConfigRuleName"])
    state(caller.account, caller.region).evaluations.pop(rule.config_rule_name, None)


def describe_config_rule_evaluation_status(
    caller: Caller, request: dict[str, Any]
) -> dict[str, Any]:
    """DescribeConfigRuleEvaluationStatus."""
    names = request.get("ConfigRuleNames") or sorted(rules_of(caller))
    rules = [rule_named(caller, name) for name in names]
    shown, more = page(rules, request, 50)
    return {"ConfigRulesEvaluationStatus": [_status(caller, rule) for rule in shown]} | more


def _status(caller: Caller, rule: Any) -> dict[str, Any]:
    status = state(caller.account, caller.region).status(rule.config_rule_name)
    item = {
        "ConfigRuleName": rule.config_rule_name,
        "ConfigRuleArn": rule.config_rule_arn,
        "ConfigRuleId": rule.config_rule_id,
        "LastSuccessfulInvocationTime": status.last_successful_invocation,
        "LastFailedInvocationTime": status.last_failed_invocation,
        "LastSuccessfulEvaluationTime": status.last_successful_evaluation,
        "LastFailedEvaluationTime": status.last_failed_evaluation,
        "FirstActivatedTime": status.first_activated,
        "LastErrorCode": status.error_code,
        "LastErrorMessage": status.error_message,
        "FirstEvaluationStarted": status.started,
    }
    return {name: value for name, value in item.items() if value is not None}


OPERATIONS: dict[str, Operation] = {
    "StartConfigRulesEvaluation": start_config_rules_evaluation,
    "DeleteEvaluationResults": delete_evaluation_results,
    "DescribeConfigRuleEvaluationStatus": describe_config_rule_evaluation_status,
}
