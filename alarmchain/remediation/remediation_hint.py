"""Describe in a report how to start the remediation of a finding. Pure."""

from collections.abc import Sequence

from alarmchain.decision.assessment import Assessment

REQUIRED = ("trail", "log_group")
"""Links that a remediation needs and does not make."""
HINT = (
    "If the rule is deployed, run its remediation with the command below. If not,"
    " `alarmchain remedy --rule {rule}` prints the AWS CLI commands that close the finding."
)
_WIDTH = 66
"""Characters in a line of regions, so that it can be indented within 80."""


def remediation_hint(assessment: Assessment) -> str:
    """Return how to start the remediation of the finding.

    "" if the finding is COMPLIANT, or if the remediation would stop with an error: a trail or log
    group must be fixed first, or the chain is in another account.
    """
    chain = assessment.chain
    if assessment.compliance == "COMPLIANT" or not chain or chain[-1].link in REQUIRED:
        return ""
    if any(link.account != assessment.account for link in chain):
        return ""
    return HINT.format(rule=assessment.rule)


def remediation_command(assessment: Assessment, regions: Sequence[str] = ()) -> str:
    """Return the command that starts a deployed remediation: shell lines of up to 72 characters.

    `regions` are the regions with the same finding; without them it is the finding's region.
    """
    several = len(regions) > 1
    region = '"$region"' if several else (*regions, assessment.region)[0]
    lines = [
        f"aws configservice start-remediation-execution --region {region} \\",
        f"  --config-rule-name {assessment.rule} \\",
        f"  --resource-keys resourceType=AWS::::Account,resourceId={assessment.account}",
    ]
    if several:
        lines = [*_for_each(regions), *(f"  {line}" for line in lines), "done"]
    return "\n".join(lines)


def in_one_line(command: str) -> str:
    """Return the command on one line."""
    return " ".join(line.removesuffix("\\").strip() for line in command.splitlines())


def _for_each(regions: Sequence[str]) -> list[str]:
    lines = ["for region in"]
    for region in regions:
        if len(lines[-1]) + len(region) >= _WIDTH:
            lines[-1] += " \\"
            lines.append(" ")
        lines[-1] += f" {region}"
    lines[-1] += "; do"
    return lines
