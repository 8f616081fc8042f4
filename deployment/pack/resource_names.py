"""The names of what a pack needs, known to the pack and to the stacks before they stand."""

CODE_FOLDER = "alarmchain"
RULES_ROLE = "alarmchain-pack-rules"
MEMBER_ROLE = "alarmchain-pack-member"
REMEDIATION_ROLE = "alarmchain-pack-remediation"
PACK = "alarmchain"


def function_name(rule: str) -> str:
    """The Lambda function of a rule. RDK's own are called otherwise, so both may stand."""
    return f"alarmchain-{rule}"


def document_name(rule: str) -> str:
    """The SSM document of a rule's remediation."""
    return f"alarmchain-{rule}"
