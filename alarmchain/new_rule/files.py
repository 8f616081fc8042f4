"""The texts of the files of a new rule. Pure."""

import json
import textwrap

from alarmchain.control import Control
from alarmchain.new_rule.narrowing import Narrowing

_COLUMNS = 100
"""The longest line that the linter allows."""


def control_toml(control: Control) -> str:
    """Return the text of control.toml."""
    calls, records = control.calls["cis"], control.records["cis"]
    lines = [
        "# What this rule requires. Whatever needs its events or names reads them from this file.",
        *(_entry(key, getattr(control, key)) for key in ("name", "title", "description")),
        _entry("severity", control.severity),
    ]
    if control.region != "each":
        lines += [
            "# The events are recorded in this region of the partition alone.",
            _entry("region", control.region),
        ]
    if calls:
        lines += ["", "[calls]", "cis = ["]
        lines += [f"    {_string(str(call))}," for call in calls]
        lines += ["]", "# CallList=extended adds the calls of this list.", "extended = []"]
    if any(call.read_only is None for call in calls):
        lines += [
            "# Whether the calls only read is unknown, so a trail must record reads, too. Remove",
            "# the next line if CloudTrail writes readOnly as false into the records of all calls.",
            _entry("read_only", "unknown"),
        ]
    for each in records:
        lines += ["", f"[records.{_string(each.name)}]", _entry("list", "cis")]
        lines += [_entry("pattern", each.pattern)]
        if each.events > 1:
            lines += ["# So many events within a period of the alarm must raise it."]
            lines += [f"events = {each.events}"]
    lines += ["", "# What the remediation makes.", "[names]"]
    lines += [_entry(key, value) for key, value in control.names.items()]
    return "\n".join(lines) + "\n"


def _entry(key: str, value: str) -> str:
    return f"{key} = {_string(value)}"


def _string(text: str) -> str:
    """Return a TOML string, a literal one if that needs fewer escapes."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    # JSON's escapes are TOML's, except that TOML also wants one for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def handler(control: Control, rationale: str, narrowing: Narrowing) -> str:
    """Return the text of the file with the Lambda handler and the rule's own scenario."""
    return f'''\
"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  {control.name}

Description:
{_paragraph(control.description)}

Rationale:
{_paragraph(rationale)}

Indicative Severity:
  {control.severity}

Scenarios:
  Scenario: 3
{_step("     Given: ", _given(narrowing))}
{_step("      Then: ", f"Return NON_COMPLIANT: the filter misses {narrowing.missed}")}

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
'''


def _given(narrowing: Narrowing) -> str:
    if narrowing.without:
        return f"The metric filter does not match `{narrowing.without}`"
    return f"The metric filter also requires `{narrowing.condition}`"


def _paragraph(text: str) -> str:
    return textwrap.fill(
        _docstring(text),
        _COLUMNS,
        initial_indent="  ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def _step(label: str, text: str) -> str:
    return textwrap.fill(
        text,
        _COLUMNS,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
    )


def _docstring(text: str) -> str:
    """Return the text as it may stand in a docstring, which it must neither end nor change."""
    return text.replace("\\", "\\\\").replace('"', "'")


def scenario_test(control: Control, narrowing: Narrowing) -> str:
    """Return the text of the file with the test of the rule's own scenario."""
    return f'''\
"""The scenarios of the rule; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class {control.name}Test(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_the_filter_is_too_narrow(self) -> None:
        """A filter that is too narrow misses what the rule requires."""
{_test_body(narrowing)}
'''


def _test_body(narrowing: Narrowing) -> str:
    if narrowing.without:
        lines = [
            f'call = "{narrowing.without}"',
            "self.set_pattern(without=call)",
            'self.assert_verdict("NON_COMPLIANT", call)',
        ]
    else:
        # The condition has double quotes, and Python's style is then single ones around it.
        quote = "'" if '"' in narrowing.condition else '"'
        lines = [
            f"self.set_pattern({quote} && ({narrowing.condition}){quote})",
            'self.assert_verdict("NON_COMPLIANT", self.shown("FilterName"))',
        ]
    return textwrap.indent("\n".join(lines), " " * 8)
