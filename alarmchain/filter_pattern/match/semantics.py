"""What one comparison says of one record: the single home of the language's meaning.

Sources: CloudWatch Logs user guide, "Filter pattern syntax" and "Using filter patterns to match
terms in JSON log events"; that `!=` fails on an absent field was observed on AWS by users.
"""

from dataclasses import dataclass

from alarmchain.filter_pattern import undocumented as t
from alarmchain.filter_pattern.ast import Atom, Compare, Exists, Is, NotExists, Step, Wildcard
from alarmchain.filter_pattern.literals import Text
from alarmchain.filter_pattern.match.comparison import compare
from alarmchain.records.record_class import ABSENT, Json
from alarmchain.three_valued import NO, YES, Truth, disjunction


@dataclass(frozen=True, slots=True)
class Several:
    """What a selector with a wildcard found: values, and how many elements lacked the field."""

    values: tuple[Json, ...]
    lacking: int


class Undefined:
    """A wildcard stands on something for which AWS says nothing."""


UNDEFINED = Undefined()
Found = Json | Several | Undefined


def find(record: Json, steps: tuple[Step, ...]) -> Found:
    """What the steps of a selector lead to: a JSON value, ABSENT, Several or UNDEFINED.

    A name leads on through objects only and an index through arrays only: elsewhere there is no
    such field.
    """
    value = record
    for place, step in enumerate(steps):
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return ABSENT
        elif isinstance(step, Wildcard):
            return _find_several(value, step, steps[place + 1 :])
        elif not isinstance(value, list) or step >= len(value):
            return ABSENT
        value = value[step]
    return value


def _find_several(value: Json, step: Wildcard, rest: tuple[Step, ...]) -> Found:
    if not isinstance(value, list if step is Wildcard.ELEMENT else dict):
        return UNDEFINED
    elements = value if isinstance(value, list) else value.values()
    found = [find(element, rest) for element in elements]
    values = tuple(item for item in found if item is not ABSENT)
    return Several(values, len(found) - len(values))


def wording(atom: Atom) -> Truth | None:
    """The doubt that hangs on the way the comparison is written, whatever the record."""
    if atom.selector.undotted:
        return t.UNDOTTED_KEY
    if isinstance(atom, NotExists | Is) and not atom.keywords.isupper():
        return t.KEYWORD_CASE
    return None


def truth(atom: Atom, found: Found) -> Truth:
    """Whether the comparison holds where its selector found `found`; `wording` apart."""
    if isinstance(found, Several):
        return _of_several(atom, found)
    if isinstance(found, Undefined):
        return t.WILDCARD_ELSEWHERE
    if found is ABSENT:
        return YES if isinstance(atom, NotExists) else NO
    if isinstance(atom, Compare):
        if isinstance(found, dict | list):
            return _of_container(atom)
        return compare(atom, found)
    if isinstance(atom, Is):
        return YES if found is atom.value else NO
    return YES if isinstance(atom, Exists) else NO


def _of_container(atom: Compare) -> Truth:
    """An object or an array: `=` and `!=` both fail, unless `"*"` is read as existence."""
    star = isinstance(atom.value, Text) and atom.value.text.strip("*") == ""
    return t.QUOTED_STAR if star and atom.value.text and atom.operator == "=" else NO


def _of_several(atom: Atom, found: Several) -> Truth:
    """`=` and the like ask for any element; `!=` and NOT EXISTS for any, or perhaps for all."""
    truths = [truth(atom, value) for value in found.values]
    if isinstance(atom, NotExists):
        if truths and not found.lacking:
            return NO
        return YES if found.lacking and not truths else t.ANY_ELEMENT_DIFFERS
    if isinstance(atom, Compare) and atom.operator == "!=":
        truths += [NO] * min(found.lacking, 1)
        alike = len({item.level for item in truths}) == 1
        return truths[0] if alike else t.ANY_ELEMENT_DIFFERS
    return disjunction(truths)
