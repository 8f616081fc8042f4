"""The results and failures of an audit, for a report of any format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment, Outcome


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
    """

    results: tuple[Assessment, ...]
    failures: tuple[Failure, ...]
    collected_at: float
    controls: tuple[Control, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

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

    def account_label(self, account: str) -> str:
        """Return the account's id, with its name if that is known."""
        name = self.names.get(account)
        return f"{account} ({name})" if name else account

    @property
    def version(self) -> str:
        """Return the version of alarmchain that made the findings."""
        return version("alarmchain")

    def read_at(self, account: str) -> float:
        """Return when the account was read, in epoch seconds; without any result, when the audit
        began."""
        times = (each.collected_at for each in self.results if each.account == account)
        return next(times, self.collected_at)

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the ids of all accounts with a result or a failure, in order."""
        return tuple(
            sorted(
                {each.account for each in self.results} | {each.account for each in self.failures}
            )
        )

    @property
    def exit_code(self) -> int:
        """Return 2 if anything could not be assessed, else 1 if a result is open, else 0."""
        if self.failures:
            return 2
        return int(any(result.outcome in OPEN for result in self.results))

    def count(self, outcome: str) -> int:
        """Return how many results have the outcome, a key of OUTCOMES."""
        return sum(result.outcome.value == outcome for result in self.results)

    @property
    def summary(self) -> str:
        """Return one line with the number of results of each outcome, and of failures."""
        total = len(self.results)
        counts = [
            f"{self.count(outcome)} {words}"
            for outcome, words in OUTCOMES.items()
            if outcome != Outcome.NOT_APPLICABLE.value or self.count(outcome)
        ]
        line = f"{total} result{'' if total == 1 else 's'}: {', '.join(counts)}"
        accounts = sum(not failure.region for failure in self.failures)
        if len(self.failures) > accounts:
            line += f"; {len(self.failures) - accounts} could not be assessed"
        if accounts:
            line += f"; {accounts} account{'' if accounts == 1 else 's'} could not be read"
        return line


OUTCOMES = {
    "covered": "covered",
    "not_covered": "not covered",
    "unknown": "unknown",
    "not_applicable": "not applicable",
}
"""The outcomes in words."""
OPEN = (Outcome.NOT_COVERED, Outcome.UNKNOWN)
"""The outcomes that need somebody's attention."""
