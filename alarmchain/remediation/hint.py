"""What of a finding the rule's remediation would close, in words for a report. Pure."""

from alarmchain.assessment import Assessment

BEFORE = ("trail", "log_group")
"""Links that a remediation needs and does not make."""
OF_THE_RULE = ("CallList", "AdditionalCalls", "AlarmName", "MetricName", "MetricNamespace")


def remediation_hint(rule: str, assessment: Assessment) -> str | None:
    """The document to start, its parameters, and how where it is deployed.

    None where all is well, or where a trail or log group has to be mended first: there the document
    would stop and say so.
    """
    if assessment.compliance == "COMPLIANT" or not assessment.chain:
        return None
    if assessment.chain[-1].link in BEFORE:
        return None
    resource = f"resourceType=AWS::::Account,resourceId={assessment.account}"
    # Without the region, so that a report can tell several that say the same at once.
    return (
        f"SSM Automation document rules/{rule}/remediation.json there, with TopicArn or "
        f"NotificationEmail, and what the rule is told of {', '.join(OF_THE_RULE)}. Where it is "
        "deployed: aws configservice start-remediation-execution "
        f"--config-rule-name {rule} --resource-keys {resource}"
    )
