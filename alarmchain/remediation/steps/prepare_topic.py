"""Makes or completes the topic as it was planned."""

from typing import Any

import boto3


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """What was done."""
    plan = events["Topic"]
    arn = plan["Arn"]
    done: list[str] = []
    sns = boto3.client("sns", region_name=arn.split(":")[3])
    wanted = {name: plan[name] for name in ("Policy", "KmsMasterKeyId") if plan[name]}
    try:
        if plan["Create"]:
            # All at once: the topic is never there without its policy.
            wanted["DisplayName"] = plan["Create"]
            sns.create_topic(Name=arn.split(":")[5], Attributes=wanted)
            done.append(f"made topic {arn}")
        else:
            for name, value in wanted.items():
                sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
                done.append(f"set {name} of topic {arn}")
        if plan["Subscribe"]:
            sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=plan["Subscribe"])
            done.append(f"subscribed {plan['Subscribe']} to topic {arn}")
    except Exception as error:
        raise RuntimeError(f"{error}. Done before: {done}. Start again to finish.") from error
    return {"Done": done}
