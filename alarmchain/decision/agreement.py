"""Records on which CloudWatch Logs can be asked whether it reads a pattern as we do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from alarmchain.decision.pattern_coverage import Coverage
from alarmchain.filter_pattern.match.match import match
from alarmchain.records.record_class import Json, example


@dataclass(frozen=True, slots=True)
class Check:
    """A record of a call, whether it is `expected` to match, and what AWS `found` (None: unasked).

    `agrees` tells whether AWS sees it alike.
    """

    call: str
    record: dict[str, Json]
    expected: bool
    found: bool | None = None

    @property
    def agrees(self) -> bool:
        return self.expected is self.found


@dataclass(frozen=True, slots=True)
class Agreement:
    """All records that were tried."""

    checks: tuple[Check, ...]

    @property
    def agreements(self) -> int:
        """On how many records AWS agrees."""
        return sum(check.agrees for check in self.checks)

    @property
    def complete(self) -> bool:
        """Whether it agrees on all."""
        return self.agreements == len(self.checks)

    def as_json(self) -> dict[str, Any]:
        """The outcome as a JSON object."""
        return {
            "agreed": self.complete,
            "records": [
                {"call": check.call, "expected": check.expected, "found": check.found}
                for check in self.checks
            ],
        }


def checks(found: Coverage) -> Iterator[Check]:
    """For each call a record that is matched and the one that escapes, as far as there are any."""
    if found.pattern is None:
        return
    for name, proof in found.proofs.items():
        usual = example(found.calls[name])
        if match(found.pattern, usual).is_yes:
            yield Check(name, usual, expected=True)
        if proof.counterexample is not None:
            yield Check(name, proof.counterexample, expected=False)
