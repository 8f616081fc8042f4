"""What has changed since the baseline, an earlier audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from alarmchain.report.result_key import ResultKey


class Change(Enum):
    """What has changed of a result that is not covered, or unknown, now or in the baseline.

    `NEW`: a call got worse, the baseline does not have the result, or it was excepted there and is
    not now. `CHANGED`: the same calls with another reason. `FIXED`: covered now.
    """

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of an audit with its baseline.

    `version`: that of alarmchain which wrote the baseline. `collected_at`: when the baseline's
    accounts were read, from the first to the last, as it has them. `changes`: by result; those that
    are covered in both are left out. `not_compared`: what the baseline has of audited accounts and
    this audit has not. `missing_accounts`: the baseline's accounts that were not audited.
    `is_later`: whether the baseline was read after this audit, which then should be the baseline.
    """

    version: str
    collected_at: tuple[str, ...] = ()
    changes: Mapping[ResultKey, Change] = field(default_factory=dict)
    not_compared: tuple[ResultKey, ...] = ()
    missing_accounts: tuple[str, ...] = ()
    is_later: bool = False

    def count(self, change: Change) -> int:
        """Return how many results have changed like this."""
        return sum(each is change for each in self.changes.values())

    @property
    def summary(self) -> str:
        """Return the number of results of each change."""
        counts = ", ".join(f"{self.count(change)} {change.value}" for change in Change)
        read = f" of {' to '.join(self.collected_at)}" if self.collected_at else ""
        return f"since the baseline{read}: {counts}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Return a line about a baseline that is later than this audit, one about its results that
        are not in this audit, and one about its accounts."""
        lines = []
        if self.is_later:
            lines.append(
                f"the baseline was read at {self.collected_at[0]}, after this audit: what is called"
                " new may have been fixed since, and what is called fixed may be new"
            )
        if self.not_compared:
            results = _count(len(self.not_compared), "result")
            names = several_names([str(key) for key in self.not_compared])
            lines.append(f"{results} of the baseline not compared, without a result now: {names}")
        if self.missing_accounts:
            accounts = _count(len(self.missing_accounts), "account")
            names = several_names(self.missing_accounts)
            lines.append(f"{accounts} of the baseline not audited: {names}")
        return tuple(lines)


def several_names(names: Sequence[str]) -> str:
    """Return the first names and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


_SHOWN = 3
"""So many of several names are shown."""
