"""What pyproject.toml cannot say: the rule folders travel in the wheel.

They become alarmchain/controls/<Name>/control.toml, so that the installed command line knows the
same rules as a checkout. Nothing else of a rule folder is needed there.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["alarmchain", "alarmchain.*"]), "alarmchain.controls"],
    package_dir={"alarmchain.controls": "rules"},
)
