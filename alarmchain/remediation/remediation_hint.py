"""What of a finding the rule's remediation would close, in words for a report. Pure."""

from collections.abc import Sequence

from alarmchain.decision.assessment import Assessment

BEFORE = ("trail", "log_group")
"""Links that a remediation needs and does not make."""
OF_THE_RULE = ("CallList", "AdditionalCalls", "AlarmName", "MetricName", "MetricNamespace")
_WIDTH = 66
"""Characters of a line of regions, so that it can be indented within 80."""


def remediation_hint(assessment: Assessment) -> str:
    """The document to start and its parameters.

    "" where all is well, or where the document would stop and say so: a trail or log group has to
    be mended first, or the chain is another account's.
    """
    chain = assessment.chain
    if assessment.compliance == "COMPLIANT" or not chain or chain[-1].link in BEFORE:
        return ""
    if any(link.account != assessment.account for link in chain):
        return ""
    return (
        f"the SSM Automation document rules/{assessment.rule}/remediation.json. By itself it takes "
        "TopicArn or NotificationEmail, and the values that the rule has of "
        f"{', '.join(OF_THE_RULE)}. Deployed with the rule it has them:"
    )


def remediation_command(assessment: Assessment, regions: Sequence[str] = ()) -> str:
    """What starts it where it is deployed: lines for a shell, each of at most 72 characters.

    `regions`: those of which the same is told; without them the finding's own.
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
    """The same where lines would be in the way."""
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
