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
    """Epoch seconds as the API's timestamps."""
    return datetime.fromtimestamp(seconds, UTC)


class AlarmStore:
    """One account's alarms in one region.

    definitions, mute_rules and history hold the API's shapes (history: AlarmHistoryItems, oldest
    first); the engine holds the alarms' states.
    """

    def __init__(self, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self.definitions: dict[str, dict[str, Any]] = {}
        self.mute_rules: dict[str, dict[str, Any]] = {}
        self.history: list[dict[str, Any]] = []
        self.engine = Engine(Clock.now(), self._on_transition, self._on_run, self._muted_until)

    def put(self, definition: dict[str, Any]) -> None:
        """Make or change an alarm; raises composite.RuleError."""
        name = definition["AlarmName"]
        if "AlarmRule" in definition:
            compile_rule(definition["AlarmRule"])
        known = name in self.definitions
        # Known before the engine is: a composite alarm may act as soon as it is there.
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
        """Step the alarms to the present."""
        self.engine.run_until(Clock.now())

    def described(self, name: str) -> dict[str, Any]:
        """The alarm as DescribeAlarms shows it."""
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
        """Publish to SNS; what is refused, and why, is in the alarm's history."""
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


_rooms = Regional[dict[str, AlarmStore]](dict)


def room(account: str, region: str) -> AlarmStore:
    """The room of an account and region, made on first use."""
    kept = _rooms(account, region)
    if "room" not in kept:
        kept["room"] = AlarmStore(account, region)
    return kept["room"]


def every_room() -> Iterator[AlarmStore]:
    for _, kept in _rooms.items():
        yield from kept.values()


def catch_up_all(_now: float = 0.0) -> None:
    """Step all alarms everywhere to the present: what the clock calls when it is advanced."""
    with service_lock("cloudwatch"):
        for each in every_room():
            each.catch_up()
