"""`python -m alarmchain.remediation RULES [TEMPLATE]`: writes what is built from the controls.

That is each rule folder's remediation.json and its parts of parameters.json, and the CloudFormation
template of all.
"""

import sys
from pathlib import Path

from alarmchain.control import Control, ControlError
from alarmchain.remediation.folder import write
from alarmchain.remediation.template import text

folders = sorted(path.parent for path in Path(sys.argv[1]).glob("*/control.toml"))
try:
    for folder in folders:
        write(folder)
    for file in sys.argv[2:]:
        Path(file).write_text(text(map(Control.load, folders)), encoding="utf-8")
except ControlError as error:
    sys.exit(f"error: {error}")
