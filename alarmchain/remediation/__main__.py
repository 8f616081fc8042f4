"""`python -m alarmchain.remediation RULES`: writes each rule folder's remediation.json."""

import sys
from pathlib import Path

from alarmchain.remediation.folder import write

for folder in sorted(path.parent for path in Path(sys.argv[1]).glob("*/control.toml")):
    write(folder)
