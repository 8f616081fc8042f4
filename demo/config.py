"""AWS Config as a person uses it, by its API: evaluate, read verdicts, start remediations."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT_RESOURCE = "AWS::::Account"
PATIENCE = 90.0  # seconds until an asynchronous job must have ended
_DONE = "LastSuccessfulEvaluationTime"
_FAILED = ("LastFailedInvocationTime", "LastFailedEvaluationTime")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What AWS Config shows for a rule in a region."""

    rule: str
    region: str
    compliance: str
    annotation: str


class FailedError(Exception):
    """An asynchronous job failed, or did not end within `PATIENCE`; says which, and why."""


def evaluate(config: Any, rules: Iterable[str], region: str) -> tuple[Verdict, ...]:
    """Evaluates the rules now and waits for their new verdicts.

    Raises FailedError with AWS Config's message if a rule can't be evaluated, or not in time.
    """
    rules = tuple(rules)

    before: dict[str, dict[str, Any]] = {}

    def started() -> bool:
        before.update(_statuses(config, rules))
        try:
            config.start_config_rules_evaluation(ConfigRuleNames=list(rules))
        except config.exceptions.ResourceInUseException:  # one runs: a remediation has started it
            return False
        return True

    _wait(started, f"an evaluation of {', '.join(rules)} in {region} that runs")

    def evaluated() -> bool:
        now = _statuses(config, rules)
        for rule in rules:
            if any(now[rule].get(time) != before[rule].get(time) for time in _FAILED):
                raise FailedError(f"{rule} in {region}: {now[rule].get('LastErrorMessage')}")
        return all(now[rule].get(_DONE) not in (None, before[rule].get(_DONE)) for rule in rules)

    _wait(evaluated, f"evaluation of {', '.join(rules)} in {region}")
    return tuple(_verdict(config, rule, region) for rule in rules)


def remediate(config: Any, rule: str, account: str) -> Mapping[str, Any]:
    """Starts the rule's remediation for the account, and waits for its end.

    Returns the status as DescribeRemediationExecutionStatus gives it: State is SUCCEEDED or FAILED.
    Raises FailedError if AWS Config does not start it, or it does not end.
    """
    key = {"resourceType": ACCOUNT_RESOURCE, "resourceId": account}
    started = config.start_remediation_execution(ConfigRuleName=rule, ResourceKeys=[key])
    if started.get("FailedItems"):
        raise FailedError(f"remediation of {rule} was not started: {started['FailureMessage']}")
    seen: dict[str, Any] = {}

    def ended() -> bool:
        answer = config.describe_remediation_execution_status(
            ConfigRuleName=rule, ResourceKeys=[key]
        )
        seen.update(*answer["RemediationExecutionStatuses"])
        return seen.get("State") in {"SUCCEEDED", "FAILED"}

    _wait(ended, f"remediation of {rule}")
    return seen


def _verdict(config: Any, rule: str, region: str) -> Verdict:
    (result,) = config.get_compliance_details_by_config_rule(ConfigRuleName=rule)[
        "EvaluationResults"
    ]
    return Verdict(rule, region, result["ComplianceType"], result.get("Annotation", ""))


def _statuses(config: Any, rules: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    answer = config.describe_config_rule_evaluation_status(ConfigRuleNames=list(rules))
    return {status["ConfigRuleName"]: status for status in answer["ConfigRulesEvaluationStatus"]}


def _wait(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise FailedError(f"{what} did not end in {PATIENCE:.0f} s")
        time.sleep(0.2)
