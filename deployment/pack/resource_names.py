"""Fixed names of resources, which the pack and its stacks use to refer to each other."""

CODE_FOLDER = "alarmchain"
RULES_ROLE = "alarmchain-pack-rules"
MEMBER_ROLE = "alarmchain-pack-member"
REMEDIATION_ROLE = "alarmchain-pack-remediation"
PACK = "alarmchain"
FUNCTION = "alarmchain-rules"
"""The Lambda function of all rules of the pack."""


def document_name(rule: str) -> str:
    """Return the name of the SSM document of a rule's remediation."""
    return f"alarmchain-{rule}"
