"""Run the Python script of an ``aws:executeScript`` step, as SSM Automation does.

Not imported: executed by path in an isolated interpreter. It reads the request from standard
input and writes ``{"result": ...}`` or ``{"error": TEXT}`` to the file named by its argument.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from runtime_modules import restrict_to  # type: ignore[import-not-found]

sys.path.pop(0)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Execute the script, call its handler and return its answer."""
    names: dict[str, Any] = {"__name__": "automation_script"}
    try:
        exec(compile(request["script"], "script.py", "exec"), names)  # noqa: S102 - its purpose
        handler = names.get(request["handler"])
        if not callable(handler):
            return {"error": f"the script has no function {request['handler']!r}"}
        return {"result": handler(request["events"], request["context"])}
    except Exception as error:  # noqa: BLE001 - Automation reports whatever a script raises
        traceback.print_exc(file=sys.stdout)
        return {"error": f"{type(error).__name__} - {error}"}


def main() -> None:
    """Read the request, run the script, write the answer."""
    request = json.load(sys.stdin)
    restrict_to(request["path"])
    answer = run(request)
    try:
        text = json.dumps(answer)
    except (TypeError, ValueError) as error:
        text = json.dumps({"error": f"the script's result is not JSON: {error}"})
    sys.stdout.flush()
    Path(sys.argv[1]).write_text(text, encoding="utf-8")


main()
