"""docs/rules.md, from the rule folders: `python -m alarmchain.report.rules_guide rules FILE`."""

import ast
import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from alarmchain.control import Call, Control, ControlError
from alarmchain.parameters import CHOICES, FORMS
from alarmchain.remediation.steps.patterns import patterns
from alarmchain.report.framework_controls import framework_sections

_HEAD = """\
# The rules

This page describes each rule: what it requires, why, and what its remediation creates. Each rule
runs once a day in each region and evaluates the account. [How a verdict is reached](verdict.md) and
the [parameters](#parameters) are the same for all rules. To add a rule, see
[adding-a-rule.md](adding-a-rule.md).

`make docs` writes this file from `rules/*/control.toml`, from the docstrings of `rules/*/*.py` and
from `alarmchain/parameters.py`. Change it there.
"""
_PARAMETERS = """\
## Parameters

The [README](../README.md#parameters) describes them. In a list of values, the first is the default.

| name | values |
| --- | --- |
"""


def document(folders: Iterable[Path]) -> str:
    """Return the page in Markdown. Raises ControlError for an incomplete rule folder."""
    rules = [(Control.load(folder), folder) for folder in folders]
    links = "".join(f"- [{rule.name}](#{rule.name.lower()}): {rule.title}\n" for rule, _ in rules)
    return "\n".join([_HEAD, links, *(_rule(*rule) for rule in rules), _parameters()])


def _rule(control: Control, folder: Path) -> str:
    what = _filled(_section(folder, "Description"))
    why = _filled(f"Why: {_section(folder, 'Rationale')}")
    keys = ("FilterName", "MetricName", "AlarmName", "TopicName")
    names = " | ".join(f"`{control.names[key]}`" for key in keys)
    description = control.names["AlarmDescription"]
    sections = "\n".join(
        f"- {framework}{f': {numbers}' if numbers else ''}"
        for framework, numbers in framework_sections(control).items()
    )
    code = "\n".join(patterns([str(call) for call in control.calls["cis"]]))
    return f"""\
## {control.name}

**{control.title}.** Severity: {control.severity}. Its scenarios:
[{control.name}.py](../rules/{control.name}/{control.name}.py).

{what}

{why}

Calls with `CallList=cis`, the default:

{_calls(control.calls["cis"])}

`CallList=extended` adds:

{_calls(control.calls["extended"])}

[Its remediation](remediation.md) creates, in namespace `{control.names["MetricNamespace"]}` and
under these names unless parameters choose others:

| metric filter | metric | alarm | topic | alarm's description |
| --- | --- | --- | --- | --- |
| {names} | {description} |

```
{code}
```

Controls ([with titles and sources](compliance.md#{control.name.lower()})):

{sections}
"""


def _section(folder: Path, name: str) -> str:
    """Return a paragraph of the docstring of the rule's file, in one line."""
    file = folder / f"{folder.name}.py"
    try:
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    except (OSError, SyntaxError) as error:
        raise ControlError(f"{file}: cannot be read: {error}") from None
    paragraph = re.search(rf"^{name}:\n((?:  .+\n)+)", text, re.MULTILINE)
    if not paragraph:
        raise ControlError(f"{file}: its docstring has no '{name}:'")
    return " ".join(paragraph[1].split())


def _filled(text: str) -> str:
    return textwrap.fill(text, 100, break_on_hyphens=False, break_long_words=False)


def _calls(calls: tuple[Call, ...]) -> str:
    return "\n".join(f"- `{call}`" for call in calls) or "- nothing"


def _parameters() -> str:
    rows = [f"| `{name}` | {_values(values)} |" for name, values in CHOICES.items()]
    rows += [f"| `{name}` | empty; else {form} |" for name, (_, form) in FORMS.items()]
    return _PARAMETERS + "\n".join(rows) + "\n"


def _values(values: tuple[str, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values)


if __name__ == "__main__":
    try:
        files = sorted(Path(sys.argv[1]).glob("*/control.toml"))
        # The text is complete before the file is opened: after an error the old file remains.
        Path(sys.argv[2]).write_text(document(file.parent for file in files), encoding="utf-8")
    except (ControlError, OSError) as error:
        sys.exit(f"error: {error}")
