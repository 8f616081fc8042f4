"""The modules that code of the account may import: its own, Python's, and AWS's SDK.

Without this, the code could import everything that is installed with the local AWS, and nobody
would notice a dependency that is missing from a deployed zip.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

SDK = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}


class RuntimeModules(MetaPathFinder):
    """Find the code's own modules first, and refuse modules that AWS's runtime does not have."""

    def __init__(self, path: Sequence[str]) -> None:
        self._path = list(path)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if "." in name:
            return None
        own = PathFinder.find_spec(name, self._path)
        if own:
            return own
        known = name in SDK or name in sys.stdlib_module_names or name.startswith("_sysconfigdata")
        if known:
            return None
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def restrict_to(path: Sequence[str]) -> None:
    """Restrict imports to the folders of ``path``, the standard library and the SDK.

    If the code contains its own version of an SDK module, an already imported one is dropped.
    """
    for name in SDK:
        if PathFinder.find_spec(name, list(path)):
            for known in [module for module in sys.modules if module.split(".")[0] == name]:
                del sys.modules[known]
    sys.path[:0] = path
    sys.meta_path.insert(0, RuntimeModules(path))
