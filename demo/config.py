"""AWS Config's API as a person uses it: evaluate, read verdicts, start remediations."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT_RESOURCE = "AWS::::Account"
TIMEOUT = 90.0  # seconds until an asynchronous job must have ended
_DONE = "LastSuccessfulEvaluationTime"
_FAILED = ("LastFailedInvocationTime", "LastFailedEvaluationTime")


@dataclass(frozen=True, slots=True)
class Verdict:
    """AWS Config's verdict of a rule in a region."""

    rule: str
    region: str
    compliance: str
    annotation: str


class FailedError(Exception):
    """An asynchronous job failed or did not end within `TIMEOUT`; says which job and why."""


def evaluate(config: Any, rules: Iterable[str], region: str) -> tuple[Verdict, ...]:
    """Evaluate the rules now, wait for their new verdicts and return them.

    Raises FailedError with AWS Config's message if an evaluation fails or does not end in time.
    """
    rules = tuple(rules)

    before: dict[str, dict[str, Any]] = {}

    def started() -> bool:
        before.update(_statuses(config, rules))
        try:
            config.start_config_rules_evaluation(ConfigRuleNames=list(rules))
        except config.exceptions.LimitExceededException:  # an evaluation is in progress
            return False
        return True

    _wait(started, f"the running evaluation of {', '.join(rules)} in {region}")

    def evaluated() -> bool:
        now = _statuses(config, rules)
        for rule in rules:
            if any(now[rule].get(time) != before[rule].get(time) for time in _FAILED):
                raise FailedError(f"{rule} in {region}: {now[rule].get('LastErrorMessage')}")
        return all(now[rule].get(_DONE) not in (None, before[rule].get(_DONE)) for rule in rules)

    _wait(evaluated, f"the evaluation of {', '.join(rules)} in {region}")
    return tuple(_verdict(config, rule, region) for rule in rules)


def remediate(config: Any, rule: str, account: str) -> Mapping[str, Any]:
    """Start the rule's remediation for the account, wait for its end and return its status.

    The status is an item of DescribeRemediationExecutionStatus; State is SUCCEEDED or FAILED.
    Raises FailedError if AWS Config does not start the remediation or it does not end in time.
    """
    key = {"resourceType": ACCOUNT_RESOURCE, "resourceId": account}
    started = config.start_remediation_execution(ConfigRuleName=rule, ResourceKeys=[key])
    if started.get("FailedItems"):
        raise FailedError(
            f"AWS Config did not start the remediation of {rule}: {started['FailureMessage']}"
        )
    status: dict[str, Any] = {}

    def ended() -> bool:
        answer = config.describe_remediation_execution_status(
            ConfigRuleName=rule, ResourceKeys=[key]
        )
        status.update(*answer["RemediationExecutionStatuses"])
        return status.get("State") in {"SUCCEEDED", "FAILED"}

    _wait(ended, f"the remediation of {rule}")
    return status


def _verdict(config: Any, rule: str, region: str) -> Verdict:
    (result,) = config.get_compliance_details_by_config_rule(ConfigRuleName=rule)[
        "EvaluationResults"
    ]
    return Verdict(rule, region, result["ComplianceType"], result.get("Annotation", ""))


def _statuses(config: Any, rules: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    answer = config.describe_config_rule_evaluation_status(ConfigRuleNames=list(rules))
    return {status["ConfigRuleName"]: status for status in answer["ConfigRulesEvaluationStatus"]}


def _wait(done: Callable[[], bool], job: str) -> None:
    end = time.monotonic() + TIMEOUT
    while not done():
        if time.monotonic() > end:
            raise FailedError(f"{job} did not end within {TIMEOUT:.0f} s")
        time.sleep(0.2)
