"""Copies of rule folders, one set for each region, in which RDK runs.

They hold what the Lambda function needs and parameters.json: no tests, and no document.

RDK leaves <Rule>/<Rule>.zip in a rule folder and zips it again the next time. Regions that run in
parallel in one folder can even zip each other's files. A separate copy prevents both.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from alarmchain.control import Control
from alarmchain.remediation.folder import DOCUMENT, PARAMETERS
from deployment.build import build_function, check_built, copy_file
from deployment.clean_output_folder import clean_output_folder
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT
from deployment.rule_set import additional_calls

STAGING = CHECKOUT / "build" / "rules"
TRIGGERS = ("daily", "changes")
"""When AWS Config evaluates a rule: once in 24 hours, or after changes as well."""
CHANGES = ("AWS::CloudTrail::Trail", "AWS::CloudWatch::Alarm", "AWS::SNS::Topic")
"""The links of a chain that AWS Config records. It records no metric filters."""


_OPTIONAL = "OptionalParameters"
PARAMETER_MEMBERS = ("InputParameters", _OPTIONAL)
"""The members of parameters.json with values of the rule's parameters, the deciding one first."""
_CALLS = "AdditionalCalls"


def stage(
    folders: Iterable[Path],
    target: Path,
    *,
    trigger: str = "daily",
    rule_set: str = "",
    with_bytecode: bool = False,
) -> Path:
    """Replace the content of `target` by copies of the built rule folders; return `target`.

    `trigger` is one of TRIGGERS; "changes" adds RDK's SourceEvents to the copies. `rule_set`: its
    calls become values of AdditionalCalls in the copies; "" for no set. `with_bytecode` adds
    compiled modules. Raises DeploymentError, before anything is changed, if a folder has no current
    build, or a trigger is unknown.
    """
    if trigger not in TRIGGERS:
        raise DeploymentError(f"TRIGGER is '{trigger}'; allowed: {', '.join(TRIGGERS)}")
    folders = tuple(folders)
    for folder in folders:
        check_built(folder)
    clean_output_folder(target)
    for folder in folders:
        copy_rule(folder, target)
        (target / folder.name / f"{folder.name}_test.py").unlink(missing_ok=True)
        build_function(target / folder.name, with_bytecode=with_bytecode)
        if trigger == "changes":
            _evaluate_changes(target / folder.name / PARAMETERS)
        calls = additional_calls(Control.load(folder), rule_set)
        if calls:
            _add_calls(target / folder.name / PARAMETERS, calls)
    return target


def _evaluate_changes(file: Path) -> None:
    content = json.loads(file.read_text())
    content["Parameters"]["SourceEvents"] = ",".join(CHANGES)
    file.write_text(json.dumps(content, indent=2) + "\n")


def _add_calls(file: Path, calls: str) -> None:
    """Add the calls to the value of AdditionalCalls, which RDK passes to the rule.

    A value in InputParameters replaces that in OptionalParameters.
    """
    content = json.loads(file.read_text())
    members = {name: json.loads(content["Parameters"][name]) for name in PARAMETER_MEMBERS}
    name = next((name for name in PARAMETER_MEMBERS if _CALLS in members[name]), _OPTIONAL)
    members[name][_CALLS] = ",".join(filter(None, (members[name].get(_CALLS), calls)))
    content["Parameters"][name] = json.dumps(members[name])
    file.write_text(json.dumps(content, indent=2) + "\n")


def copy_rule(folder: Path, target: Path) -> None:
    """Copy the rule's own files to `target`/<Rule>, without what `build` and RDK add."""
    for file in folder.iterdir():
        if file.is_file() and file.suffix != ".zip" and file.name != DOCUMENT:
            copy_file(file, target / folder.name / file.name)
