"""docs/compliance.md, from control.toml: `python -m alarmchain.report.compliance FILE`."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from alarmchain.control import Control, ControlError, ServedControl, known_controls
from alarmchain.report.framework_controls import framework_sections

_HEAD = """\
# Compliance frameworks

This page lists, for each rule with a mapping, the controls of compliance frameworks that it helps
to implement, and the source of each mapping. Reports contain the same mapping: HTML and CSV in
their findings, OCSF in `compliance.standards` and `compliance.requirements`.

A rule shows that a call reaches a person. That is one part of each control below, never the whole
control: a COMPLIANT rule is evidence for the control, and a NON_COMPLIANT rule is a gap.

A dash means that the source names the framework without a section, as for PCI DSS, MAS TRM and most
rules of Conformity, whose titles alone are public. An empty field, or a framework that a rule does
not list, means that no source was found that maps the rule to the framework; the rule may help to
implement it anyway. No mapping is inferred from another rule's, unless the source column says so.

`make docs` writes this file from `rules/*/control.toml`. Change it there.
"""


def document(controls: Iterable[Control]) -> str:
    """Return the page in Markdown: a table with a row for each rule, then a table for each rule."""
    rules = tuple(control for control in controls if control.mappings)
    parts = [_HEAD, "## At a glance\n", _overview(rules), *(_rule(rule) for rule in rules)]
    return "\n".join(parts)


def _overview(rules: tuple[Control, ...]) -> str:
    """Return a row for each rule: sections of the frameworks of most rules, names of the others."""
    by_rule = [(rule, framework_sections(rule)) for rule in rules]
    counts = Counter(name for _, sections in by_rule for name in sections)
    common = [name for name, count in counts.items() if 2 * count >= len(rules)]
    lines = [
        _row("Rule", "Severity", *common, "Others"),
        _row(*["---"] * (len(common) + 3)),
    ]
    lines += [
        _row(
            f"[{rule.name}](#{rule.name.lower()})",
            rule.severity,
            *(_cell(sections, name) for name in common),
            ", ".join(name for name in sections if name not in common),
        )
        for rule, sections in by_rule
    ]
    return "\n".join(lines) + "\n"


def _cell(sections: Mapping[str, str], framework: str) -> str:
    return sections[framework] or "-" if framework in sections else ""


def _rule(rule: Control) -> str:
    lines = [f"## {rule.name}", "", f"{rule.title}.", "", _row("Framework", "Control", "Source")]
    lines += [_row("---", "---", "---"), *(_mapping(mapping) for mapping in rule.mappings)]
    return "\n".join(lines) + "\n"


def _mapping(mapping: ServedControl) -> str:
    sections = "<br>".join(f"**{number}** {title}" for number, title in mapping.controls.items())
    framework = f"{mapping.framework} {', '.join(mapping.versions)}".strip()
    return _row(framework, sections or "-", mapping.source)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


if __name__ == "__main__":
    try:
        # The text is complete before the file is opened: after an error the old file remains.
        Path(sys.argv[1]).write_text(document(known_controls().values()), encoding="utf-8")
    except (ControlError, OSError) as error:
        sys.exit(f"error: {error}")
