"""The search for what the free things must be for a formula not to hold."""

from alarmchain.pattern.choices import Choice, Free, free_things, go_together
from alarmchain.pattern.problem import Join, Key, Node, Problem
from alarmchain.pattern.semantics import Found, truth
from alarmchain.pattern.syntax import Atom, Compare, Term
from alarmchain.pattern.truth import NO, YES, Truth, either, every

MOST_STEPS = 60_000
"""How many nodes a proof may look at (some 10 ms); beyond it the answer is "unknown"."""


class TooComplex(Exception):
    """The search would take longer than MOST_STEPS."""


class Search:
    """Searches a problem's free things, within MOST_STEPS in all."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._steps = 0
        self._free = free_things(problem)
        self._lowest = [0] * len(problem.leaves)
        for free in self._free:
            for at, place in enumerate(free.places):
                self._lowest[place] = min(choice.levels[at] for choice in free.choices)

    def at_most(self, level: int) -> dict[Key, Found] | None:
        """What the free things must be for the formula to be at most `level`; None: impossible.

        Raises TooComplex.
        """
        chosen: list[Choice] = []
        return self._descend(0, self._lowest, chosen, level)

    def _descend(
        self, at: int, levels: list[int], chosen: list[Choice], goal: int
    ) -> dict[Key, Found] | None:
        if self._level(self._problem.root, levels) > goal:
            return None
        while at < len(self._free) and len(self._free[at].choices) == 1:
            chosen = [*chosen, self._free[at].choices[0]]
            at += 1
        if at == len(self._free):
            return {free.key: choice.value for free, choice in zip(self._free, chosen, strict=True)}
        free = self._free[at]
        for choice in free.choices:
            if self._clashes(free, choice, chosen):
                continue
            tried = levels.copy()
            for place, level in zip(free.places, choice.levels, strict=True):
                tried[place] = level
            found = self._descend(at + 1, tried, [*chosen, choice], goal)
            if found is not None:
                return found
        return None

    def _clashes(self, free: Free, choice: Choice, chosen: list[Choice]) -> bool:
        return any(
            not go_together(free.key, choice.value, other.key, its.value)
            for other, its in zip(self._free, chosen, strict=False)
        )

    def _level(self, node: Node, levels: list[int]) -> int:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooComplex
        if isinstance(node, int):
            return levels[node]
        if isinstance(node, Truth):
            return node.level
        decisive = 0 if node.conjunction else 2
        level = 2 - decisive
        for item in node.items:
            found = self._level(item, levels)
            if found == decisive:
                return found
            if found == 1:
                level = 1
        return level

    def doubts(self, chosen: dict[Key, Found]) -> frozenset[str]:
        """What the formula hangs on where the free things are what is `chosen`."""
        truths: dict[int, Truth] = {}
        for key, places in self._problem.keys.items():
            for place in places:
                truths[place] = _truth(self._problem.leaves[place], chosen[key])
        return _evaluate(self._problem.root, truths).doubts


def _truth(leaf: Atom | Term, value: Found) -> Truth:
    if isinstance(value, bool):
        negative = isinstance(leaf, Term) and leaf.kind == "-"
        negative = negative or (isinstance(leaf, Compare) and leaf.operator == "!=")
        return YES if value is not negative else NO
    return NO if isinstance(leaf, Term) else truth(leaf, value)


def _evaluate(node: Node, truths: dict[int, Truth]) -> Truth:
    if isinstance(node, Join):
        items = [_evaluate(item, truths) for item in node.items]
        return every(items) if node.conjunction else either(items)
    return truths[node] if isinstance(node, int) else node
