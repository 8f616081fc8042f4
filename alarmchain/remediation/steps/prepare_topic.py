"""Makes the topic, or takes the one that is given, and lets CloudWatch publish to it."""

import json

import boto3

SID = "AlarmchainLetsCloudWatchPublish"


def script_handler(events, context):
    """In: TopicArn ("" for one of our name), TopicName, NotificationEmail, KmsKeyId, Account,
    Region, Partition, DryRun. Out: TopicArn, Notes (what was made, reused, or would be)."""
    dry, region, notes = events["DryRun"] == "true", events["Region"], []
    topic = events["TopicArn"]
    name = f"arn:{events['Partition']}:sns:{region}:{events['Account']}:{events['TopicName']}"
    if topic and topic.split(":")[3] != region:
        raise ValueError(f"Nothing was made. TopicArn is {topic}; expected a topic of {region}.")
    sns = boto3.client("sns", region_name=region)
    attributes = read(sns, topic or name)
    if attributes is None and topic:
        raise ValueError(f"Nothing was made. TopicArn is {topic}, which does not exist.")
    if attributes is None:
        notes.append(f"{'would make' if dry else 'made'} topic {name}")
        if dry:
            return {"TopicArn": name, "Notes": notes}
        key = {"KmsMasterKeyId": events["KmsKeyId"]} if events["KmsKeyId"] else {}
        sns.create_topic(Name=events["TopicName"], Attributes=key)
        attributes = read(sns, name)
    else:
        notes.append(f"reused topic {topic or name}")
    topic = topic or name
    notes += allow(sns, topic, attributes, events["Account"], dry)
    notes += subscribe(sns, topic, events["NotificationEmail"], dry)
    return {"TopicArn": topic, "Notes": notes}


def read(sns, topic):
    """The topic's attributes, None if it does not exist."""
    try:
        return sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    except sns.exceptions.NotFoundException:
        return None


def allow(sns, topic, attributes, account, dry):
    """Adds our statement to the topic's policy; the statements that stand are kept."""
    if topic.split(":")[4] != account:
        return [f"left the policy of topic {topic} of another account alone"]
    policy = json.loads(attributes.get("Policy") or "{}")
    statements = policy.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    ours = {
        "Sid": SID,
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    if ours in statements:
        return []
    if not dry:
        kept = [one for one in statements if one.get("Sid") != SID]
        policy = {"Version": "2012-10-17", **policy, "Statement": [*kept, ours]}
        sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )
    return [f"{'would let' if dry else 'let'} CloudWatch publish to topic {topic}"]


def subscribe(sns, topic, email, dry):
    """Subscribes the address unless it is, and tells who has still to confirm."""
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    known = [one for page in pages for one in page["Subscriptions"]]
    mine = [one for one in known if email and one["Endpoint"] == email]
    notes = []
    if email and not mine:
        notes.append(f"{'would subscribe' if dry else 'subscribed'} {email}")
        if not dry:
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=email)
    if not any(one["SubscriptionArn"].startswith("arn:") for one in known):
        notes.append(
            "nobody has confirmed a subscription yet: the rule stays NON_COMPLIANT until somebody"
            " does"
        )
    return notes
