"""The build backend of pyproject.toml: setuptools, after a check of Python's version.

pyproject.toml requires nothing for the backend itself, so pip asks this module first. On an old
Python it then ends with one line, before it downloads setuptools or a dependency.
"""

import sys
from typing import Any

_SETUPTOOLS = ["setuptools>=77"]


def _requirements(_: Any = None) -> list[str]:
    if sys.version_info < (3, 12):  # noqa: UP036 - pip checks requires-python only at the end
        this = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"alarmchain needs Python 3.12 or newer; this is {this} ({sys.base_prefix})")
    return _SETUPTOOLS


get_requires_for_build_sdist = _requirements
get_requires_for_build_wheel = _requirements
get_requires_for_build_editable = _requirements


def _setuptools() -> Any:
    from setuptools import build_meta

    return build_meta


def prepare_metadata_for_build_wheel(*arguments: Any) -> Any:
    """Write the metadata, and return the name of its folder."""
    return _setuptools().prepare_metadata_for_build_wheel(*arguments)


def prepare_metadata_for_build_editable(*arguments: Any) -> Any:
    """Write the metadata, and return the name of its folder."""
    return _setuptools().prepare_metadata_for_build_editable(*arguments)


def build_sdist(*arguments: Any) -> Any:
    """Build the source distribution, and return the name of its file."""
    return _setuptools().build_sdist(*arguments)


def build_wheel(*arguments: Any) -> Any:
    """Build the wheel, and return the name of its file."""
    return _setuptools().build_wheel(*arguments)


def build_editable(*arguments: Any) -> Any:
    """Build the wheel of an editable installation, and return the name of its file."""
    return _setuptools().build_editable(*arguments)
