"""Random classes of records, exemptions and filters, as text and as trees.

The trees are for the judges in smt.py and brute_force.py: these do not use the parser.
"""

import random
from dataclasses import dataclass
from typing import Any

from alarmchain.records.record_class import ANY_RECORD, RecordClass, api_call, matching_records

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Condition:
    """`path operator operand`; the operator says of what type the operand is."""

    path: Path
    operator: str
    operand: Any = None

    def __str__(self) -> str:
        selector = "$" + "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path
        )
        if self.operator in ("= regex", "!= regex"):
            return f"{selector} {self.operator.split()[0]} %{self.operand}%"
        if self.operator in ("= text", "!= text"):
            return f'{selector} {self.operator.split()[0]} "{self.operand}"'
        if self.operand is not None:
            return f"{selector} {self.operator} {self.operand}"
        return f"{selector} {self.operator}"


@dataclass(frozen=True)
class Group:
    """All ("&&") or any ("||") of the items."""

    operator: str
    items: "tuple[Tree, ...]"

    def __str__(self) -> str:
        return "(" + f" {self.operator} ".join(map(str, self.items)) + ")"


Tree = Condition | Group


def as_pattern(tree: Tree) -> str:
    """Return the filter pattern of the tree."""
    return f"{{ {tree} }}"


WORDS = [
    *("StopLogging", "Stop", "Logging", "Root", "AssumedRole", "jane", "jan", "deploy", "role07"),
    *("AwsApiCall", "AwsConsoleSignIn", "AwsServiceEvent", "cloudformation.amazonaws.com"),
    *("kms.amazonaws.com", "cloudtrail.amazonaws.com", "a", "b", "aa", "ab", "ba", ""),
]
EXPRESSIONS = ["^Stop", "Log", "^[ab]+$", "role[0-9]{2}$", "jane|deploy", "^a", "b$", "a[^b]", "s$"]
BOUNDS = ["0", "1", "2.5", "-1"]
TEXTS: list[Path] = [
    ("userIdentity", "userName"),
    ("userIdentity", "invokedBy"),
    ("userIdentity", "arn"),
    ("userIdentity", "sessionContext", "sessionIssuer", "userName"),
    ("errorCode",),
    ("userAgent",),
    ("vpcEndpointId",),
]
REQUIRED: list[Path] = [
    ("userIdentity", "type"),
    ("sourceIPAddress",),
    ("eventName",),
    ("eventSource",),
    ("eventType",),
    ("awsRegion",),
]
MFA = ("userIdentity", "sessionContext", "attributes", "mfaAuthenticated")
OTHERS: list[Path] = [
    ("readOnly",),
    ("requestParameters",),
    ("responseElements",),
    ("userIdentity", "sessionContext"),
    ("userIdentity", "sessionContext", "sessionIssuer"),
    ("resources",),
]
FREE: list[Path] = [
    ("requestParameters", "name"),
    ("requestParameters", "force"),
    ("requestParameters", "items", 0),
    ("requestParameters", "items", 1),
    ("requestParameters", "items"),
    ("x",),
    ("x", "y"),
    ("x", 0),
]


@dataclass(frozen=True)
class PatternSet:
    """A question for `prove`. `belongs` is the tree of the class's pattern, if it has one."""

    record_class: RecordClass
    belongs: Tree | None
    exemptions: tuple[Tree, ...]
    filters: tuple[Tree, ...]

    @property
    def trees(self) -> tuple[Tree, ...]:
        """All trees of the question."""
        return (
            *(() if self.belongs is None else (self.belongs,)),
            *self.exemptions,
            *self.filters,
        )

    def __str__(self) -> str:
        exemptions = [as_pattern(tree) for tree in self.exemptions]
        filters = [as_pattern(tree) for tree in self.filters]
        return f"{self.record_class}\nexemptions: {exemptions}\nfilters: {filters}"


