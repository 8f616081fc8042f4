"""The search for choices of the variables that make a formula false.

For an "or" to be false all its items must be, for an "and" one. So "or"s and leaves narrow the
variables' domains, and only an "and" with several ways to be false makes the search branch. The
domains form a tree of limits: if none becomes empty, values that go together exist.
"""

from dataclasses import dataclass

from alarmchain.proof.problem import Join, Literal, Node, Problem
from alarmchain.proof.string_classes import TooComplex
from alarmchain.three_valued import Truth, conjunction, disjunction, negation

STEPS_FOR_EACH_LEAF = 40
MOST_STEPS = 20_000
"""The nodes that a search may look at: MOST_STEPS, or more if the formula has many leaves."""

Domains = list[int]
"""The set of choices that is left for each variable."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Nodes of which one must be false. Bit n of `variables` says that variable n decides it."""

    nodes: tuple[Node, ...]
    variables: int


@dataclass(slots=True)
class _Branch:
    """A state of the search, and the nodes still to try at it."""

    domains: Domains
    clauses: list[Clause]
    untried: list[Node]


class Search:
    """Searches the variables of a problem, within a budget of steps in all."""

    def __init__(self, problem: Problem) -> None:
        """Raises TooComplex."""
        problem.add_variables()
        self._problem = problem
        self._steps = max(MOST_STEPS, STEPS_FOR_EACH_LEAF * len(problem.leaves))
        self._goal = 0
        self._narrowed = 0
        self._joins: dict[int, int] = {}
        self._members: list[list[int]] = [[] for _ in problem.variables]
        self._terms: list[list[tuple[int, int]]] = [[] for _ in problem.variables]
        for index, variable in enumerate(problem.variables):
            if variable.parent is not None:
                self._members[variable.parent].append(index)
            for other, holding in variable.excluded:
                self._terms[other].append((index, holding))

    def at_most(self, goal: int, within: Domains | None = None) -> Domains | None:
        """Return domains whose choices make the formula at most `goal` (0 no, 1 unknown).

        None if there are none. `within`: domains to start from. Raises TooComplex.
        """
        self._goal = goal
        start = self.start() if within is None else within
        if start is None:
            return None
        branches: list[_Branch] = []
        state = self._propagate(list(start), [], [self._problem.root])
        while True:
            if state is not None:
                domains, clauses = state
                if not clauses:
                    return domains
                clause = min(clauses, key=lambda other: len(other.nodes))
                clauses = [other for other in clauses if other is not clause]
                untried = sorted(clause.nodes, key=lambda node: self._room(node, domains))
                branches.append(_Branch(domains, clauses, untried))
            while branches and not branches[-1].untried:
                branches.pop()
            if not branches:
                return None
            branch = branches[-1]
            state = self._propagate(branch.domains.copy(), branch.clauses, [branch.untried.pop()])

    def start(self) -> Domains | None:
        """Return the domains before the formula is looked at."""
        domains = [variable.domain.all for variable in self._problem.variables]
        for index, variable in enumerate(self._problem.variables):
            if variable.parent is None and not self._narrow(domains, index, variable.limits[0][1]):
                return None
        return domains

    def narrowed(self, domains: Domains, sets: dict[int, int]) -> Domains | None:
        """Return the domains with some variables narrowed to sets of choices, or None."""
        domains = domains.copy()
        for index, choices in sets.items():
            if not self._narrow(domains, index, choices):
                return None
        return domains

    def _propagate(
        self, domains: Domains, clauses: list[Clause], nodes: list[Node]
    ) -> tuple[Domains, list[Clause]] | None:
        """Make all nodes false, and what follows from that; None if that is impossible.

        A clause is looked at only if it is new, or if one of its variables was narrowed.
        """
        clauses = clauses.copy()
        while True:
            known = len(clauses)
            self._narrowed = 0
            if not self._make_false(nodes, domains, clauses):
                return None
            left: list[Clause] = []
            for place, clause in enumerate(clauses):
                if place < known and not clause.variables & self._narrowed:
                    left.append(clause)
                    continue
                possible = [node for node in clause.nodes if self._can_be_false(node, domains)]
                if not possible:
                    return None
                if len(possible) == 1:
                    nodes.append(possible[0])
                elif not any(self._is_false(node, domains) for node in possible):
                    is_same = len(possible) == len(clause.nodes)
                    left.append(clause if is_same else self._clause(tuple(possible)))
            clauses = left
            if not nodes:
                return domains, clauses

    def _clause(self, nodes: tuple[Node, ...]) -> Clause:
        variables = 0
        for node in nodes:
            variables |= self._variables_of(node)
        return Clause(nodes, variables)

    def _variables_of(self, node: Node) -> int:
        """Return the set of the variables that decide a node."""
        if isinstance(node, Literal):
            return 1 << self._problem.levels[node.place][0]
        if isinstance(node, Truth):
            return 0
        variables = self._joins.get(id(node))
        if variables is None:
            variables = self._joins[id(node)] = self._clause(node.items).variables
        return variables

    def _make_false(self, nodes: list[Node], domains: Domains, clauses: list[Clause]) -> bool:
        """Narrow the domains so that all nodes are false, and add the clauses that come up."""
        while nodes:
            self._count()
            node = nodes.pop()
            if isinstance(node, Join):
                if node.is_and:
                    clauses.append(self._clause(node.items))
                else:
                    nodes.extend(node.items)
            elif isinstance(node, Truth):
                if node.level > self._goal:
                    return False
            elif not self._narrow(domains, *self._false(node)):
                return False
        return True

    def _false(self, literal: Literal) -> tuple[int, int]:
        """Return the literal's variable, and the choices that make it false enough."""
        index, (no, unknown, yes) = self._problem.levels[literal.place]
        choices = yes if literal.negated else no
        return index, choices | unknown if self._goal else choices

    def _can_be_false(self, node: Node, domains: Domains) -> bool:
        self._count()
        if isinstance(node, Literal):
            index, choices = self._false(node)
            return bool(domains[index] & choices)
        if isinstance(node, Truth):
            return node.level <= self._goal
        if node.is_and:
            return any(self._can_be_false(item, domains) for item in node.items)
        return all(self._can_be_false(item, domains) for item in node.items)

    def _is_false(self, node: Node, domains: Domains) -> bool:
        self._count()
        if isinstance(node, Literal):
            index, choices = self._false(node)
            return not domains[index] & ~choices
        if isinstance(node, Truth):
            return node.level <= self._goal
        if node.is_and:
            return any(self._is_false(item, domains) for item in node.items)
        return all(self._is_false(item, domains) for item in node.items)

    def _room(self, node: Node, domains: Domains) -> float:
        """Return which share of a variable's choices a false node leaves."""
        if not isinstance(node, Literal):
            return 0.0
        index, choices = self._false(node)
        return (domains[index] & choices).bit_count() / domains[index].bit_count()

    def _narrow(self, domains: Domains, index: int, choices: int) -> bool:
        """Narrow one variable, and with it those that its choices limit; False if one is empty."""
        waiting = [(index, choices)]
        while waiting:
            at, allowed = waiting.pop()
            before = domains[at]
            after = before & allowed
            if after == before:
                continue
            if not after:
                return False
            self._count()
            domains[at] = after
            self._narrowed |= 1 << at
            waiting += self._follow(domains, at)
        return True

    def _follow(self, domains: Domains, at: int) -> list[tuple[int, int]]:
        """Return what the domain of one variable leaves to those next to it."""
        variables = self._problem.variables
        variable, left = variables[at], domains[at]
        found: list[tuple[int, int]] = []
        if variable.parent is not None:
            found.append((variable.parent, sum(p for p, own in variable.limits if own & left)))
        for member in self._members[at]:
            allowed = 0
            for choices, own in variables[member].limits:
                if choices & left:
                    allowed |= own
            found.append((member, allowed))
        if left == _NOT_IN_TEXT and variable.excluded:
            found += [(other, ~holding) for other, holding in variable.excluded]
        found += [(term, _IN_TEXT) for term, holding in self._terms[at] if not left & ~holding]
        return found

    def _count(self) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise TooComplex

    def doubts(self, chosen: list[int]) -> frozenset[str]:
        """Return the reasons why the formula is unknown where each variable has its choice."""
        return self._evaluate(self._problem.root, chosen).doubts

    def _evaluate(self, node: Node, chosen: list[int]) -> Truth:
        if isinstance(node, Truth):
            return node
        if isinstance(node, Join):
            fold = conjunction if node.is_and else disjunction
            return fold(self._evaluate(item, chosen) for item in node.items)
        value = self._problem.truth_at(node.place, chosen)
        return negation(value) if node.negated else value


_NOT_IN_TEXT = 1
_IN_TEXT = 2
"""The choices of a term: the text of the record does not hold it, or does."""
