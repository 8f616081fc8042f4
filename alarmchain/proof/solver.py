"""The search for what the free things must be for a formula not to hold."""

from collections.abc import Callable, Iterable

from alarmchain.filter_pattern.ast import Atom, Compare, Term
from alarmchain.filter_pattern.match.semantics import Found, truth
from alarmchain.proof.domains import Choice, compatible, variables
from alarmchain.proof.partial_evaluation import Join, Key, Node, Problem
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction

MOST_STEPS = 60_000
"""How many nodes a proof may look at (some 20 ms); beyond it the answer is "unknown"."""

Domains = list[tuple[Choice, ...]]
"""The choices that are left for each free thing."""


class TooComplex(Exception):
    """The search would take longer than MOST_STEPS."""


class Search:
    """Searches a problem's free things, within MOST_STEPS in all.

    For an "or" to fail all its items must, for an "and" one; a comparison fails by what is left
    of the choices of its field. So only the "and"s branch, those with the fewest ways out first.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._steps = 0
        self._free = variables(problem)
        self._home = {
            place: (index, at)
            for index, free in enumerate(self._free)
            for at, place in enumerate(free.places)
        }

    def at_most(self, goal: int) -> dict[Key, Found] | None:
        """What the free things must be for the formula to be at most `goal`; None: impossible.

        Raises TooComplex.
        """
        everything = [free.choices for free in self._free]
        left = self._fail([self._problem.root], everything, goal)
        if left is None:
            return None
        return {free.key: first.value for free, (first, *_) in zip(self._free, left, strict=True)}

    def _fail(self, nodes: list[Node], domains: Domains, goal: int) -> Domains | None:
        """What is left of the domains where all the nodes are at most `goal`."""
        conjunctions: list[Join] = []
        waiting = list(nodes)
        while waiting:
            self._count()
            node = waiting.pop()
            if isinstance(node, Join):
                if node.conjunction:
                    conjunctions.append(node)
                else:
                    waiting.extend(node.items)
            elif isinstance(node, Truth):
                if node.level > goal:
                    return None
            else:
                left = self._fail_leaf(node, domains, goal)
                if left is None:
                    return None
                domains = left
        return self._branch(conjunctions, domains, goal)

    def _branch(self, conjunctions: list[Join], domains: Domains, goal: int) -> Domains | None:
        undecided: list[Join] = []
        fewest: list[Node] | None = None
        for node in conjunctions:
            if self._bound(node, domains, max) <= goal:
                continue
            ways = [item for item in node.items if self._bound(item, domains, min) <= goal]
            if not ways:
                return None
            undecided.append(node)
            if fewest is None or len(ways) < len(fewest):
                fewest = ways
        if fewest is None:
            return self._settle(domains)
        for item in fewest:
            found = self._fail([item, *undecided], domains, goal)
            if found is not None:
                return found
        return None

    def _bound(self, node: Node, domains: Domains, extreme: Callable[[Iterable[int]], int]) -> int:
        """The least or greatest level of the node, if each thing in it had its extreme choice."""
        self._count()
        if isinstance(node, Truth):
            return node.level
        if isinstance(node, int):
            index, at = self._home[node]
            return extreme([choice.levels[at] for choice in domains[index]])
        levels = [self._bound(item, domains, extreme) for item in node.items]
        return min(levels) if node.conjunction else max(levels)

    def _count(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooComplex

    def _fail_leaf(self, place: int, domains: Domains, goal: int) -> Domains | None:
        index, at = self._home[place]
        left = tuple(choice for choice in domains[index] if choice.levels[at] <= goal)
        return self._narrowed(index, left, domains)

    def _narrowed(self, index: int, left: tuple[Choice, ...], domains: Domains) -> Domains | None:
        """The domains with one narrowed, and with it those that it limits; None: one is empty."""
        if len(left) == len(domains[index]):
            return domains
        domains = domains.copy()
        domains[index] = left
        changed = [index]
        while changed:
            at = changed.pop()
            for other in self._free[at].related:
                self._count()
                left = self._compatible(other, at, domains)
                if len(left) < len(domains[other]):
                    domains[other] = left
                    changed.append(other)
        return domains if all(domains) else None

    def _compatible(self, other: int, at: int, domains: Domains) -> tuple[Choice, ...]:
        key, its_key = self._free[at].key, self._free[other].key
        return tuple(
            choice
            for choice in domains[other]
            if any(compatible(key, mine.value, its_key, choice.value) for mine in domains[at])
        )

    def _settle(self, domains: Domains) -> Domains | None:
        """One choice for each thing that limits others; for the rest all choices are as good."""
        for index, free in enumerate(self._free):
            if free.related and len(domains[index]) > 1:
                for choice in domains[index]:
                    self._count()
                    narrowed = self._narrowed(index, (choice,), domains)
                    settled = None if narrowed is None else self._settle(narrowed)
                    if settled is not None:
                        return settled
                return None
        return domains

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
        return conjunction(items) if node.conjunction else disjunction(items)
    return truths[node] if isinstance(node, int) else node
