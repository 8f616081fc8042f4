"""`python -m alarmchain.remediation RULES`: writes each rule folder's remediation.json."""

import sys
from pathlib import Path

from alarmchain.control import Control
from alarmchain.remediation.document import text

for folder in sorted(path.parent for path in Path(sys.argv[1]).glob("*/control.toml")):
    (folder / "remediation.json").write_text(text(Control.load(folder)), encoding="utf-8")
