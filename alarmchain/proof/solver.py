"""Search for values of the variables that make a formula false."""

from collections.abc import Callable, Iterable

from alarmchain.filter_pattern.ast import Atom, Compare, Term
from alarmchain.filter_pattern.match.semantics import Selected, atom_truth
from alarmchain.proof.domains import Choice, compatible, variables
from alarmchain.proof.partial_evaluation import Join, Key, Node, PartialFormula
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction

MOST_STEPS = 60_000
"""How many nodes one proof may visit (about 20 ms). With more the verdict is "unknown"."""

Domains = list[tuple[Choice, ...]]
"""The remaining choices of each variable."""


class TooComplexError(Exception):
    """The search needs more than MOST_STEPS steps."""


class Solver:
    """Searches the variables of a partial formula, in at most MOST_STEPS steps in all.

    An "or" is false if all its items are, an "and" if one is. A comparison is false for some of
    its variable's choices. So the search branches only at each "and", the one with the fewest
    possible items first.
    """

    def __init__(self, partial: PartialFormula) -> None:
        self._partial = partial
        self._steps = 0
        self._variables = variables(partial)
        self._variable_of_leaf = {
            leaf: (index, position)
            for index, variable in enumerate(self._variables)
            for position, leaf in enumerate(variable.leaves)
        }

    def at_most(self, goal: int) -> dict[Key, Selected] | None:
        """Return values for which the formula's level is at most `goal`, or None.

        Raises TooComplexError.
        """
        everything = [variable.choices for variable in self._variables]
        solution = self._fail([self._partial.root], everything, goal)
        if solution is None:
            return None
        return {
            variable.key: choices[0].value
            for variable, choices in zip(self._variables, solution, strict=True)
        }

    def _fail(self, nodes: list[Node], domains: Domains, goal: int) -> Domains | None:
        """Return the domains in which the levels of all nodes are at most `goal`, or None."""
        conjunctions: list[Join] = []
        stack = list(nodes)
        while stack:
            self._count()
            node = stack.pop()
            if isinstance(node, Join):
                if node.conjunction:
                    conjunctions.append(node)
                else:
                    stack.extend(node.items)
            elif isinstance(node, Truth):
                if node.level > goal:
                    return None
            else:
                narrowed = self._fail_leaf(node, domains, goal)
                if narrowed is None:
                    return None
                domains = narrowed
        return self._branch(conjunctions, domains, goal)

    def _branch(self, conjunctions: list[Join], domains: Domains, goal: int) -> Domains | None:
        undecided: list[Join] = []
        fewest: list[Node] | None = None
        for node in conjunctions:
            if self._bound(node, domains, max) <= goal:
                continue
            possible = [item for item in node.items if self._bound(item, domains, min) <= goal]
            if not possible:
                return None
            undecided.append(node)
            if fewest is None or len(possible) < len(fewest):
                fewest = possible
        if fewest is None:
            return self._settle(domains)
        for item in fewest:
            solution = self._fail([item, *undecided], domains, goal)
            if solution is not None:
                return solution
        return None

    def _bound(self, node: Node, domains: Domains, extreme: Callable[[Iterable[int]], int]) -> int:
        """Return the lowest (`min`) or highest (`max`) level that the node can have."""
        self._count()
        if isinstance(node, Truth):
            return node.level
        if isinstance(node, int):
            index, position = self._variable_of_leaf[node]
            return extreme([choice.levels[position] for choice in domains[index]])
        levels = [self._bound(item, domains, extreme) for item in node.items]
        return min(levels) if node.conjunction else max(levels)

    def _count(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooComplexError

    def _fail_leaf(self, leaf: int, domains: Domains, goal: int) -> Domains | None:
        index, position = self._variable_of_leaf[leaf]
        choices = tuple(choice for choice in domains[index] if choice.levels[position] <= goal)
        return self._narrowed(index, choices, domains)

    def _narrowed(
        self, index: int, choices: tuple[Choice, ...], domains: Domains
    ) -> Domains | None:
        """Return the domains with one narrowed to `choices`, and its related ones accordingly.

        Return None if a domain becomes empty.
        """
        if len(choices) == len(domains[index]):
            return domains
        domains = domains.copy()
        domains[index] = choices
        changed = [index]
        while changed:
            index = changed.pop()
            for other in self._variables[index].related:
                self._count()
                remaining = self._compatible(other, index, domains)
                if len(remaining) < len(domains[other]):
                    domains[other] = remaining
                    changed.append(other)
        return domains if all(domains) else None

    def _compatible(self, other: int, index: int, domains: Domains) -> tuple[Choice, ...]:
        """Return the choices of `other` that are compatible with some choice of `index`."""
        key, other_key = self._variables[index].key, self._variables[other].key
        return tuple(
            choice
            for choice in domains[other]
            if any(compatible(key, own.value, other_key, choice.value) for own in domains[index])
        )

    def _settle(self, domains: Domains) -> Domains | None:
        """Choose one value for each variable that has related ones.

        For the others any remaining choice is valid. Return None if no such values exist.
        """
        for index, variable in enumerate(self._variables):
            if variable.related and len(domains[index]) > 1:
                for choice in domains[index]:
                    self._count()
                    narrowed = self._narrowed(index, (choice,), domains)
                    settled = None if narrowed is None else self._settle(narrowed)
                    if settled is not None:
                        return settled
                return None
        return domains

    def doubts(self, chosen: dict[Key, Selected]) -> frozenset[str]:
        """Return why the formula is unknown for the values `chosen`, as sentences."""
        truths: dict[int, Truth] = {}
        for key, indices in self._partial.keys.items():
            for index in indices:
                truths[index] = _truth(self._partial.leaves[index], chosen[key])
        return _evaluate(self._partial.root, truths).doubts


def _truth(leaf: Atom | Term, value: Selected) -> Truth:
    if isinstance(value, bool):
        negative = isinstance(leaf, Term) and leaf.kind == "-"
        negative = negative or (isinstance(leaf, Compare) and leaf.operator == "!=")
        return YES if value is not negative else NO
    return NO if isinstance(leaf, Term) else atom_truth(leaf, value)


def _evaluate(node: Node, truths: dict[int, Truth]) -> Truth:
    if isinstance(node, Join):
        items = [_evaluate(item, truths) for item in node.items]
        return conjunction(items) if node.conjunction else disjunction(items)
    return truths[node] if isinstance(node, int) else node
