"""Names the accounts, regions and rules of an audit in few words, such as `all 38 regions`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alarmchain.decision.assessment import Outcome
from alarmchain.report.findings import Findings

Place = tuple[str, str]
"""An account and a region; the region of a whole account is ""."""
EVERY_RULE = "every rule"
_NAMED = 2
"""So many of several names are in a short text; one more is named instead of `1 more`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What was audited: the regions of each account, and the names of the rules.

    An account that could not be read has no region. `labels`: of each account, with its name.
    `elsewhere`: the account, region and rule where a rule is not applicable.
    """

    regions: Mapping[str, frozenset[str]]
    rules: frozenset[str]
    labels: Mapping[str, str]
    elsewhere: frozenset[tuple[str, str, str]] = frozenset()

    @classmethod
    def of(cls, findings: Findings) -> "Scope":
        """Return the scope of the findings."""
        regions: dict[str, set[str]] = {account: set() for account in findings.accounts}
        for each in findings.outcomes:
            if each.region:
                regions[each.account].add(each.region)
        return cls(
            {account: frozenset(names) for account, names in regions.items()},
            frozenset(control.name for control in findings.controls),
            {account: findings.account_label(account) for account in regions},
            frozenset(
                (each.account, each.region, each.rule)
                for each in findings.results
                if each.outcome is Outcome.NOT_APPLICABLE
            ),
        )

    def words(self, places: Iterable[Place]) -> str:
        """Return the places, each an account and a region or "", in words.

        Accounts with the same regions share them: `us-east-1 of 11 of 12 accounts and all 17
        regions of account 111122223333`. With one account, only its regions are named.
        """
        found = _by_account(places)
        whole = [account for account, names in found.items() if self._is_whole(account, names)]
        every = "all regions"
        if len({len(found[account]) for account in whole}) == 1:
            every = f"{_all(len(found[whole[0]]))} regions"
        by_words: dict[str, list[str]] = {}
        for account in sorted(found):
            words = every if account in whole else self._regions(account, found[account])
            by_words.setdefault(words, []).append(account)
        parts = [self._of_accounts(words, names) for words, names in by_words.items()]
        return joined(parts, "places")

    def _is_whole(self, account: str, regions: Collection[str]) -> bool:
        return len(regions) == len(self.regions[account]) > 1

    def _regions(self, account: str, regions: Iterable[str]) -> str:
        """Return the regions of the account in words, if they are not all, "" for none."""
        names, audited = sorted(filter(None, regions)), self.regions[account]
        if len(audited) - len(names) == 1 and len(names) > _NAMED:
            (other,) = audited - set(names)
            return f"all {len(audited)} regions but {other}"
        return joined(names, "regions")

    def region_words(self, account: str, regions: Collection[str]) -> str:
        """Return regions of one account in words."""
        whole = self._is_whole(account, regions)
        return f"{_all(len(regions))} regions" if whole else self._regions(account, regions)

    def account_regions(self, places: Iterable[Place]) -> tuple[tuple[str, str], ...]:
        """Return the label of each account with its regions, all named unless they are all.

        Returns () if `words` says the same.
        """
        found = _by_account(places)
        if len(found) == 1 and not self.leaves_out(places):
            return ()
        return tuple(
            (
                self.labels[account],
                self.region_words(account, names)
                if self._is_whole(account, names)
                else ", ".join(sorted(filter(None, names))),
            )
            for account, names in sorted(found.items())
        )

    def leaves_out(self, places: Iterable[Place]) -> bool:
        """Return whether `words` names only some of the regions."""
        return any(
            len(self.regions[account]) - len(names) > 1 and len(names) > _NAMED + 1
            for account, names in _by_account(places).items()
        )

    def rule_words(self, rules: Sequence[str], places: Iterable[Place]) -> str:
        """Return the rules of the places in words, such as `every rule` or `11 rules`."""
        if self._is_every_rule(rules, places):
            return EVERY_RULE
        return joined(rules, "rules") if len(rules) <= _NAMED + 1 else f"{len(rules)} rules"

    def _is_every_rule(self, rules: Sequence[str], places: Iterable[Place]) -> bool:
        """Return whether all rules that apply to the places are there, and there are several."""
        others = self.rules - set(rules)
        missing = ((*place, rule) in self.elsewhere for place in places for rule in others)
        return len(self.rules) > 1 and bool(rules) and all(missing)

    def account_words(self, accounts: Iterable[str]) -> str:
        """Return the accounts in words, "" if the audit is of one account."""
        names = sorted(accounts)
        if len(self.regions) == 1:
            return ""
        if len(names) == 1:
            return f"account {self.labels[names[0]]}"
        every = len(names) == len(self.regions)
        share = _all(len(names)) if every else f"{len(names)} of {len(self.regions)}"
        return f"{share} accounts"

    def _of_accounts(self, words: str, accounts: Sequence[str]) -> str:
        of = self.account_words(accounts)
        return f"{words} of {of}" if words and of else words or of


def _all(number: int) -> str:
    """Return the word for all of so many things: `both`, or `all 17`."""
    return "both" if number == 2 else f"all {number}"


def _by_account(places: Iterable[Place]) -> dict[str, set[str]]:
    """Return the regions of each account."""
    found: dict[str, set[str]] = defaultdict(set)
    for account, region in places:
        found[account].add(region)
    return found


def joined(names: Sequence[str], noun: str) -> str:
    """Return the names: `a`, `a and b`, `a, b and c`, `a, b and 7 more regions`.

    `noun`: the plural of what the names are.
    """
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more {noun}"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
