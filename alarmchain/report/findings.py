"""What an audit found, for a report of any format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alarmchain.control import Control
from alarmchain.decision.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Failure:
    """One rule in one region of one account that could not be assessed, and why; `region` and
    `rule` are "" where nothing of the account could be."""

    account: str
    region: str
    rule: str
    error: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The results and failures of an audit, both in the order of account, rule and region.

    `collected_at`: the moment of which they tell, in epoch seconds. `controls`: of the rules that
    were asked for. `names`: of accounts by their ids, where AWS Organizations tells them.
    """

    results: tuple[Assessment, ...]
    failures: tuple[Failure, ...]
    collected_at: float
    controls: tuple[Control, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        found: Iterable[Assessment | Failure],
        collected_at: float,
        controls: tuple[Control, ...],
        names: Mapping[str, str] | None = None,
    ) -> "Findings":
        """Findings in their order."""
        ordered = sorted(found, key=lambda one: (one.account, one.rule, one.region))
        return cls(
            tuple(one for one in ordered if isinstance(one, Assessment)),
            tuple(one for one in ordered if isinstance(one, Failure)),
            collected_at,
            controls,
            names or {},
        )

    def called(self, account: str) -> str:
        """The account's id, with its name where that is known."""
        name = self.names.get(account)
        return f"{account} ({name})" if name else account

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that a result or a failure tells of, in order."""
        told = {one.account for one in self.results} | {one.account for one in self.failures}
        return tuple(sorted(told))

    @property
    def exit_code(self) -> int:
        """2 if something could not be assessed, else 1 if a result is not COMPLIANT, else 0."""
        if self.failures:
            return 2
        return int(any(one.compliance != "COMPLIANT" for one in self.results))

    @property
    def summary(self) -> str:
        """One line: how many results there are of each outcome, and how many failures."""
        total = len(self.results)
        counts = [
            f"{sum(one.outcome.value == outcome for one in self.results)} {words}"
            for outcome, words in OUTCOMES.items()
        ]
        line = f"{total} result{'' if total == 1 else 's'}: {', '.join(counts)}"
        accounts = sum(not one.region for one in self.failures)
        if len(self.failures) > accounts:
            line += f"; {len(self.failures) - accounts} could not be assessed"
        if accounts:
            line += f"; nothing of {accounts} account{'' if accounts == 1 else 's'}"
        return line


OUTCOMES = {"covered": "covered", "not_covered": "not covered", "unknown": "unknown"}
"""The outcomes in words."""
