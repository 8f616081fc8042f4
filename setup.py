"""Adds the rules' control.toml files to the wheel, which pyproject.toml cannot do.

They become alarmchain/controls/<Name>/control.toml, so that the installed command line knows the
same rules as a checkout. It needs no other file of a rule folder.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["alarmchain", "alarmchain.*"]), "alarmchain.controls"],
    package_dir={"alarmchain.controls": "rules"},
)
