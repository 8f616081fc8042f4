"""Snapshots to audit, and the documented form of the JSON report."""

import json
import re
from typing import Any

import jsonschema

from alarmchain.control import known_controls
from alarmchain.testing.account import ACCOUNT, REGION, good_account

RULES = sorted(known_controls())
COUNTS = f"{len(RULES)} results: 1 covered, {len(RULES) - 1} not covered, 0 unknown"
"""The summary of an audit of `snapshot()`."""

_CHANGES = re.compile(r"(StateValue|\w+Timestamp|LatestCloudWatchLogsDeliveryTime) [\w:.-]+; ")
"""What time changes in the evidence."""
OBJECT = {"type": "object", "additionalProperties": False}
TEXT, WORD = {"type": "string"}, {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
OUTCOME = {"enum": ["covered", "not_covered", "unknown", "not_applicable"]}
SCHEMA = OBJECT | {
    "required": ["format", "version", "parameters", "results", "errors"],
    "properties": {
        "format": {"const": "alarmchain-audit/1"},
        "version": WORD,
        "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
        "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
        "errors": {"type": "array", "items": {"$ref": "#/$defs/error"}},
        "exceptions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/exception"}},
        "baseline": {"$ref": "#/$defs/comparison"},
    },
    "$defs": {
        "exception": OBJECT
        | {
            "required": [
                "number", "account", "region", "rule", "reason", "until", "why", "status", "note",
            ],
            "properties": {
                "number": COUNT | {"minimum": 1},
                **dict.fromkeys(("account", "region", "rule", "reason", "why"), WORD),
                "until": DAY,
                "calls": {"type": "array", "minItems": 1, "items": WORD},
                "status": {"enum": ["in_use", "expired", "unused", "not_audited"]},
                "note": TEXT,
            },
        },
        "acceptance": OBJECT
        | {
            "required": ["until", "why", "numbers"],
            "properties": {
                "until": DAY,
                "why": WORD,
                "numbers": {"type": "array", "minItems": 1, "items": COUNT},
            },
        },
        "comparison": OBJECT
        | {
            "required": [
                "version", "collected_at", "new", "changed", "unchanged", "fixed", "not_compared",
                "accounts_not_audited",
            ],
            "properties": {
                "version": WORD,
                "collected_at": {"type": "array", "maxItems": 2, "items": WORD},
                **dict.fromkeys(("new", "changed", "unchanged", "fixed"), COUNT),
                "not_compared": {"type": "array", "items": {"$ref": "#/$defs/key"}},
                "accounts_not_audited": {"type": "array", "items": WORD},
            },
        },
        "key": OBJECT
        | {
            "required": ["account", "rule", "region"],
            "properties": dict.fromkeys(("account", "rule", "region"), WORD),
        },
        "error": OBJECT
        | {
            "required": ["account", "region", "rule", "error"],
            "properties": dict.fromkeys(("account", "region", "rule", "error"), WORD),
        },
        "result": OBJECT
        | {
            "required": [
                "account", "rule", "region", "collected_at", "compliance", "verdict",
                "annotation", "calls", "breadth", "chain",
            ],
            "properties": {
                **dict.fromkeys(("account", "rule", "region"), WORD),
                "collected_at": WORD | {"format": "date-time"},
                "compliance": {"enum": ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]},
                "verdict": OUTCOME,
                "annotation": WORD | {"maxLength": 256},
                "calls": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"$ref": "#/$defs/call"},
                },
                "breadth": {"enum": ["every_record", "everyday_reads", "narrow"]},
                "chain": {"type": "array", "items": {"$ref": "#/$defs/link"}},
                "exception": {"$ref": "#/$defs/acceptance"},
                "expired_exception": {"$ref": "#/$defs/acceptance"},
                "baseline": {"enum": ["new", "changed", "unchanged", "fixed"]},
            },
        },
        "call": OBJECT
        | {
            "required": ["verdict", "reason", "counterexample"],
            "properties": {
                "verdict": OUTCOME,
                "reason": TEXT,
                "counterexample": {"type": ["object", "null"]},
            },
        },
        "link": OBJECT
        | {
            "required": [
                "link", "account", "region", "resource", "status", "observed", "wanted", "reason",
            ],
            "properties": {
                "link": {
                    "enum": [
                        "trail", "log_group", "metric_filter", "alarm", "topic", "subscription",
                    ]
                },
                **dict.fromkeys(("account", "region", "resource", "wanted", "reason"), TEXT),
                "observed": WORD,
                "status": {"enum": ["ok", "broken", "unknown"]},
            },
        },
    },
}  # fmt: skip
"""The documented form of alarmchain-audit/1."""


def snapshot(rule: str = "ConfigChanges", **changes: Any) -> dict[str, Any]:
    """Return the snapshot of an account in which the rule's chain is complete."""
    region = good_account(known_controls()[rule])
    del region["denied"]
    region["composite_alarms"] = []
    moment = "2026-11-20T12:00:00Z"
    region["trails"][0]["Status"]["LatestCloudWatchLogsDeliveryTime"] = moment
    region["metric_alarms"][0]["StateTransitionedTimestamp"] = moment
    document = {
        "Format": "alarmchain-snapshot/1",
        "Account": ACCOUNT,
        "CollectedAt": moment,
        "Regions": {REGION: region},
    }
    return document | changes


def report(out: str) -> dict[str, Any]:
    """Return the JSON report, after a check of its form."""
    document: dict[str, Any] = json.loads(out)
    jsonschema.validate(document, SCHEMA)
    return document


def without_times(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results without what differs between two reads of an account: when it was read,
    and what time changes, such as an alarm's state."""
    return [_without_times(result) for result in results]


def _without_times(result: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in result.items() if key != "collected_at"}
    chain = [link | {"observed": _CHANGES.sub("", link["observed"])} for link in result["chain"]]
    return kept | {"chain": chain}
