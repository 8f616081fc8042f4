"""Texts about results, without what only says which result it is: account, region, calls.

Two results have the same cause if their texts are the same in this form.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from alarmchain.decision.assessment import Assessment
from alarmchain.report.findings import Failure

ACCOUNT, REGION = "ACCOUNT", "REGION"
"""What stands in a shown text for an account's id or a region, if the text is about several."""
_CALLS = "the calls of each rule"
_DURATION = re.compile(r"\b(?:for|last delivered) \d+ h\b")
"""A part of a reason that changes while the chain stays the same."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a text is about.

    `home`: the region of the deciding link (of a covered result, of the last one), which may be
    another one than the result's. `calls`: the names of the rule's calls and classes.
    """

    account: str
    region: str
    home: str = ""
    calls: tuple[str, ...] = ()

    @classmethod
    def of(cls, each: Assessment | Failure) -> "Subject":
        """Return the subject of a result or a failure."""
        if isinstance(each, Failure):
            return cls(each.account, each.region)
        deciding = each.fault or (each.chain[-1] if each.chain else None)
        home = deciding.region if deciding else ""
        return cls(each.account, each.region, home, tuple(each.calls))


def general(text: str, subject: Subject) -> str:
    """Return the text with everything replaced that may differ between results of one cause."""
    for replaced in _STEPS:
        text = replaced(text, subject)
    return _DURATION.sub("some h", text)


def common(texts: Iterable[tuple[str, Subject]]) -> str:
    """Return the first text, in which as little is replaced as makes all texts the same.

    If nothing makes them the same, the first text is returned as it is.
    """
    distinct: dict[str, Subject] = {}
    for text, subject in texts:
        distinct.setdefault(text, subject)
    pairs = list(distinct.items())
    steps = list(_STEPS)
    if len(_after(steps, pairs)) > 1:
        return pairs[0][0]
    for step in reversed(_STEPS):
        fewer = [each for each in steps if each is not step]
        if len(_after(fewer, pairs)) == 1:
            steps = fewer
    return next(iter(_after(steps, pairs[:1])))


def _after(steps: list["_Step"], pairs: list[tuple[str, Subject]]) -> set[str]:
    """Return the different texts that the steps leave."""
    results = set()
    for text, subject in pairs:
        for step in steps:
            text = step(text, subject)
        results.add(text)
    return results


def without_home(text: str, subject: Subject) -> str:
    """Leave out where the link is, as a result of its own region does."""
    return text.replace(f" in {subject.home}", "") if subject.home else text


def _without_calls(text: str, subject: Subject) -> str:
    return _replaced_calls(text, subject.calls)


@lru_cache(4096)
def _replaced_calls(text: str, calls: tuple[str, ...]) -> str:
    return _calls_pattern(calls).sub(_CALLS, text) if calls else text


@cache
def _calls_pattern(calls: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of one or more of the names in a list."""
    names = "|".join(re.escape(name) for name in sorted(calls, key=len, reverse=True))
    name = rf"(?<![\w-])(?:{names})(?![\w-])"
    return re.compile(rf"{name}(?:(?:, | and ){name})*")


def _without_account(text: str, subject: Subject) -> str:
    return text.replace(subject.account, ACCOUNT)


def _without_regions(text: str, subject: Subject) -> str:
    for name in filter(None, (subject.home, subject.region)):
        text = text.replace(name, REGION)
    return text


_Step = Callable[[str, Subject], str]
_STEPS: tuple[_Step, ...] = (_without_calls, without_home, _without_account, _without_regions)
