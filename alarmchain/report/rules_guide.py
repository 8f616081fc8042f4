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
from alarmchain.report.framework_controls import briefly

_HEAD = """\
# The rules

What each rule asks for, why, and what its remediation makes. All run once a day in each region and
report on the account; [how a verdict is reached](verdict.md) is the same for all, and so are the
[parameters](#parameters). To add a rule: [adding-a-rule.md](adding-a-rule.md).

This file is written from `rules/*/control.toml`, from the text atop `rules/*/*.py` and from
`alarmchain/parameters.py`; change it there, then run `make docs`.
"""
_PARAMETERS = """\
## Parameters

What they mean: [README](../README.md#parameters). Of values in a list, the first is the default.

| name | values |
| --- | --- |
"""


def document(folders: Iterable[Path]) -> str:
    """The guide in Markdown. Raises ControlError for a folder that lacks what it needs."""
    rules = [(Control.load(folder), folder) for folder in folders]
    links = "".join(f"- [{one.name}](#{one.name.lower()}): {one.title}\n" for one, _ in rules)
    return "\n".join([_HEAD, links, *(_rule(*rule) for rule in rules), _parameters()])


def _rule(control: Control, folder: Path) -> str:
    what = _filled(_section(folder, "Description"))
    why = _filled(f"Why: {_section(folder, 'Rationale')}")
    keys = ("FilterName", "MetricName", "AlarmName", "TopicName")
    made = " | ".join(f"`{control.names[key]}`" for key in keys)
    said = control.names["AlarmDescription"]
    served = "\n".join(
        f"- {framework}{f': {sections}' if sections else ''}"
        for framework, sections in briefly(control).items()
    )
    code = "\n".join(patterns([str(call) for call in control.calls["cis"]]))
    return f"""\
## {control.name}

**{control.title}.** Severity: {control.severity}. Its scenarios stand atop
[{control.name}.py](../rules/{control.name}/{control.name}.py).

{what}

{why}

Calls with `CallList=cis`, the default:

{_calls(control.calls["cis"])}

`CallList=extended` adds:

{_calls(control.calls["extended"])}

[Its remediation](remediation.md) makes, unless told of other names, in namespace
`{control.names["MetricNamespace"]}`:

| metric filter | metric | alarm | topic | alarm's description |
| --- | --- | --- | --- | --- |
| {made} | {said} |

```
{code}
```

It serves ([with titles and sources](compliance.md#{control.name.lower()})):

{served}
"""


def _section(folder: Path, name: str) -> str:
    """A paragraph of the text atop the rule's file, in one line."""
    file = folder / f"{folder.name}.py"
    try:
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    except (OSError, SyntaxError) as error:
        raise ControlError(f"{file}: cannot be read: {error}") from None
    found = re.search(rf"^{name}:\n((?:  .+\n)+)", text, re.MULTILINE)
    if not found:
        raise ControlError(f"{file}: the text at its top has no '{name}:'")
    return " ".join(found[1].split())


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
        # Written when it is whole: a mistake in a rule leaves the guide that is there.
        Path(sys.argv[2]).write_text(document(file.parent for file in files), encoding="utf-8")
    except (ControlError, OSError) as error:
        sys.exit(f"error: {error}")
