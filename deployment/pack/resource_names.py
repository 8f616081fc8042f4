"""Fixed names of resources, which the pack and its stacks use to refer to each other."""

CODE_FOLDER = "alarmchain"
RULES_ROLE = "alarmchain-pack-rules"
MEMBER_ROLE = "alarmchain-pack-member"
REMEDIATION_ROLE = "alarmchain-pack-remediation"
PACK = "alarmchain"


def function_name(rule: str) -> str:
    """Return the name of a rule's Lambda function. It differs from RDK's, so both can exist."""
    return f"alarmchain-{rule}"


def document_name(rule: str) -> str:
    """Return the name of the SSM document of a rule's remediation."""
    return f"alarmchain-{rule}"
