"""A readable record that escapes: the ordinary one, changed only where it must be."""

from collections.abc import Iterator, Mapping

from alarmchain.pattern.formula import Formula, Leaf, contains, evaluate, leaf_truth
from alarmchain.pattern.search import Key
from alarmchain.pattern.semantics import Found, Several
from alarmchain.pattern.syntax import And, Compare, Number, Or, Step, Term, Text, Wildcard
from alarmchain.records import (
    ABSENT,
    STRING,
    USUAL_VALUES,
    Json,
    RecordClass,
    example,
    leaves,
    with_value,
)

Path = tuple[str | int, ...]
MOST_TRIES = 400
"""How many records may be tried to make an example more readable."""


class Escape:
    """Records of a class held against a formula, within a bounded number of tries."""

    def __init__(self, root: Formula, record_class: RecordClass) -> None:
        self._root = root
        self._class = record_class
        self.base = example(record_class)
        self._tries = 0

    def is_escape(self, record: Mapping[str, Json]) -> bool:
        """Whether the formula certainly does not hold for the record."""
        self._tries += 1
        return evaluate(self._root, lambda leaf: leaf_truth(leaf, record)).level == 0

    def record(self, chosen: Mapping[Key, Found]) -> dict[str, Json] | None:
        """A readable escaping record in which the fields hold what the search has `chosen`."""
        built: dict[str, Json] = self.base
        for key, value in chosen.items():
            built = self._with(built, key, value)
        if not self.is_escape(built):
            return None
        for key in chosen:
            for readable in self._readable(key):
                if self._tries >= MOST_TRIES:
                    return built
                tried = self._with(built, key, readable)
                if tried == built:
                    break
                if self.is_escape(tried):
                    built = tried
                    break
        return built

    def _with(self, record: dict[str, Json], key: Key, value: Found) -> dict[str, Json]:
        if isinstance(key, str):
            return _with_term(record, key) if value else _without_term(record, key)
        path, place = _container(key)
        if place is None or value is ABSENT:
            usual = "other" if value is STRING else value
            return with_value(record, path, usual)
        element = value.values[0] if isinstance(value, Several) and value.values else None
        if element is None and isinstance(value, Several):
            return with_value(record, path, [] if place is Wildcard.ELEMENT else {})
        rest = key[len(path) + 1 :]
        step: str | int = 0 if place is Wildcard.ELEMENT else "any"
        return with_value(record, (*path, step, *rest), element)  # type: ignore[arg-type]

    def _readable(self, key: Key) -> Iterator[Found]:
        """Values to put instead, the most ordinary first."""
        if isinstance(key, str):
            return
        path, place = _container(key)
        if place is not None:
            return
        yield _at(self.base, path)
        yield ABSENT
        yield from USUAL_VALUES.get(path, ())  # type: ignore[call-overload]
        yield "other"
        for leaf in _leaves(self._root):
            if isinstance(leaf, Compare) and leaf.selector.steps == key:
                yield from _near(leaf)
        yield from (7, True, False, None)


def _near(leaf: Compare) -> Iterator[Json]:
    if isinstance(leaf.value, Text):
        yield leaf.value.literal
        yield f"{leaf.value.literal}-other"
    elif isinstance(leaf.value, Number):
        number = leaf.value.value
        if abs(number) < 1e15:
            yield from (int(number), int(number) - 1, int(number) + 1)


def _leaves(root: Formula) -> Iterator[Leaf]:
    waiting: list[Formula] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And | Or):
            waiting.extend(node.items)
        else:
            yield node


def _container(key: tuple[Step, ...]) -> tuple[Path, Wildcard | None]:
    """The plain steps up to the first wildcard, and that wildcard."""
    path: list[str | int] = []
    for step in key:
        if isinstance(step, Wildcard):
            return tuple(path), step
        path.append(step)
    return tuple(path), None


def _at(record: Json, path: Path) -> Json:
    value = record
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return value


def _with_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    if contains(term, record).level == 2:
        return record
    return with_value(record, ("userAgent",), f"{record.get('userAgent', '')} {term}".strip())


def _without_term(record: dict[str, Json], term: str) -> dict[str, Json]:
    for path, value in leaves(record):
        if any(term in str(step) for step in path) or (isinstance(value, str) and term in value):
            record = with_value(record, path, ABSENT)
    return record


def deciding(root: Formula, record: Json) -> tuple[str, ...]:
    """The selectors (or terms) whose values let the record escape, in the pattern's order."""
    names = dict.fromkeys(_name(leaf) for leaf in _blame(root, record))
    return tuple(names)


def _blame(node: Formula, record: Json) -> list[Leaf]:
    """The leaves that fail: all of an "or", of an "and" the branch that fails with the fewest."""
    if isinstance(node, Or):
        return [leaf for item in node.items for leaf in _blame(item, record)]
    if isinstance(node, And):
        failing = [_blame(item, record) for item in node.items]
        return min((leaves for leaves in failing if leaves), key=len, default=[])
    return [node] if leaf_truth(node, record).level == 0 else []


def _name(leaf: Leaf) -> str:
    if isinstance(leaf, Term):
        return str(leaf)
    return str(getattr(leaf, "selector", leaf))
