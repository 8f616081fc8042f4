"""The text of a step's script: one file, with those that it shares put in place of their import."""

import re
from pathlib import Path

from alarmchain.remediation.minify import lean

STEPS = Path(__file__).parent / "steps"
_SHARED = re.compile(r"^from alarmchain\.remediation\.steps\.(\w+) import .*$", re.MULTILINE)


def script(name: str) -> str:
    """The script of steps/<name>.py as it goes into the document.

    Raises ValueError where it holds what SSM Automation would take for a reference.
    """
    text = _SHARED.sub(lambda found: _read(found[1]), _read(name))
    if "{{" in text:
        raise ValueError(f"{name}.py holds '{{{{', which SSM Automation would replace")
    return f"{text}\n"


def _read(name: str) -> str:
    return lean((STEPS / f"{name}.py").read_text(encoding="utf-8"))
