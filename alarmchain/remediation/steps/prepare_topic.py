"""Make or complete the planned topic."""

import json
from typing import Any

from alarmchain.remediation.steps.clients import client


def policy_of(sns: Any, arn: str) -> dict[str, Any]:
    """Return the topic's current policy, with its statements as a list."""
    text = sns.get_topic_attributes(TopicArn=arn)["Attributes"].get("Policy") or "{}"
    policy = {"Version": "2012-10-17", "Statement": [], **json.loads(text)}
    if isinstance(policy["Statement"], dict):
        policy["Statement"] = [policy["Statement"]]
    return policy


def with_ours(policy: dict[str, Any], ours: dict[str, Any]) -> str:
    """Return the policy with our statement added to the others."""
    others = [one for one in policy["Statement"] if one.get("Sid") != ours["Sid"]]
    return json.dumps({**policy, "Statement": [*others, ours]})


def make(sns: Any, plan: dict[str, Any]) -> None:
    """Make the topic together with its policy."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [plan["Statement"]]})
    wanted = {"DisplayName": plan["Create"], "Policy": policy}
    if plan["KmsMasterKeyId"]:
        wanted["KmsMasterKeyId"] = plan["KmsMasterKeyId"]
    sns.create_topic(Name=plan["Arn"].split(":")[5], Attributes=wanted)


def prepare(sns: Any, plan: dict[str, Any]) -> list[str]:
    """Make the topic or add to its policy.

    The policy is read again: others may have changed it or made the topic since the plan.
    """
    arn, ours = plan["Arn"], plan["Statement"]
    try:
        policy = policy_of(sns, arn)
    except sns.exceptions.NotFoundException:
        if not plan["Create"]:
            raise
        make(sns, plan)
        return [f"made topic {arn}"]
    if not ours or ours in policy["Statement"]:
        return []
    sns.set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=with_ours(policy, ours)
    )
    return [f"set Policy of topic {arn}"]


def handler(events: dict[str, Any], context: Any) -> list[str]:
    """Return what was done. Raises RuntimeError."""
    plan = events["Topic"]
    if not plan["WouldDo"] and not events["Plan"]["WouldDo"]:
        return []
    arn, email = plan["Arn"], plan["Subscribe"]
    done: list[str] = []
    sns = client("sns", arn.split(":")[3])
    try:
        done += prepare(sns, plan)
        if email:
            sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=email)
            done.append(f"subscribed {email} to topic {arn}")
    except Exception as error:
        raise RuntimeError(f"{error}. Done before: {done}. Run it again to finish.") from error
    return done
