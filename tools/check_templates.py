"""What action.yml runs: `alarmchain coverage --template` with the action's inputs.

The inputs are environment variables. The exit status is that of `alarmchain coverage`.
"""

import glob
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class InputError(Exception):
    """An input that cannot be used. The message names it."""


def main() -> int:
    """Run the command, write its report, and return its exit status."""
    try:
        arguments = coverage_arguments(os.environ)
        status = run(arguments)
    except InputError as error:
        print(f"alarmchain: {error}", file=sys.stderr)  # noqa: T201
        status = 2
    if outputs := os.environ.get("GITHUB_OUTPUT"):
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.write(f"status={status}\n")
    return status


def coverage_arguments(inputs: Mapping[str, str]) -> list[str]:
    """Return the arguments of `alarmchain`. Raises InputError."""
    arguments = ["coverage"]
    if output := inputs.get("OUTPUT", ""):
        arguments += ["--format=text", "--output=-"]
    arguments.append(f"--format={inputs.get('FORMAT') or 'text'}")
    if output:
        arguments.append(f"--output={output}")
    arguments += [f"--rule={name}" for name in inputs.get("RULES", "").split()]
    if rule_set := inputs.get("RULE_SET", "").strip():
        arguments.append(f"--rule-set={rule_set}")
    arguments += [f"--parameter={pair}" for pair in lines(inputs.get("PARAMETERS", ""))]
    pairs = lines(inputs.get("TEMPLATE_PARAMETERS", ""))
    arguments += [f"--template-parameter={pair}" for pair in pairs]
    return [*arguments, "--template", "--", *files(inputs.get("TEMPLATES", ""))]


def lines(text: str) -> list[str]:
    """Return the lines that are not empty, without the spaces around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def files(templates: str) -> list[str]:
    """Return the files of the paths and globs. Raises InputError if one of them has no file."""
    patterns = lines(templates)
    if not patterns:
        raise InputError("input 'templates' is empty; expected a path or a glob")
    found: dict[str, None] = {}
    for pattern in patterns:
        # Path.glob accepts no absolute pattern.
        globbed = glob.glob(pattern, recursive=True)  # noqa: PTH207
        matches = [pattern] if Path(pattern).is_file() else globbed
        names = sorted(name for name in matches if Path(name).is_file())
        if not names:
            raise InputError(f"input 'templates': no file matches '{pattern}'")
        found.update(dict.fromkeys(names))
    return list(found)


def run(arguments: list[str]) -> int:
    """Run alarmchain, and return its exit status."""
    # The report has names from the templates. A name must not be read as one of GitHub's commands.
    token = secrets.token_hex()
    print(f"::stop-commands::{token}", flush=True)  # noqa: T201
    try:
        # -I: not a module of the current folder, which is the checked repository.
        command = [sys.executable, "-I", "-m", "alarmchain", *arguments]
        return subprocess.run(command, check=False).returncode
    finally:
        print(f"::{token}::", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
