"""`python -m alarmchain.remediation RULES [ALARMS ROLE]`: write what is built from the controls.

That is remediation.json and parameters.json in each rule folder, and the CloudFormation templates
of all rules' alarms and of the remediations' role.
"""

import sys
from pathlib import Path

from alarmchain.control import Control, ControlError
from alarmchain.remediation import role, template
from alarmchain.remediation.folder import write_document, write_parameters

folders = sorted(path.parent for path in Path(sys.argv[1]).glob("*/control.toml"))
try:
    for folder in folders:
        write_document(folder)
        write_parameters(folder)
    for file, module in zip(sys.argv[2:], (template, role), strict=False):
        Path(file).write_text(module.text(map(Control.load, folders)), encoding="utf-8")
except ControlError as error:
    sys.exit(f"error: {error}")
