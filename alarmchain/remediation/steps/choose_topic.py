"""Choose the alarm's topic, and plan what it lacks. Changes nothing."""

from typing import Any

from alarmchain.remediation.steps.clients import client
from alarmchain.remediation.steps.policy import CLOUDWATCH, says
from alarmchain.remediation.steps.suffix import SUFFIX


def key(reference: str, region: str, account: str) -> tuple[str, str]:
    """Return a key's ARN, and why CloudWatch cannot use it; "" if it can."""
    managed = f"key {reference} is AWS-managed, and CloudWatch can't use such a key"
    if "alias/aws/" in reference:
        return "", managed
    kms = client("kms", region)
    try:
        metadata = kms.describe_key(KeyId=reference)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        return "", f"key {reference} does not exist in {region}"
    arn = metadata["Arn"]
    if metadata["KeyManager"] == "AWS":
        return arn, managed
    if metadata["KeyState"] != "Enabled":
        return arn, f"key {reference} is {metadata['KeyState']}"
    policy = kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        if says(policy, action, arn, account) != "allowed":
            return arn, f"the policy of key {reference} must allow {CLOUDWATCH} {action}*"
    return arn, ""


def attributes(arn: str) -> dict[str, str]:
    """Return the topic's attributes; empty if there is no such topic."""
    sns = client("sns", arn.split(":")[3])
    try:
        return {**sns.get_topic_attributes(TopicArn=arn)["Attributes"]}
    except sns.exceptions.NotFoundException:
        return {}


def statement(arn: str, account: str) -> dict[str, Any]:
    """Return the statement that allows CloudWatch to publish for our account's alarms."""
    return {
        "Sid": "AlarmchainCloudWatchAlarms",
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }


def fault(arn: str, has: dict[str, str], wanted_key: str, account: str) -> str:
    """Return why CloudWatch cannot publish, whatever is added to the policy; "" if it can."""
    reference = has.get("KmsMasterKeyId", "")
    actual, problem = key(reference, arn.split(":")[3], account) if reference else ("", "")
    if wanted_key and actual != wanted_key:
        return "is not encrypted under KmsKeyId"
    if not problem and says(has.get("Policy", ""), "sns:Publish", arn, account) == "denied":
        return "has a policy with a Deny that may refuse CloudWatch"
    return problem and f"is encrypted: {problem}"


def plan(
    arn: str, has: dict[str, str], left: list[str], key_arn: str, events: dict[str, Any]
) -> dict[str, Any]:
    """Return the plan for the topic, also in words."""
    account, email = events["AccountId"], events["NotificationEmail"]
    sns = client("sns", arn.split(":")[3])
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn) if has else []
    found = [one for page in pages for one in page["Subscriptions"]]
    mine = [
        one["SubscriptionArn"]
        for one in found
        if one["Protocol"] == "email" and one["Endpoint"] == email
    ]
    confirmed = [arn for arn in mine if arn.startswith("arn:")]
    subscribe = email if not set(mine) - {"Deleted"} else ""
    granted = says(has.get("Policy", ""), "sns:Publish", arn, account) == "allowed"
    heard = any(one["SubscriptionArn"].startswith("arn:") for one in found)
    todo = "" if heard else f"a person must subscribe to {arn} and confirm"
    if email and not confirmed:
        todo = f"{email} must confirm the subscription to {arn}"
    words = {
        f"make topic {arn}": not has,
        f"encrypt topic {arn} under {key_arn}": key_arn,
        f"allow CloudWatch to publish to topic {arn}": not granted,
        f"subscribe {email} to topic {arn}": subscribe,
    }
    return {
        "Arn": arn,
        "Create": "" if has else "alarmchain",
        "KmsMasterKeyId": key_arn,
        "Statement": {} if granted else statement(arn, account),
        "Subscribe": subscribe,
        "WouldDo": [said for said, needed in words.items() if needed],
        "Reuse": [f"topic {arn}"] if has else [],
        "Leave": left,
        "ToDo": todo if heard else f"Until then the rule stays NON_COMPLIANT: {todo}.",
    }


def given(arn: str, events: dict[str, Any]) -> dict[str, Any]:
    """Return the plan for TopicArn. Raises ValueError if the alarm cannot use it."""
    region, owner = arn.split(":")[3:5]
    home, account = events["Group"]["Region"], events["AccountId"]
    has = attributes(arn) if region == home else {}
    granted = says(has.get("Policy", ""), "sns:Publish", arn, account) == "allowed"
    if region != home:
        problem = f"is in {region}; the alarm, and so its topic, must be in the trail's {home}"
    elif not has:
        problem = "does not exist"
    elif owner != account and not granted:
        problem = (
            f"is of another account: its policy must allow {CLOUDWATCH} to publish for {account}"
        )
    else:
        problem = fault(arn, has, "", account)
    if problem:
        raise ValueError(f"TopicArn {arn} {problem}. Nothing was changed.")
    return plan(arn, has, [], "", events)


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the plan for the given topic, or the first of our names that CloudWatch can use.

    Raises ValueError with what to do first.
    """
    group, account, key_arn = events["Group"], events["AccountId"], ""
    region = group["Region"]
    if events["TopicArn"]:
        return given(events["TopicArn"], events)
    if events["KmsKeyId"]:
        key_arn, problem = key(events["KmsKeyId"], region, account)
        if problem:
            raise ValueError(f"KmsKeyId: {problem}. Nothing was changed.")
    left: list[str] = []
    for name in (events["TopicName"], events["TopicName"] + SUFFIX):
        arn = f"arn:{group['Partition']}:sns:{region}:{account}:{name}"
        has = attributes(arn)
        if not has:
            return plan(arn, has, left, key_arn, events)
        problem = fault(arn, has, key_arn, account)
        if not problem:
            return plan(arn, has, left, "", events)
        left.append(f"topic {name}: it {problem}")
    raise ValueError(f"Set TopicArn: {'; '.join(left)}. Nothing was changed.")
