"""The kinds of values that a field can have and that the formula's leaves can tell apart.

Each field gets a domain: a finite list of choices, one for each kind of value. A leaf's level
(0 no, 1 unknown, 2 yes) is the same for all values of a choice, so that a search over the choices
is a search over all records. Sets of choices are integers: bit n is choice n.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf, nextafter

from alarmchain.filter_pattern.ast import Atom, Compare
from alarmchain.filter_pattern.automaton import ANYTHING, Automata, Chars, Item
from alarmchain.filter_pattern.literals import Number, Text
from alarmchain.filter_pattern.match.readings import readings
from alarmchain.filter_pattern.match.semantics import (
    UNDEFINED,
    Selected,
    WildcardValues,
    atom_truth,
)
from alarmchain.filter_pattern.regex import Regex, parse_regex
from alarmchain.proof.string_classes import Chain, TooComplex, string_classes
from alarmchain.records.record_fields import ABSENT, Json
from alarmchain.records.schema import FREE, Kind, Shape, kind_of

MOST_COMPARISONS = 200_000
"""How often leaves may be compared with the choices of one field."""

Levels = tuple[int, int, int]
"""The choices at which a leaf is no, unknown and yes, as three sets."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The choices of one field.

    `values` holds a value for each choice; a value may occur twice, where a leaf's level is in
    doubt. `kinds` maps a kind to the set of its choices. `levels` has one entry for each leaf.
    """

    values: tuple[Selected, ...]
    kinds: dict[Kind, int]
    levels: tuple[Levels, ...]

    @property
    def all(self) -> int:
        """The set of all choices."""
        return (1 << len(self.values)) - 1

    def where(self, holds: Callable[[str], bool]) -> int:
        """Return the set of the choices that are strings for which `holds` is true."""
        return sum(
            1 << at
            for at, value in enumerate(self.values)
            if isinstance(value, str) and holds(value)
        )


@lru_cache(maxsize=2048)
def field_domain(
    shape: Shape, leaves: tuple[Atom, ...], terms: frozenset[str], strings: tuple[str, ...] = ()
) -> Domain:
    """Return the domain of a field with this shape on which these leaves depend.

    Strings that hold one of `terms`, and each of `strings`, are told apart from others. ABSENT is
    always a choice, because the object that contains the field may be absent. Raises TooComplex.
    """
    values: list[Selected] = [ABSENT]
    for kind, value in _PLAIN.items():
        if kind in shape.kinds:
            values.append(value)
    if Kind.STRING in shape.kinds:
        values += _strings(shape, leaves, terms, strings)
    if Kind.NUMBER in shape.kinds:
        values += _numbers(leaves)
    if len(values) * len(leaves) > MOST_COMPARISONS:
        levels = _sparse_levels(values, leaves)
    else:
        levels = [_levels(leaf, values) for leaf in leaves]
    vague = _vague(values, leaves)
    for value in vague:
        bit = 1 << len(values)
        values.append(value)
        for at, leaf in enumerate(leaves):
            level = _vague_level(leaf, value)
            changed = list(levels[at])
            changed[level] |= bit
            levels[at] = (changed[0], changed[1], changed[2])
    kinds: dict[Kind, int] = {}
    for at, value in enumerate(values):
        kind = kind_of(value)
        kinds[kind] = kinds.get(kind, 0) | 1 << at
    return Domain(tuple(values), kinds, tuple(levels))


_PLAIN: dict[Kind, Json] = {
    Kind.OBJECT: {},
    Kind.ARRAY: [],
    Kind.NULL: None,
    Kind.TRUE: True,
    Kind.FALSE: False,
}


def _levels(leaf: Atom, values: Sequence[Selected]) -> Levels:
    sets = [0, 0, 0]
    for at, value in enumerate(values):
        sets[atom_truth(leaf, value).level] |= 1 << at
    return sets[0], sets[1], sets[2]


def _sparse_levels(values: Sequence[Selected], leaves: Sequence[Atom]) -> list[Levels]:
    """Return the levels of many leaves, most of which ask for exactly one string."""
    places = {value: at for at, value in enumerate(values) if isinstance(value, str)}
    strings = sum(1 << at for at in places.values())
    others = [(at, value) for at, value in enumerate(values) if not isinstance(value, str)]
    found: list[Levels] = []
    slow = 0
    for leaf in leaves:
        exact = _exact(leaf)
        if exact is None:
            slow += len(values)
            if slow > MOST_COMPARISONS:
                raise TooComplex
            found.append(_levels(leaf, values))
            continue
        equal = 1 << places[exact] if exact in places else 0
        sets = [0, 0, 0]
        is_equality = isinstance(leaf, Compare) and leaf.operator == "="
        sets[2 if is_equality else 0] |= equal
        sets[0 if is_equality else 2] |= strings & ~equal
        for at, value in others:
            sets[atom_truth(leaf, value).level] |= 1 << at
        found.append((sets[0], sets[1], sets[2]))
    return found


def _exact(leaf: Atom) -> str | None:
    """Return the one string that the leaf compares with, if it is plain."""
    if not isinstance(leaf, Compare) or not isinstance(leaf.value, Text) or leaf.value.bare:
        return None
    (first, *more) = readings(leaf.value)
    return None if more or "\\" in leaf.value.text else first.exact


def _strings(
    shape: Shape, leaves: Iterable[Atom], terms: frozenset[str], more: Iterable[str]
) -> list[Selected]:
    if shape.values:
        return list(shape.values)
    literals = set(more)
    chains: set[Chain] = {_infix(term) for term in terms}
    for leaf in leaves:
        if isinstance(leaf, Compare):
            exact, told_apart = _languages(leaf.value)
            literals |= exact
            chains |= told_apart
    required: tuple[Chain, ...] = ()
    if shape.form:
        form = parse_regex(f"^{shape.form}$")
        required = form.branches
        literals = {text for text in literals if form.accepts(text)}
    if not chains and not required:
        return [*sorted(literals), _fresh(literals)]
    classes = string_classes(tuple(sorted(chains, key=repr)), frozenset(literals), required)
    return [*sorted(literals), *classes]


def _fresh(literals: set[str]) -> str:
    """Return a string that is none of the literals."""
    text = "other"
    while text in literals:
        text += "-other"
    return text


def _infix(term: str) -> Chain:
    return (ANYTHING, *(Item(Chars(frozenset(char))) for char in term), ANYTHING)


def _languages(value: Text | Number | Regex) -> tuple[set[str], set[Chain]]:
    """Return the strings and the chains that comparisons with this value tell apart."""
    if isinstance(value, Regex):
        return set(), set(value.branches) if value.decidable else set()
    if isinstance(value, Number):
        return {value.text}, {_NUMERIC}
    found = readings(value)
    exact = {reading.exact for reading in found if reading.exact is not None}
    return exact, {reading.chain for reading in found if reading.exact is None}


def _numeric_chain() -> Chain:
    """Return a chain that accepts every string that can be read as a number, and few others."""
    space = Item(Chars(frozenset(" \t\n\r\f\v")), 0, None)
    sign = Item(Chars(frozenset("+-")), 0, 1)
    mantissa = Item(Chars(frozenset("0123456789.")), 1, None)
    exponent = Item(Chars(frozenset("eE")), 0, 1)
    digits = Item(Chars(frozenset("0123456789")), 0, None)
    return space, sign, mantissa, exponent, sign, digits, space


_NUMERIC = _numeric_chain()
_NUMERIC_TEXTS = Automata((_NUMERIC,))


def _numbers(leaves: Iterable[Atom]) -> list[Selected]:
    """Return a number of each range that the leaves tell apart."""
    bounds: set[float] = set()
    for leaf in leaves:
        if isinstance(leaf, Compare) and isinstance(leaf.value, Number):
            bounds.add(leaf.value.value)
        elif isinstance(leaf, Compare) and isinstance(leaf.value, Text):
            try:
                bounds.add(float(leaf.value.text))
            except ValueError:
                continue
    ordered = sorted(bound for bound in bounds if abs(bound) < inf)
    if not ordered:
        return [7]
    between = [low + (high - low) / 2 for low, high in pairwise(ordered)]
    # A large number minus or plus 1 is itself: the next number of a float is taken then.
    below = min(ordered[0] - 1, nextafter(ordered[0], -inf))
    above = max(ordered[-1] + 1, nextafter(ordered[-1], inf))
    found = [value for value in (below, *ordered, *between, above) if abs(value) < inf]
    return [int(value) if value.is_integer() and abs(value) < 2**53 else value for value in found]


def _vague(values: Sequence[Selected], leaves: Sequence[Atom]) -> list[Selected]:
    """Return the values for which a leaf's level depends on more than the value itself.

    The text of a number may match a pattern for text or not; a numeric string may be any number.
    """
    compared = [leaf.value for leaf in leaves if isinstance(leaf, Compare)]
    found: list[Selected] = []
    if any(_may_accept_number(value) for value in compared):
        found += [value for value in values if kind_of(value) is Kind.NUMBER]
    if any(isinstance(value, Number) for value in compared):
        found += [value for value in values if isinstance(value, str) and _is_numeric(value)]
    return found


@lru_cache(maxsize=1024)
def _may_accept_number(value: Text | Number | Regex) -> bool:
    """Return whether a wildcard or regular expression accepts the text of some number."""
    if isinstance(value, Number):
        return False
    chains = tuple(_languages(value)[1])
    automata = Automata(chains)
    finals = sum(automata.finals)
    return any(
        automata.read(text) & finals for text in string_classes(chains, frozenset(), (_NUMERIC,))
    )


def _is_numeric(text: str) -> bool:
    return bool(_NUMERIC_TEXTS.read(text) & _NUMERIC_TEXTS.finals[0])


def _vague_level(leaf: Atom, value: Selected) -> int:
    if isinstance(leaf, Compare):
        compared = leaf.value
        is_number = kind_of(value) is Kind.NUMBER
        if _may_accept_number(compared) if is_number else isinstance(compared, Number):
            return 1
    return atom_truth(leaf, value).level


@lru_cache(maxsize=1024)
def wildcard_domain(leaf: Atom, container: Kind) -> Domain:
    """Return the domain of what a leaf with a wildcard finds in the container before it.

    A choice is what the selector finds: ABSENT where the field is absent, UNDEFINED (filed under
    NULL) where it is something else than the container (ARRAY or OBJECT), else values in it.
    """
    inner = field_domain(FREE, (leaf,), frozenset())
    values: list[Selected] = [ABSENT, UNDEFINED, WildcardValues((), 0), WildcardValues((), 1)]
    values += [WildcardValues((value,), 0) for value in inner.values if value is not ABSENT]
    levels = list(_levels(leaf, values))
    # Several values of different levels: the result is unknown, as AWS does not document it.
    values.append(WildcardValues((), 2))
    levels[1] |= 1 << (len(values) - 1)
    everything = (1 << len(values)) - 1
    kinds = {Kind.ABSENT: 1, Kind.NULL: 2, container: everything & ~3}
    return Domain(tuple(values), kinds, ((levels[0], levels[1], levels[2]),))
