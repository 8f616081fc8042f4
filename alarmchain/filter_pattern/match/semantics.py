"""The truth of one comparison on one record. All of the language's meaning is defined here.

Sources: CloudWatch Logs user guide, "Filter pattern syntax" and "Using filter patterns to match
terms in JSON log events". Users observed on AWS that `!=` fails on an absent field.
"""

from dataclasses import dataclass

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.ast import Atom, Compare, Exists, Is, NotExists, Step, Wildcard
from alarmchain.filter_pattern.literals import Text
from alarmchain.filter_pattern.match.comparison import compare
from alarmchain.records.record_fields import ABSENT, Json
from alarmchain.three_valued import NO, YES, Truth, disjunction


@dataclass(frozen=True, slots=True)
class WildcardValues:
    """What a selector with a wildcard selects.

    `values` holds the values found; `lacking` is the number of elements without the field.
    """

    values: tuple[Json, ...]
    lacking: int


class Undefined:
    """A wildcard is applied to a value for which AWS does not document it."""


UNDEFINED = Undefined()
Selected = Json | WildcardValues | Undefined
"""What a selector selects: a JSON value, ABSENT, WildcardValues or UNDEFINED."""


def select(record: Json, steps: tuple[Step, ...]) -> Selected:
    """Return what the steps of a selector select in the record.

    Names select members of objects only, and indices select elements of arrays only. On any other
    value the field is ABSENT.
    """
    value = record
    for place, step in enumerate(steps):
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return ABSENT
        elif isinstance(step, Wildcard):
            return _select_all(value, step, steps[place + 1 :])
        elif not isinstance(value, list) or step >= len(value):
            return ABSENT
        value = value[step]
    return value


def _select_all(value: Json, step: Wildcard, rest: tuple[Step, ...]) -> Selected:
    if not isinstance(value, list if step is Wildcard.ELEMENT else dict):
        return UNDEFINED
    elements = value if isinstance(value, list) else value.values()
    selected = [select(element, rest) for element in elements]
    values = tuple(item for item in selected if item is not ABSENT)
    return WildcardValues(values, len(selected) - len(values))


def spelling_doubt(atom: Atom) -> Truth | None:
    """Return the doubt about how the comparison is written, which holds for every record."""
    if atom.selector.undotted:
        return undocumented.UNDOTTED_KEY
    if isinstance(atom, NotExists | Is) and not atom.keywords.isupper():
        return undocumented.KEYWORD_CASE
    return None


def atom_truth(atom: Atom, selected: Selected) -> Truth:
    """Return whether the comparison holds for what its selector selects.

    `spelling_doubt` is not part of the answer.
    """
    if isinstance(selected, WildcardValues):
        return _wildcard_truth(atom, selected)
    if isinstance(selected, Undefined):
        return undocumented.WILDCARD_ELSEWHERE
    if selected is ABSENT:
        return YES if isinstance(atom, NotExists) else NO
    if isinstance(atom, Compare):
        if isinstance(selected, dict | list):
            return _container_truth(atom)
        return compare(atom, selected)
    if isinstance(atom, Is):
        return YES if selected is atom.value else NO
    return YES if isinstance(atom, Exists) else NO


def _container_truth(atom: Compare) -> Truth:
    """On an object or an array `=` and `!=` both fail, unless `"*"` means existence."""
    star = isinstance(atom.value, Text) and atom.value.text.strip("*") == ""
    if star and atom.value.text and atom.operator == "=":
        return undocumented.QUOTED_STAR
    return NO


def _wildcard_truth(atom: Atom, selected: WildcardValues) -> Truth:
    """`=`, `IS` and the like mean any element; `!=` and NOT EXISTS may mean any or all."""
    truths = [atom_truth(atom, value) for value in selected.values]
    if isinstance(atom, NotExists):
        if truths and not selected.lacking:
            return NO
        all_lack = selected.lacking and not truths
        return YES if all_lack else undocumented.ANY_ELEMENT_DIFFERS
    if isinstance(atom, Compare) and atom.operator == "!=":
        if selected.lacking:
            truths.append(NO)
        agree = len({item.level for item in truths}) == 1
        return truths[0] if agree else undocumented.ANY_ELEMENT_DIFFERS
    return disjunction(truths)
