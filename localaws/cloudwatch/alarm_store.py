"""The alarms of an account and region in the running local AWS: engine, definitions, history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from moto.sns.models import sns_backends

from localaws.bridge import Regional
from localaws.clock import Clock
from localaws.cloudwatch.composite import compile_rule
from localaws.cloudwatch.engine import AlarmState, Engine, Run, Transition
from localaws.cloudwatch.message import message, subject
from localaws.cloudwatch.mute import read_schedule
from localaws.locks import service_lock
from localaws.sns.admission import refusal

ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


def moment(seconds: float) -> datetime:
    """Return epoch seconds as a timestamp of the API."""
    return datetime.fromtimestamp(seconds, UTC)


class AlarmStore:
    """The alarms of an account in a region.

    definitions, mute_rules, log_alarms and history have the API's shapes (history:
    AlarmHistoryItems, oldest first). The engine has the alarms' states.
    """

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self.definitions: dict[str, dict[str, Any]] = {}
        self.mute_rules: dict[str, dict[str, Any]] = {}
        self.log_alarms: dict[str, dict[str, Any]] = {}
        self.history: list[dict[str, Any]] = []
        self.engine = Engine(Clock.now(), self._on_transition, self._on_run, self._muted_until)

    def put(self, definition: dict[str, Any]) -> None:
        """Create or change an alarm. Raises composite.RuleError."""
        name = definition["AlarmName"]
        if "AlarmRule" in definition:
            compile_rule(definition["AlarmRule"])
        known = name in self.definitions
        # Store the definition first: a composite alarm may act as soon as the engine has it.
        self.definitions[name] = definition
        self.engine.put(definition)
        self.remember(
            name, "ConfigurationUpdate", f'Alarm "{name}" {"updated" if known else "created"}', {}
        )

    def delete(self, name: str) -> None:
        self.engine.delete(name)
        if self.definitions.pop(name, None):
            self.remember(name, "ConfigurationUpdate", f'Alarm "{name}" deleted', {})

    def catch_up(self) -> None:
        """Evaluate the alarms up to now."""
        self.engine.run_until(Clock.now())

    def described(self, name: str) -> dict[str, Any]:
        """Return the alarm as DescribeAlarms shows it."""
        state = self.engine.alarms[name]
        return self.definitions[name] | {
            "StateValue": state.value,
            "StateReason": state.reason,
            "StateUpdatedTimestamp": moment(state.updated),
            "StateTransitionedTimestamp": moment(state.since),
            **_suppression(state),
        }

    def remember(self, name: str, kind: str, summary: str, data: dict[str, Any]) -> None:
        """Add to the alarm's history."""
        composite = "AlarmRule" in self.definitions.get(name, {})
        item = {
            "AlarmName": name,
            "AlarmType": "CompositeAlarm" if composite else "MetricAlarm",
            "Timestamp": moment(self.engine.now),
            "HistoryItemType": kind,
            "HistorySummary": summary[:255],
            "HistoryData": json.dumps(data)[:4095],
        }
        self.history.append(item)

    def _on_transition(self, transition: Transition) -> None:
        if transition.name in self.definitions:
            self.remember(
                transition.name,
                "StateUpdate",
                f"Alarm updated from {transition.old} to {transition.new}",
                {
                    "version": "1.0",
                    "oldState": {"stateValue": transition.old},
                    "newState": {
                        "stateValue": transition.new,
                        "stateReason": transition.reason,
                    },
                },
            )

    def _on_run(self, run: Run) -> None:
        definition = self.definitions.get(run.name)
        if definition is None:
            return
        for action in definition.get(ACTIONS[run.transition.new]) or []:
            self._run_action(definition, action, run.transition)

    def _run_action(self, definition: dict[str, Any], action: str, transition: Transition) -> None:
        """Publish to SNS. A refusal and its reason are recorded in the alarm's history."""
        reason: str | None = "only SNS topics are notified here"
        if ":sns:" in action:
            with service_lock("sns"):
                reason = refusal(action, definition["AlarmArn"])
                if reason is None:
                    body = message(definition, transition)
                    headline = subject(definition, transition.new, self.region)
                    owner = sns_backends[action.split(":")[4]][self.region]
                    owner.publish(body, action, subject=headline)
        data = {
            "actionState": "Failed" if reason else "Succeeded",
            "notificationResource": action,
            "stateUpdateTimestamp": int(transition.time * 1000),
            "error": reason,
        }
        summary = (
            f'Failed to execute action {action}. Received error: "{reason}"'
            if reason
            else f"Successfully executed action {action}"
        )
        self.remember(definition["AlarmName"], "Action", summary, data)

    def _muted_until(self, name: str, now: float) -> float | None:
        for rule_name, rule in self.mute_rules.items():
            if name in (rule.get("MuteTargets") or {}).get("AlarmNames", []):
                until = read_schedule(rule).muted_until(now)
                if until is not None:
                    data = {"actionState": "Muted", "error": f"muted by {rule_name}"}
                    self.remember(
                        name, "Action", f"Actions muted by alarm mute rule {rule_name}", data
                    )
                    return until
        return None


def _suppression(state: AlarmState) -> dict[str, Any]:
    if not state.held:
        return {}
    return {
        "ActionsSuppressedBy": state.held.by,
        "ActionsSuppressedReason": f"Actions suppressed by {state.held.by}",
    }


_stores = Regional[dict[str, AlarmStore]](dict)


def alarm_store(account: str, region: str) -> AlarmStore:
    """Return the store of an account and region, which is made on first use."""
    slot = _stores(account, region)
    if "store" not in slot:
        slot["store"] = AlarmStore(account, region)
    return slot["store"]


def all_alarm_stores() -> Iterator[AlarmStore]:
    for _, slot in _stores.items():
        yield from slot.values()


def catch_up_all(_now: float = 0.0) -> None:
    """Evaluate all alarms of all accounts up to now. The clock calls this when it is advanced."""
    with service_lock("cloudwatch"):
        for store in all_alarm_stores():
            store.catch_up()
