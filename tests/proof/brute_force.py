"""Many records of a small universe, matched by the local AWS's own matcher."""

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

from alarmchain.records.record_fields import ABSENT, with_value
from localaws.logs.matcher import compile as compile_independently
from tests.proof.documented import is_documented
from tests.proof.pattern_sets import Condition, Path, PatternSet, Tree, as_pattern

_RECORD: dict[str, Any] = {
    "eventVersion": "1.11",
    "userIdentity": {"type": "Root"},
    "eventTime": "2026-01-15T09:30:00Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "198.51.100.7",
    "eventID": "66666666-7777-4888-9999-000000000000",
    "eventType": "AwsApiCall",
    "recipientAccountId": "123456789012",
    "readOnly": False,
    "managementEvent": True,
    "eventCategory": "Management",
}
_EVENT_TYPES = ("AwsApiCall", "AwsConsoleSignIn", "AwsServiceEvent")
_VALUES: list[Any] = [ABSENT, None, True, False, 0, 1, 2, 7.5, "other", {}, []]


def conditions(tree: Tree) -> Iterator[Condition]:
    """Yield the conditions of the tree."""
    if isinstance(tree, Condition):
        yield tree
    else:
        for item in tree.items:
            yield from conditions(item)


def records(question: PatternSet, chance: random.Random, most: int) -> Iterator[dict[str, Any]]:
    """Yield at most `most` records with different values in the fields that the question names."""
    asked: dict[Path, list[Any]] = {}
    for condition in itertools.chain.from_iterable(map(conditions, question.trees)):
        values = asked.setdefault(condition.path, list(_VALUES))
        if isinstance(condition.operand, str):
            word = condition.operand.strip("*")
            values += [word, f"{word}z", f"z{word}", f"z{word}z"]
    known = dict(question.record_class.known)
    event_types = [known["eventType"]] if "eventType" in known else _EVENT_TYPES
    for _ in range(most):
        record: dict[str, Any] = {**_RECORD, "eventType": chance.choice(event_types)}
        for name, value in known.items():
            record = with_value(record, (name,), value)
        # Objects come before the fields that they contain.
        for path in sorted(asked.keys(), key=len):
            if path[0] not in known:
                record = with_value(record, path, chance.choice(asked[path]))
        if is_documented(record):
            yield record


class Judge:
    """Decides with the local AWS's matcher whether a record escapes."""

    def __init__(self, question: PatternSet) -> None:
        self._belongs = [compile_independently(as_pattern(t)) for t in (question.belongs,) if t]
        others = (*question.exemptions, *question.filters)
        self._others = [compile_independently(as_pattern(tree)) for tree in others]

    def escapes(self, record: dict[str, Any]) -> bool:
        """Return whether the record belongs to the class and nothing else matches it."""
        message = json.dumps(record)
        belongs = all(pattern.matches(message) for pattern in self._belongs)
        return belongs and not any(pattern.matches(message) for pattern in self._others)
