"""Makes or completes the topic as it was planned."""

import json
from typing import Any

import boto3


def policy_of(sns: Any, arn: str) -> str | None:
    """The topic's policy as it stands; None if there is no such topic."""
    try:
        has: dict[str, str] = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    except sns.exceptions.NotFoundException:
        return None
    return has.get("Policy", "")


def with_ours(policy: str | None, ours: dict[str, Any]) -> str:
    """The policy with our statement, beside those that stand."""
    document = json.loads(policy or "{}")
    standing = document.get("Statement") or []
    others = standing if isinstance(standing, list) else [standing]
    kept = [one for one in others if one.get("Sid") != ours["Sid"]]
    return json.dumps({"Version": "2012-10-17", **document, "Statement": [*kept, ours]})


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """What was done."""
    plan = events["Topic"]
    arn, ours = plan["Arn"], plan["Statement"]
    done: list[str] = []
    sns = boto3.client("sns", region_name=arn.split(":")[3])
    try:
        # Read only now: another rule's remediation may have made the topic since, and anybody may
        # have added to its policy.
        policy = policy_of(sns, arn)
        if policy is None and plan["Create"]:
            # All at once: the topic is never there without its policy.
            wanted = {"DisplayName": plan["Create"], "Policy": with_ours("", ours)}
            if plan["KmsMasterKeyId"]:
                wanted["KmsMasterKeyId"] = plan["KmsMasterKeyId"]
            sns.create_topic(Name=arn.split(":")[5], Attributes=wanted)
            done.append(f"made topic {arn}")
        elif ours and ours not in json.loads(policy or "{}").get("Statement", []):
            sns.set_topic_attributes(
                TopicArn=arn, AttributeName="Policy", AttributeValue=with_ours(policy, ours)
            )
            done.append(f"set Policy of topic {arn}")
        if plan["Subscribe"]:
            sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=plan["Subscribe"])
            done.append(f"subscribed {plan['Subscribe']} to topic {arn}")
    except Exception as error:
        raise RuntimeError(f"{error}. Done before: {done}. Start again to finish.") from error
    return {"Done": done}
