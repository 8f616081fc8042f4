"""docs/compliance.md, from control.toml: `python -m alarmchain.report.compliance FILE`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from alarmchain.control import Control, ControlError, ServedControl, known_controls
from alarmchain.report.framework_controls import briefly

_HEAD = """\
# What the rules serve

Which controls of which frameworks each rule serves, and where that is said. Reports carry the
same mapping: the page and the table in their findings, OCSF in `compliance.standards` and
`compliance.requirements`.

A rule shows that a call reaches a person. That is part of the controls below, never all of one:
who passes a rule has evidence for a control, and who fails it has a gap.

A dash stands where the source names a framework without a section: so it is with PCI DSS, MAS TRM
and most of Conformity's rules, which are public by their titles. An empty field means that no
source was found that names the framework for the rule; it may serve it all the same. Nothing is
inferred from one rule for another but where the source column says so.

This file is written from `rules/*/control.toml`; change it there, then run `make docs`.
"""


def document(controls: Iterable[Control]) -> str:
    """The guide in Markdown: a table of all rules, then one for each."""
    rules = tuple(controls)
    parts = [_HEAD, "## At a glance\n", _overview(rules), *(_rule(rule) for rule in rules)]
    return "\n".join(parts)


def _overview(rules: tuple[Control, ...]) -> str:
    said = {rule.name: briefly(rule) for rule in rules}
    frameworks = dict.fromkeys(name for parts in said.values() for name in parts)
    lines = [_row("Framework", *said), _row(*["---"] * (len(said) + 1))]
    lines += [
        _row(name, *("" if name not in parts else parts[name] or "-" for parts in said.values()))
        for name in frameworks
    ]
    lines += [_row("Severity", *(rule.severity for rule in rules))]
    return "\n".join(lines) + "\n"


def _rule(rule: Control) -> str:
    lines = [f"## {rule.name}", "", f"{rule.title}.", "", _row("Framework", "Control", "Source")]
    lines += [_row("---", "---", "---"), *(_mapping(one) for one in rule.mappings)]
    return "\n".join(lines) + "\n"


def _mapping(one: ServedControl) -> str:
    sections = "<br>".join(f"**{number}** {title}" for number, title in one.controls.items())
    return _row(f"{one.framework} {', '.join(one.versions)}".strip(), sections or "-", one.source)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


if __name__ == "__main__":
    try:
        # Written when it is whole: a mistake in a rule leaves the guide that is there.
        Path(sys.argv[1]).write_text(document(known_controls().values()), encoding="utf-8")
    except (ControlError, OSError) as error:
        sys.exit(f"error: {error}")
