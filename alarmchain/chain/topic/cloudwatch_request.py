"""The condition keys of CloudWatch's requests when an alarm notifies a topic.

Sources: IAM user guide, "AWS global condition context keys"; SNS developer guide, "Enable
compatibility between event sources from AWS services and encrypted topics" (aws:SourceAccount and
aws:SourceArn of the alarm) and "Data encryption" (the encryption context is the topic's ARN).
"""

from alarmchain.chain.topic.policy_condition import Context

SERVICE = "cloudwatch.amazonaws.com"


def publish_context(alarm_arn: str, account: str, organization: str) -> Context:
    """Return the keys of sns:Publish for an alarm of the account.

    `organization`: the id of the account's organization, "" if it is not known.
    """
    return {
        **_source(alarm_arn, account, organization),
        "aws:securetransport": "true",
        "aws:sourceowner": account,
    }


def key_context(alarm_arn: str, account: str, organization: str, topic_arn: str) -> Context:
    """Return the keys of kms:Decrypt and kms:GenerateDataKey for an encrypted topic."""
    return {
        **_source(alarm_arn, account, organization),
        "kms:encryptioncontext:aws:sns:topicarn": topic_arn,
    }


def _source(alarm_arn: str, account: str, organization: str) -> Context:
    """Return the keys that tell who calls, and for which resource.

    A service principal belongs to no organization: only the source has one.
    """
    keys = {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": SERVICE,
        "aws:principalorgid": None,
        "aws:principalorgpaths": None,
        "aws:sourceaccount": account,
        "aws:sourcearn": alarm_arn,
    }
    return keys | ({"aws:sourceorgid": organization} if organization else {})
