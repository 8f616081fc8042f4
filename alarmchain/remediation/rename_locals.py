"""Give a script's local names one or two letters: it must fit into a stack of 51,200 bytes. Pure.

Functions, constants, the handler's `events` and `context` and everything from outside keep their
names, so that the script stays readable beside its source.
"""

import ast
from collections.abc import Iterator
from itertools import chain, product
from keyword import iskeyword
from string import ascii_lowercase


def rename_locals(text: str) -> str:
    """Return the script with short local names. Raises ValueError if it is not ASCII.

    The functions must be called with positional arguments. They may not contain other functions, or
    use a local name that is also the name of a function that they call.
    """
    if not text.isascii():
        raise ValueError("a script must be ASCII")
    lines = text.splitlines()
    tree = ast.parse(text)
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    edits: list[tuple[int, int, str, str]] = []
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            edits += _edits(function, taken)
    for row, column, old, new in sorted(edits, reverse=True):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + new + line[column + len(old) :]
    return "\n".join(lines)


def _edits(function: ast.FunctionDef, taken: set[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield the row, the column, the old and the new text of each use of a local name."""
    uses = list(_uses(function))
    stored = {name for name, _, _, is_stored in uses if is_stored} - {"events", "context"}
    counts = {name: sum(name == use[0] for use in uses) for name in stored}
    kept = {name for name in stored if len(name) == 1}
    short = (name for name in _short_names() if name not in taken | kept)
    new_names = {}
    for name in sorted(stored - kept, key=lambda name: (-counts[name], name)):
        new_names[name] = next(short)
    for name, row, column, _ in uses:
        if len(name) > len(new_names.get(name, name)):
            yield row, column, name, new_names[name]


def _uses(function: ast.FunctionDef) -> Iterator[tuple[str, int, int, bool]]:
    """Yield each name with its row and column, and whether it is stored there."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno, node.col_offset, isinstance(node.ctx, ast.Store)
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno, node.col_offset, True


def _short_names() -> Iterator[str]:
    """Yield a, b, ... z, aa, ab, ... without Python's keywords."""
    pairs = ("".join(pair) for pair in product(ascii_lowercase, repeat=2))
    return chain(ascii_lowercase, (pair for pair in pairs if not iskeyword(pair)))