def pattern_set(chance: random.Random) -> PatternSet:
    """Return a random question. Its trees share few fields, so that they often meet."""
    paths = chance.sample(TEXTS, 2) + chance.sample(REQUIRED, 2)
    paths += chance.sample([MFA, *OTHERS], 1) + chance.sample(FREE, chance.choice([0, 0, 1, 2]))
    paths = chance.sample(paths, chance.randint(1, min(4, len(paths))))
    words = chance.sample(WORDS, chance.randint(1, 3))
    belongs = None
    chosen = chance.random()
    if chosen < 0.5:
        record_class = api_call(
            "cloudtrail.amazonaws.com", "StopLogging", failed=chance.choice([False, None])
        )
    elif chosen < 0.9:
        belongs = _tree(chance, paths, words, 2)
        record_class = matching_records(
            "a class", as_pattern(belongs), region="us-east-1", account=None
        )
    else:
        record_class = ANY_RECORD
    exemptions = tuple(_tree(chance, paths, words, 1) for _ in range(chance.choice([0, 0, 0, 1])))
    filters = [_tree(chance, paths, words, 2) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.5:
        # What one filter leaves out, another matches: such sets often cover the class.
        filters.append(_opposite(chance, filters[0]))
    if belongs is not None and chance.random() < 0.3:
        filters.append(_opposite(chance, _opposite(chance, belongs)))
    return PatternSet(record_class, belongs, exemptions, tuple(filters))


def _tree(chance: random.Random, paths: list[Path], words: list[str], depth: int) -> Tree:
    if not depth or chance.random() < 0.4:
        return _condition(chance, chance.choice(paths), words)
    items = tuple(_tree(chance, paths, words, depth - 1) for _ in range(chance.randint(2, 3)))
    return Group(chance.choice(["&&", "||"]), items)


def _condition(chance: random.Random, path: Path, words: list[str]) -> Condition:
    sign = chance.choice(["=", "!="])
    chosen = chance.random()
    if path in OTHERS or (path in FREE and chosen < 0.4):
        return Condition(
            path, chance.choice(["IS TRUE", "IS FALSE", "IS NULL", "NOT EXISTS", "= *"])
        )
    if path in FREE and chosen < 0.6:
        return Condition(
            path, chance.choice(["=", "!=", "<", ">", "<=", ">="]), chance.choice(BOUNDS)
        )
    if path == MFA:
        words = ["true", "false"]
    if chosen < 0.2:
        return Condition(path, chance.choice(["NOT EXISTS", "NOT EXISTS", "= *", "IS NULL"]))
    if chosen > 0.97 and path != MFA:
        return Condition(path, f"{sign} regex", chance.choice(EXPRESSIONS))
    word = chance.choice(words)
    shape = chance.choice(["{}", "{}", "{}*", "*{}", "*{}*"]) if word else "{}"
    return Condition(path, f"{sign} text", shape.format(word))


_OPPOSITES = {
    **{"= text": "!= text", "!= text": "= text", "= regex": "!= regex", "!= regex": "= regex"},
    **{"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"},
    **{"NOT EXISTS": "= *", "= *": "NOT EXISTS", "IS TRUE": "IS FALSE", "IS FALSE": "IS TRUE"},
}


def _opposite(chance: random.Random, tree: Tree) -> Tree:
    """Return nearly the negation of the tree; absent fields are sometimes left out."""
    if isinstance(tree, Group):
        operator = "||" if tree.operator == "&&" else "&&"
        return Group(operator, tuple(_opposite(chance, item) for item in tree.items))
    opposite = Condition(tree.path, _OPPOSITES.get(tree.operator, tree.operator), tree.operand)
    if tree.operator.startswith(("=", "IS")) and chance.random() < 0.8:
        return Group("||", (opposite, Condition(tree.path, "NOT EXISTS")))
    if tree.operator.startswith("!=") and chance.random() < 0.3:
        return Group("||", (opposite, Condition(tree.path, "NOT EXISTS")))
    return opposite
