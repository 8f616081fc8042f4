"""Compile the modules of a rule folder, for a faster cold start.

A Lambda's folder is read-only, so without compiled modules Python compiles every module at each
cold start. Each compiled module holds the hash of its source: Python ignores it if the source was
edited, for example in the console. Another version of Python ignores it as well.
"""

import json
import py_compile
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from deployment.errors import DeploymentError


def compile_modules(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the compiled modules of `files`: name in the rule folder -> bytes.

    Raises DeploymentError unless this Python has the version of SourceRuntime in the folder's
    parameters.json: another version would ignore them.
    """
    runtime, current = _runtime(folder), f"python{sys.version_info.major}.{sys.version_info.minor}"
    if runtime != current:
        raise DeploymentError(
            f"{folder.name} runs on {runtime}, but this is {current}, which cannot compile for it;"
            " build without COMPILED=1, or with that Python in .venv"
        )
    modules = {name: source for name, source in files.items() if name.endswith(".py")}
    return {_compiled_name(name): _bytecode(name, source) for name, source in modules.items()}


def _runtime(folder: Path) -> str:
    file = folder / "parameters.json"
    try:
        return str(json.loads(file.read_text("utf-8"))["Parameters"]["SourceRuntime"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"{type(error).__name__} {error}"
        raise DeploymentError(f"{folder.name}/{file.name} has no SourceRuntime: {reason}") from None


def _compiled_name(name: str) -> str:
    source = PurePosixPath(name)
    return str(source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc")


@cache
def _bytecode(name: str, source: bytes) -> bytes:
    """Return the compiled module. It holds no local path and no time, so it is reproducible."""
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
