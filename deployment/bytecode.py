"""Compiled modules beside their sources: a Lambda's folder cannot be written to, so that without
them Python compiles every module anew at each cold start.

Each holds the hash of its source, and Python compiles a source that is not of that hash itself: one
that was edited, in the console too, is never passed over. Python of another version does not look.
"""

import json
import py_compile
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from deployment.errors import ProblemError


def compiled(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What goes beside the modules of `files` into a rule folder: name in the folder -> its bytes.

    Raises ProblemError unless this Python is that of SourceRuntime in the folder's parameters.json:
    another would not look at it.
    """
    runtime, ours = _runtime(folder), f"python{sys.version_info.major}.{sys.version_info.minor}"
    if runtime != ours:
        raise ProblemError(
            f"{folder.name} runs on {runtime}, and this is {ours}, which can't compile for it;"
            " build without COMPILED=1, or with that Python in .venv"
        )
    modules = {name: source for name, source in files.items() if name.endswith(".py")}
    return {_beside(name): _code(name, source) for name, source in modules.items()}


def _runtime(folder: Path) -> str:
    file = folder / "parameters.json"
    try:
        return str(json.loads(file.read_text("utf-8"))["Parameters"]["SourceRuntime"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"{type(error).__name__} {error}"
        raise ProblemError(f"{folder.name}/{file.name} tells no SourceRuntime: {reason}") from None


def _beside(name: str) -> str:
    source = PurePosixPath(name)
    return str(source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc")


@cache
def _code(name: str, source: bytes) -> bytes:
    """The same bytes wherever it is compiled: neither a path of this machine nor a time is in."""
    with TemporaryDirectory() as scratch:
        file, code = Path(scratch, "source.py"), Path(scratch, "code.pyc")
        file.write_bytes(source)
        py_compile.compile(
            str(file),
            str(code),
            dfile=name,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
        )
        return code.read_bytes()
