"""The results and failures of an audit, for a report of any format."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.report.comparison import Change, Comparison
from alarmchain.report.exceptions import Acceptance, AppliedExceptions
from alarmchain.report.result_key import result_key


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that could not be assessed in a region of an account; `error` says why.

    `region` and `rule` are "" if the whole account failed.
    """

    account: str
    region: str
    rule: str
    error: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The results and failures of an audit, both ordered by account, rule and region.

    `collected_at`: when the audit began or the snapshot was read, in epoch seconds. `controls`:
    those of the audited rules. `names`: the accounts' names by id, if AWS Organizations returned
    them. `parameters`: the rules' parameters that were given, by name; with what is exempted.
    `exceptions`: what people accept of the results. `comparison`: with an earlier audit, if one was
    given. Both change no verdict; they say what counts for the exit status.
    """

    results: tuple[Assessment, ...]
    failures: tuple[Failure, ...]
    collected_at: float
    controls: tuple[Control, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    exceptions: AppliedExceptions = field(default_factory=AppliedExceptions)
    comparison: Comparison | None = None

    @classmethod
    def of(
        cls,
        outcomes: Iterable[Assessment | Failure],
        collected_at: float,
        controls: tuple[Control, ...],
        names: Mapping[str, str] | None = None,
    ) -> "Findings":
        """Return the findings of an audit's outcomes, in order."""
        ordered = sorted(outcomes, key=lambda each: (each.account, each.rule, each.region))
        return cls(
            tuple(each for each in ordered if isinstance(each, Assessment)),
            tuple(each for each in ordered if isinstance(each, Failure)),
            collected_at,
            controls,
            names or {},
        )

    @property
    def outcomes(self) -> tuple[Assessment | Failure, ...]:
        """Return the results, then the failures."""
        return (*self.results, *self.failures)

    def account_label(self, account: str) -> str:
        """Return the account's id, with its name if that is known."""
        name = self.names.get(account)
        return f"{account} ({name})" if name else account

    @property
    def audience(self) -> str:
        """Return whom a covered call surely reaches: a person only if the parameters ask for one,
        since a queue is a subscriber too."""
        return "a person" if self.parameters.get("Subscribers") == "person" else "a subscriber"

    @property
    def version(self) -> str:
        """Return the version of alarmchain that made the findings."""
        return _version()

    def read_at(self, account: str) -> float:
        """Return when the account was read, in epoch seconds; without any result, when the audit
        began."""
        index = bisect_left(self.results, account, key=lambda each: each.account)
        first = self.results[index] if index < len(self.results) else None
        return first.collected_at if first and first.account == account else self.collected_at

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the ids of all accounts with a result or a failure, in order."""
        return tuple(
            sorted(
                {each.account for each in self.results} | {each.account for each in self.failures}
            )
        )

    def exception_of(self, result: Assessment) -> Acceptance | None:
        """Return what accepts each fault of the result today, or None."""
        return self.exceptions.accepted.get(result_key(result))

    def expired_exception_of(self, result: Assessment) -> Acceptance | None:
        """Return what accepted each fault of the result until one exception expired, or None."""
        return self.exceptions.expired.get(result_key(result))

    def change_of(self, result: Assessment) -> Change | None:
        """Return what has changed since the baseline; None without one, or if it was covered and
        is."""
        return None if self.comparison is None else self.comparison.changes.get(result_key(result))

    def counts(self, result: Assessment) -> bool:
        """Return whether the result makes the exit status 1.

        It does if it is open and not excepted; with a baseline, only if it is new or has changed,
        or if its exception expired.
        """
        if result.outcome not in OPEN or self.exception_of(result) is not None:
            return False
        if self.comparison is None or self.expired_exception_of(result) is not None:
            return True
        return self.change_of(result) is not Change.UNCHANGED

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know of the exceptions and the baseline, a line each.

        The lines hold text from the account and from files, not yet made visible.
        """
        compared = () if self.comparison is None else self.comparison.notes
        return (*self.exceptions.notes, *compared)

    @property
    def exit_code(self) -> int:
        """Return 2 if anything could not be assessed, else 1 if a result counts, else 0."""
        if self.failures:
            return 2
        return int(any(map(self.counts, self.results)))

    def count(self, state: str) -> int:
        """Return how many results have the state, a key of STATES.

        Each rule in each region of an account is one result. An account that could not be read
        counts as none: how many regions it has is not known.
        """
        if state == NOT_ASSESSED:
            return sum(bool(failure.region) for failure in self.failures)
        return sum(result.outcome.value == state for result in self.results)

    @property
    def unread_accounts(self) -> int:
        """Return how many accounts could not be read."""
        return sum(not failure.region for failure in self.failures)

    @property
    def summary(self) -> str:
        """Return one line with the number of results of each state, and of unread accounts."""
        numbers = {state: self.count(state) for state in STATES}
        counts = [
            f"{number} {STATES[state]}"
            for state, number in numbers.items()
            if number or state in _ALWAYS_COUNTED
        ]
        total, accounts = sum(numbers.values()), self.unread_accounts
        line = f"{total} result{'' if total == 1 else 's'}: {', '.join(counts)}"
        if accounts:
            line += f"; {accounts} account{'' if accounts == 1 else 's'} could not be read"
        if self.exceptions.exceptions:
            line += f"; {len(self.exceptions.accepted)} excepted"
        if self.comparison is not None:
            line += f"; {self.comparison.summary}"
        return line


@cache
def _version() -> str:
    """Return the installed version, read once: a report may have it in each row."""
    return version("alarmchain")


OUTCOMES = {
    "covered": "covered",
    "not_covered": "not covered",
    "unknown": "unknown",
    "not_applicable": "not applicable",
}
"""The outcomes in words."""
NOT_ASSESSED = "error"
"""The state of a rule that could not be assessed in a region."""
STATES = {**OUTCOMES, NOT_ASSESSED: "not assessed"}
"""The outcomes, and NOT_ASSESSED, in words."""
_ALWAYS_COUNTED = ("covered", "not_covered", "unknown")
"""The states that the summary names even if no result has them."""
OPEN = (Outcome.NOT_COVERED, Outcome.UNKNOWN)
"""The outcomes that need somebody's attention."""
