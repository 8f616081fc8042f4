"""Minify a script: the stack that contains it may have at most 51,200 bytes.

Removes docstrings, comments, type hints and empty lines; indents by one space instead of four; uses
single quotes, as JSON escapes double ones; joins lines within brackets. Pure. The result is the
same under every Python from 3.12, so the documents are reproducible.
"""

import ast
import io
import tokenize
from collections.abc import Iterator

Span = tuple[int, int, int]
"""A line number, from 1, and the first and last column of the text to remove."""


def minify(text: str) -> str:
    """Return a shorter script that does the same. Raises ValueError if it is not ASCII."""
    if not text.isascii():
        raise ValueError("a script must be ASCII")
    lines = text.splitlines()
    tree = ast.parse(text)
    for row, begin, end in sorted({*_hints(tree), *_comments(text)}, reverse=True):
        lines[row - 1] = (lines[row - 1][:begin] + lines[row - 1][end:]).rstrip()
    for first, last in _unused(tree):
        lines[first - 1 : last] = [""] * (last - first + 1)
    kept = _joined(_single_quoted("\n".join(line for line in lines if line.strip())))
    return "\n".join(" " * ((len(line) - len(line.lstrip())) // 4) + line.lstrip() for line in kept)


def _joined(text: str) -> list[str]:
    """Return the lines; a bracket over several lines becomes one line.

    The script must not have a one-item tuple over several lines.
    """
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    unfinished = {token.start[0] for token in tokens if token.type == tokenize.NL}
    joined: list[str] = []
    for row, line in enumerate(text.splitlines(), start=1):
        if row - 1 in unfinished:
            more = line.lstrip()
            if more[0] in ")]}":
                joined[-1] = joined[-1].removesuffix(",") + more
            else:
                joined[-1] += more if joined[-1][-1] in "([{" else f" {more}"
        else:
            joined.append(line)
    return joined


def _single_quoted(text: str) -> str:
    """Use single quotes for strings that contain none and are not part of an f-string."""
    lines = text.splitlines()
    begun: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        first = token
        if token.type == tokenize.FSTRING_START:
            begun.append(token)
        elif token.type == tokenize.FSTRING_END:
            first = begun.pop()
        if begun or token.type not in (tokenize.STRING, tokenize.FSTRING_END):
            continue
        (row, begin), (last, end) = first.start, token.end
        line = lines[row - 1]
        body = line[begin:end]
        if row == last and body.count('"') == 2 and "'" not in body:
            lines[row - 1] = line[:begin] + body.replace('"', "'") + line[end:]
    return "\n".join(lines)


def _unused(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of docstrings and of imports for type hints."""
    for node in ast.walk(tree):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if text or (isinstance(node, ast.ImportFrom) and node.module == "typing"):
            assert isinstance(node, ast.stmt)  # noqa: S101 - for the type checker
            yield node.lineno, node.end_lineno or node.lineno


def _comments(text: str) -> Iterator[Span]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield (*token.start, token.end[1])


def _hints(tree: ast.Module) -> Iterator[Span]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as hint):
                yield node.lineno, node.col_offset + len(node.arg), hint.end_col_offset or 0
            case ast.FunctionDef(returns=ast.expr() as hint):
                yield hint.lineno, hint.col_offset - len(" -> "), hint.end_col_offset or 0
            case ast.AnnAssign(annotation=hint, value=ast.expr()):
                yield node.lineno, node.target.end_col_offset or 0, hint.end_col_offset or 0
