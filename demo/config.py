"""AWS Config as a person uses it, by its API: evaluate, read verdicts, start remediations."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT_RESOURCE = "AWS::::Account"
PATIENCE = 90.0  # seconds until an asynchronous job must have ended


@dataclass(frozen=True, slots=True)
class Verdict:
    """What AWS Config shows for a rule in a region."""

    rule: str
    region: str
    compliance: str
    annotation: str


class NotInTimeError(Exception):
    """An asynchronous job did not end within `PATIENCE`; says which."""


def evaluate(config: Any, rules: Iterable[str], region: str) -> tuple[Verdict, ...]:
    """Evaluates the rules now and waits for their new verdicts.

    Raises NotInTimeError if one does not come; its last error is in the message.
    """
    rules = tuple(rules)
    before = _evaluated(config, rules)
    config.start_config_rules_evaluation(ConfigRuleNames=list(rules))

    def fresh() -> bool:
        now = _evaluated(config, rules)
        return all(now[rule] not in (None, before[rule]) for rule in rules)

    _wait(fresh, lambda: f"evaluation of {', '.join(rules)} in {region}: {_errors(config, rules)}")
    return tuple(_verdict(config, rule, region) for rule in rules)


def remediate(config: Any, rule: str, account: str) -> Mapping[str, Any]:
    """Starts the rule's remediation for the account, and waits for its end.

    Returns the status as DescribeRemediationExecutionStatus gives it: State is SUCCEEDED or FAILED.
    """
    key = {"resourceType": ACCOUNT_RESOURCE, "resourceId": account}
    config.start_remediation_execution(ConfigRuleName=rule, ResourceKeys=[key])
    seen: dict[str, Any] = {}

    def ended() -> bool:
        answer = config.describe_remediation_execution_status(
            ConfigRuleName=rule, ResourceKeys=[key]
        )
        seen.update(*answer["RemediationExecutionStatuses"])
        return seen.get("State") in {"SUCCEEDED", "FAILED"}

    _wait(ended, lambda: f"remediation of {rule}: {seen.get('State')}")
    return seen


def _verdict(config: Any, rule: str, region: str) -> Verdict:
    (result,) = config.get_compliance_details_by_config_rule(ConfigRuleName=rule)[
        "EvaluationResults"
    ]
    return Verdict(rule, region, result["ComplianceType"], result.get("Annotation", ""))


def _evaluated(config: Any, rules: tuple[str, ...]) -> dict[str, Any]:
    return {
        status["ConfigRuleName"]: status.get("LastSuccessfulEvaluationTime")
        for status in _statuses(config, rules)
    }


def _errors(config: Any, rules: tuple[str, ...]) -> str:
    return "; ".join(
        f"{status['ConfigRuleName']}: {status.get('LastErrorMessage', 'no error')}"
        for status in _statuses(config, rules)
    )


def _statuses(config: Any, rules: tuple[str, ...]) -> list[dict[str, Any]]:
    answer = config.describe_config_rule_evaluation_status(ConfigRuleNames=list(rules))
    statuses: list[dict[str, Any]] = answer["ConfigRulesEvaluationStatus"]
    return statuses


def _wait(done: Callable[[], bool], what: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise NotInTimeError(f"not in {PATIENCE:.0f} s: {what()}")
        time.sleep(0.2)
