"""Describe in a report how to start the remediation of a finding. Pure."""

from collections.abc import Iterable, Sequence

from alarmchain.decision.assessment import Assessment
from alarmchain.snapshot.missing_answer import lacks_answer

REQUIRED = ("trail", "log_group")
"""Links that a remediation needs and does not make."""
HINT = (
    "If the rule is deployed, run its remediation with the command below. If not,"
    " `alarmchain remedy --rule {rule}` prints the AWS CLI commands that close the finding."
)
_WIDTH = 66
"""Characters in a line of regions, so that it can be indented within 80."""
_THIS_ACCOUNT = "account=$(aws sts get-caller-identity --query Account --output text)"


def remediation_hint(assessment: Assessment) -> str:
    """Return how to start the remediation of the finding.

    "" if the finding is COMPLIANT, if a permission to read is missing, or if the remediation would
    stop with an error: a trail or log group must be fixed first, or the chain is in another
    account.
    """
    chain = assessment.chain
    if assessment.compliance == "COMPLIANT" or not chain or chain[-1].link in REQUIRED:
        return ""
    if lacks_answer(chain[-1].judgement):
        return ""
    if any(link.account != assessment.account for link in chain):
        return ""
    return HINT.format(rule=assessment.rule)


def remediation_command(assessment: Assessment) -> str:
    """Return the command that starts a deployed remediation: shell lines of up to 72 characters."""
    return _start([assessment.rule], [assessment.region], assessment.account)


def remediation_hint_for(rules: Sequence[str], accounts: Sequence[str]) -> str:
    """Return how to start the remediations of the rules with the commands below."""
    rule, what, deployed = rules[0], "its remediation", "rule is"
    if len(rules) > 1:
        rule, what, deployed = "RULE", "their remediations", "rules are"
    each = " in each account" if len(accounts) > 1 else ""
    return (
        f"`alarmchain remedy --rule {rule}` prints the AWS CLI commands."
        f" If the {deployed} deployed, start {what}{each}:"
    )


def remediation_commands(assessments: Iterable[Assessment]) -> str:
    """Return the commands that start the remediations of several findings, as shell lines.

    Regions whose chains are in the same region share them, so one start is enough for all: in that
    region, or else in the first. With several accounts, the commands are for each account. Returns
    "" if no remediation would help.
    """
    helped = [each for each in assessments if remediation_hint(each)]
    regions_by_rule: dict[str, set[str]] = {}
    for (rule, home), regions in _regions(helped).items():
        start = home if home in regions else min(regions)
        regions_by_rule.setdefault(rule, set()).add(start)
    rules_by_regions: dict[tuple[str, ...], list[str]] = {}
    for rule, starts in sorted(regions_by_rule.items()):
        rules_by_regions.setdefault(tuple(sorted(starts)), []).append(rule)
    accounts = {each.account for each in helped}
    account = accounts.pop() if len(accounts) == 1 else "$account"
    commands = [_start(rules, regions, account) for regions, rules in rules_by_regions.items()]
    if accounts:
        commands.insert(0, _THIS_ACCOUNT)
    return "\n".join(commands)


def in_one_line(command: str) -> str:
    """Return the command on one line."""
    return " ".join(line.removesuffix("\\").strip() for line in command.splitlines())


def _regions(assessments: Iterable[Assessment]) -> dict[tuple[str, str], set[str]]:
    """Return the regions of each rule and region of the chain's last link."""
    regions: dict[tuple[str, str], set[str]] = {}
    for each in assessments:
        regions.setdefault((each.rule, each.chain[-1].region), set()).add(each.region)
    return regions


def _start(rules: Sequence[str], regions: Sequence[str], account: str) -> str:
    lines = [
        f"aws configservice start-remediation-execution --region {_one(regions, 'region')} \\",
        f"  --config-rule-name {_one(rules, 'rule')} \\",
        f"  --resource-keys resourceType=AWS::::Account,resourceId={account}",
    ]
    for name, values in (("rule", rules), ("region", regions)):
        if len(values) > 1:
            lines = [*_for_each(name, values), *(f"  {line}" for line in lines), "done"]
    return "\n".join(lines)


def _one(values: Sequence[str], name: str) -> str:
    """Return the only value, or the variable of a loop."""
    return values[0] if len(values) == 1 else f'"${name}"'


def _for_each(name: str, values: Sequence[str]) -> list[str]:
    lines = [f"for {name} in"]
    for value in values:
        if len(lines[-1]) + len(value) >= _WIDTH:
            lines[-1] += " \\"
            lines.append(" ")
        lines[-1] += f" {value}"
    lines[-1] += "; do"
    return lines
