"""`python -m alarmchain.remediation RULES [TEMPLATE]`: write what is built from the controls.

That is remediation.json in each rule folder, parameters.json in a new one, and the CloudFormation
template of all rules.
"""

import sys
from pathlib import Path

from alarmchain.control import Control, ControlError
from alarmchain.remediation.folder import write_document, write_parameters
from alarmchain.remediation.template import text

folders = sorted(path.parent for path in Path(sys.argv[1]).glob("*/control.toml"))
try:
    for folder in folders:
        write_document(folder)
        write_parameters(folder)
    for file in sys.argv[2:]:
        Path(file).write_text(text(map(Control.load, folders)), encoding="utf-8")
except ControlError as error:
    sys.exit(f"error: {error}")
