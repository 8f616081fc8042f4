"""Truth in three values, and all that AWS's documents leave open about filter patterns."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """`level` 0: no, 1: unknown, 2: yes. `doubts` say what an unknown one hangs on.

    As in Kleene's logic a "no" decides an "and" whatever else is unknown, a "yes" an "or".
    """

    level: int
    doubts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values: compare its level")


NO = Truth(0)
YES = Truth(2)


def every(truths: Iterable[Truth]) -> Truth:
    """And: no if any is, else unknown if any is (with the doubts of all), else yes."""
    return _fold(truths, NO, YES)


def either(truths: Iterable[Truth]) -> Truth:
    """Or: yes if any is, else unknown if any is (with the doubts of all), else no."""
    return _fold(truths, YES, NO)


def _fold(truths: Iterable[Truth], decisive: Truth, otherwise: Truth) -> Truth:
    doubts: frozenset[str] = frozenset()
    for truth in truths:
        if truth.level == decisive.level:
            return decisive
        doubts |= truth.doubts
    return Truth(1, doubts) if doubts else otherwise


def _doubt(what: str) -> Truth:
    return Truth(1, frozenset((what,)))


# The behaviours that are undocumented or disputed. Each parses; where the readings would give
# different answers the comparison is unknown. "2018-21" is the text of the user guide's page
# "Filter pattern syntax" in those years, whose stricter sentences were dropped in 2022.

INNER_STAR = _doubt("a * inside a string is literal in the guide of 2018-21, undocumented since")
QUOTED_STAR = _doubt('"*" in quotes may ask for any string or for existence')
BACKSLASH = _doubt("a backslash in a quoted string is undocumented")
BARE_SIGNS = _doubt("a word with other signs than letters, digits, _ . * needs quotes")
KEYWORD_CASE = _doubt("keywords in lower case are undocumented")
UNDOTTED_KEY = _doubt("$['key'] without the dot is undocumented")
NUMBER_FORM = _doubt("a number without digits on both sides of its point is undocumented")
NUMBER_PRECISION = _doubt("how many digits of a number count is undocumented")
NUMBER_AND_TEXT = _doubt("a number against a string is undocumented")
BOOLEAN_VALUE = _doubt("= and != against true or false are undocumented (IS TRUE, IS FALSE)")
NULL_VALUE = _doubt("= and != against null are undocumented (IS NULL)")
ANY_ELEMENT_DIFFERS = _doubt("!= and NOT EXISTS on a wildcard may ask for any element or for all")
WILDCARD_ELSEWHERE = _doubt("[*] on anything but an array, .* on anything but an object")
UNUSUAL_REGEX = _doubt(
    "an anchor in the middle of a regular expression or an empty alternative is undocumented, "
    "and very large repeats are not followed"
)
RAW_TEXT = _doubt("the exact text of an event (spaces, order, escapes) is undocumented")
SPACE_DELIMITED = _doubt("a space-delimited pattern on JSON events is undocumented")
MIXED_TERMS = _doubt("? terms beside - terms are undocumented")
