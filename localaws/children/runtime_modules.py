"""Which modules code of the account may import: its own, Python's, and AWS's SDK.

Without this, whatever happens to be installed beside the local AWS would be there as well, and
a dependency missing from a deployed zip would go unnoticed.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder

SDK = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}


class RuntimeModules(MetaPathFinder):
    """Finds the code's own modules first, and lets pass only what AWS's runtime has."""

    def __init__(self, path):
        self._path = list(path)

    def find_spec(self, name, path=None, target=None):
        if "." in name:
            return None
        own = PathFinder.find_spec(name, self._path)
        if own:
            return own
        known = name in SDK or name in sys.stdlib_module_names or name.startswith("_sysconfigdata")
        if known:
            return None
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def restrict_to(path):
    """From here on imports find the folders of ``path``, the standard library and the SDK."""
    sys.path[:0] = path
    sys.meta_path.insert(0, RuntimeModules(path))
