"""Build the script of a step: one file, in which shared modules replace their imports."""

import re
from functools import cache
from pathlib import Path

from alarmchain.remediation.minify import minify
from alarmchain.remediation.rename_locals import rename_locals

STEPS = Path(__file__).parent / "steps"
_SHARED = re.compile(r"^from alarmchain\.remediation\.steps\.(\w+) import .*$", re.MULTILINE)


def script(name: str) -> str:
    """Return the script of steps/<name>.py as the document holds it.

    Raises ValueError if it contains what SSM Automation would take for a reference.
    """
    text = _SHARED.sub(lambda match: _read(match[1]), _read(name)) + "\n" + _read("json_text")
    if "{{" in text:
        raise ValueError(f"{name}.py contains '{{{{', which SSM Automation would replace")
    return f"{text}\n"


def _read(name: str) -> str:
    return _minified((STEPS / f"{name}.py").read_text(encoding="utf-8"))


@cache
def _minified(text: str) -> str:
    """Return the short text; every rule's document holds the same scripts."""
    return rename_locals(minify(text))
