"""Find the modules of a package that one of its modules imports, without importing any."""

import ast
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path


def imported_files(file: Path, package: Path) -> frozenset[Path]:
    """Return the module's file and those of all modules of the package that it needs.

    `package`: the package's folder. An import inside a function counts as well. Relative imports
    and import_module are not followed; the core uses neither in what a Lambda function needs.
    """
    modules = {_name(path, package): path for path in package.rglob("*.py")}
    found: set[Path] = set()
    pending = [file]
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += [modules[name] for name in _imported_names(module) if name in modules]
    return frozenset(found)


def _name(file: Path, package: Path) -> str:
    """Return the module's dotted name."""
    parts = file.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported_names(module: Path) -> Iterator[str]:
    """Yield the dotted names that the module may import, and those of their packages."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names):
                dotted = [alias.name for alias in names]
            case ast.ImportFrom(str(name), names, 0):
                # What is imported from a package may be a module of it.
                dotted = [f"{name}.{alias.name}" for alias in names]
            case _:
                continue
        for name in dotted:
            yield from accumulate(name.split("."), lambda above, own: f"{above}.{own}")
