"""Adds to the package what pyproject.toml cannot say.

The rules' control.toml files become alarmchain/controls/<Name>/control.toml, so that the installed
command line knows the same rules as a checkout. It needs no other file of a rule folder.

The links of the README depend on the repository. Its URL is in the environment variable
ALARMCHAIN_REPOSITORY_URL, which the release workflow sets.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "tools"))

from index_readme import index_readme  # noqa: E402

repository = os.environ.get("ALARMCHAIN_REPOSITORY_URL", "").rstrip("/")
if repository and not re.fullmatch(r"https://[\w.-]+(/[\w.-]+)+", repository):
    sys.exit(f"ALARMCHAIN_REPOSITORY_URL is '{repository}'; expected https://HOST/OWNER/NAME")
version = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]["version"]
pages = {
    "Repository": "",
    "Documentation": f"/blob/v{version}/docs/README.md",
    "Changelog": f"/blob/v{version}/CHANGELOG.md",
    "Issues": "/issues",
}

setup(
    packages=[*find_packages(include=["alarmchain", "alarmchain.*"]), "alarmchain.controls"],
    package_dir={"alarmchain.controls": "rules"},
    long_description=index_readme((HERE / "README.md").read_text("utf-8"), repository, version),
    long_description_content_type="text/markdown",
    project_urls={name: repository + path for name, path in pages.items()} if repository else {},
)
