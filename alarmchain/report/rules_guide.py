"""docs/rules.md, from the rule folders: `python -m alarmchain.report.rules_guide rules FILE`."""

import ast
import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from alarmchain.control import Control, ControlError
from alarmchain.parameters import CHOICES, FORMS
from alarmchain.remediation.filter_patterns import filter_patterns
from alarmchain.report.framework_controls import framework_sections

_HEAD = """\
# The rules

What each rule checks, why, and what its remediation makes. Each rule runs once a day in each region
and reports on the account (`AWS::::Account`). All rules share the
[scenarios](#scenarios-of-every-rule) and the [parameters](#parameters).
[How a verdict is reached](verdict.md) and [how to add a rule](adding-a-rule.md) are other pages.

This file is generated from `rules/*/control.toml`, the docstrings of `rules/*/*.py` and
`alarmchain/parameters.py`. Change those, then run `make docs`.
"""
_SCENARIOS = """\
## Scenarios of every rule

A trail must record every successful call in the rule's list and deliver it to a log group. A metric
filter must count it, and an alarm on that metric must notify at least one confirmed SNS subscriber.

1. A rule parameter has an unknown name or a value that is not allowed: NON_COMPLIANT. The
   annotation names the parameter, its value and what is allowed.
2. No trail records the calls in this region and delivers them to CloudWatch Logs: NON_COMPLIANT.
   The annotation says what is wrong with the trail.
3. The metric filter does not match every call: NON_COMPLIANT. The file of each rule has an
   example.
4. The alarm on the filter's metric needs too many events in a period, such as five where the rule
   requires an alarm for one: NON_COMPLIANT. The annotation names the alarm and its threshold.
5. The alarm's SNS topic has no confirmed subscription: NON_COMPLIANT. The annotation names the
   topic.
6. A read that could change the verdict is denied: NON_COMPLIANT. The annotation begins with
   `UNKNOWN:` and names the action to grant.
7. The metric filter matches every call, its alarm needs a single event, and the alarm's topic has
   a confirmed subscription: COMPLIANT. A call that can be about a link of the chain, such as
   `DeleteAlarms`, is `UNKNOWN:` there.

The tests of each rule run these scenarios; `alarmchain/testing` has those that all rules share.
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
    return "\n".join([_HEAD, links, _SCENARIOS, *(_rule(*rule) for rule in rules), _parameters()])


def _rule(control: Control, folder: Path) -> str:
    what = _filled(_section(folder, "Description"))
    why = _filled(f"Why: {_section(folder, 'Rationale')}")
    keys = ("FilterName", "MetricName", "AlarmName", "TopicName")
    names = " | ".join(f"`{control.names[key]}`" for key in keys)
    description = control.names["AlarmDescription"]
    code = "\n".join(filter_patterns(control, control.calls["cis"], control.records["cis"]))
    return f"""\
## {control.name}

**{control.title}.** Severity: {control.severity}. Its own scenario is in
[{control.name}.py](../rules/{control.name}/{control.name}.py).

{what}

{why}

{_WHAT_IS_REQUIRED[control.region]} with `CallList=cis`, the default:

{_required(control, "cis")}

`CallList=extended` adds:

{_required(control, "extended")}

[Its remediation](remediation.md) creates, in namespace `{control.names["MetricNamespace"]}` and
under these names unless parameters choose others:

| metric filter | metric | alarm | topic | alarm's description |
| --- | --- | --- | --- | --- |
| {names} | {description} |

```
{code}
```

{_controls(control)}
"""


def _controls(control: Control) -> str:
    """Return the controls that the rule serves."""
    if not control.mappings:
        return "It serves no control of a compliance framework."
    link = f"compliance.md#{control.name.lower()}"
    lines = [
        f"- {framework}{f': {numbers}' if numbers else ''}"
        for framework, numbers in framework_sections(control).items()
    ]
    return "\n".join([f"Controls ([with titles and sources]({link})):", "", *lines])


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


_WHAT_IS_REQUIRED = {
    "each": "Calls",
    "leader": "It is checked in the leader region of the partition, such as us-east-1, and is not\n"
    "applicable in others. Calls",
}


def _required(control: Control, key: str) -> str:
    """Return a list of the calls, then of the classes of records without a call's name."""
    lines = [f"- `{call}`" for call in control.calls[key]]
    for records in control.records[key]:
        often = f", {records.events} in a period of the alarm" if records.events > 1 else ""
        lines.append(f"- {records.name}{often}: `{records.pattern}`")
    return "\n".join(lines) or "- nothing"


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
