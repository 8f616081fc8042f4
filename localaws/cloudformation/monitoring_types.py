"""Resource types for monitoring: trail, metric filter, alarms, topic, subscription."""

from __future__ import annotations

import json
from typing import Any

from localaws.cloudformation.spec import Made, Properties, Spec, as_request

_TRAIL_NAMES = {
    "EnableLogFileValidation": "EnableLogFileValidation",
    "KMSKeyId": "KmsKeyId",
}
_TRAIL_EXTRAS = ("IsLogging", "EventSelectors", "AdvancedEventSelectors", "InsightSelectors")


def _trail_request(properties: Properties) -> Properties:
    settings = {key: value for key, value in properties.items() if key not in _TRAIL_EXTRAS}
    settings.pop("TrailName", None)
    tags = settings.pop("Tags", None)
    request = {_TRAIL_NAMES.get(key, key): value for key, value in settings.items()}
    return request | ({"TagsList": tags} if tags else {})


def _put_trail(client: Any, name: str, properties: Properties) -> Made:
    request = {"Name": name} | _trail_request(properties)
    answer = client.create_trail(**as_request(client, "CreateTrail", request))
    return _finish_trail(client, name, answer, properties)


def _update_trail(client: Any, made: Made, properties: Properties) -> Made:
    request = {"Name": made.physical_id} | _trail_request(properties)
    request.pop("TagsList", None)
    answer = client.update_trail(**as_request(client, "UpdateTrail", request))
    return _finish_trail(client, made.physical_id, answer, properties)


def _finish_trail(client: Any, name: str, answer: Any, properties: Properties) -> Made:
    selectors = {
        key: properties[key]
        for key in ("EventSelectors", "AdvancedEventSelectors")
        if key in properties
    }
    if selectors:
        request = {"TrailName": name} | selectors
        client.put_event_selectors(**as_request(client, "PutEventSelectors", request))
    if str(properties.get("IsLogging", "")).lower() == "true":
        client.start_logging(Name=name)
    else:
        client.stop_logging(Name=name)
    attributes = {"Arn": answer["TrailARN"]}
    if answer.get("SnsTopicARN"):
        attributes["SnsTopicArn"] = answer["SnsTopicARN"]
    return Made(name, attributes)


def _put_filter(client: Any, name: str, properties: Properties) -> Made:
    request = {key[0].lower() + key[1:]: value for key, value in properties.items()}
    request["filterName"] = name
    request["metricTransformations"] = [
        _transformation(each) for each in properties["MetricTransformations"]
    ]
    client.put_metric_filter(**as_request(client, "PutMetricFilter", request))
    return Made(name)


def _transformation(properties: Properties) -> Properties:
    changed = {key[0].lower() + key[1:]: value for key, value in properties.items()}
    if "dimensions" in changed:
        changed["dimensions"] = {each["Key"]: each["Value"] for each in changed["dimensions"]}
    return changed


def _remove_filter(client: Any, made: Made, properties: Properties) -> None:
    client.delete_metric_filter(
        logGroupName=properties["LogGroupName"], filterName=made.physical_id
    )


def _update_filter(client: Any, made: Made, properties: Properties) -> Made:
    return _put_filter(client, made.physical_id, properties)


def _put_alarm(client: Any, name: str, properties: Properties) -> Made:
    request = {"AlarmName": name} | properties
    client.put_metric_alarm(**as_request(client, "PutMetricAlarm", request))
    answer = client.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm"])
    return Made(name, {"Arn": answer["MetricAlarms"][0]["AlarmArn"]})


def _put_composite(client: Any, name: str, properties: Properties) -> Made:
    request = {"AlarmName": name} | properties
    client.put_composite_alarm(**as_request(client, "PutCompositeAlarm", request))
    answer = client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return Made(name, {"Arn": answer["CompositeAlarms"][0]["AlarmArn"]})


def _remove_alarm(client: Any, made: Made, properties: Properties) -> None:
    client.delete_alarms(AlarmNames=[made.physical_id])


_TOPIC_ATTRIBUTES = (
    "DisplayName",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
    "DeliveryPolicy",
)


def _put_topic(client: Any, name: str, properties: Properties) -> Made:
    attributes = {key: _text(properties[key]) for key in _TOPIC_ATTRIBUTES if key in properties}
    arn = client.create_topic(Name=name, Tags=properties.get("Tags", []))["TopicArn"]
    return _finish_topic(
        client, Made(arn, {"TopicArn": arn, "TopicName": name}), attributes, properties
    )


def _update_topic(client: Any, made: Made, properties: Properties) -> Made:
    attributes = {key: _text(properties.get(key, "")) for key in _TOPIC_ATTRIBUTES}
    current = client.get_topic_attributes(TopicArn=made.physical_id)["Attributes"]
    changed = {key: value for key, value in attributes.items() if value != current.get(key, "")}
    return _finish_topic(client, made, changed, properties)


def _finish_topic(client: Any, made: Made, attributes: Any, properties: Properties) -> Made:
    for key, value in attributes.items():
        client.set_topic_attributes(
            TopicArn=made.physical_id, AttributeName=key, AttributeValue=value
        )
    for subscription in properties.get("Subscription", []):
        client.subscribe(
            TopicArn=made.physical_id,
            Protocol=subscription["Protocol"],
            Endpoint=subscription["Endpoint"],
        )
    return made


def _remove_topic(client: Any, made: Made, properties: Properties) -> None:
    client.delete_topic(TopicArn=made.physical_id)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_SUBSCRIPTION_ATTRIBUTES = (
    "DeliveryPolicy",
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
    "SubscriptionRoleArn",
)


def _put_subscription(client: Any, name: str, properties: Properties) -> Made:
    attributes = {
        key: _text(properties[key]) for key in _SUBSCRIPTION_ATTRIBUTES if key in properties
    }
    answer = client.subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties.get("Endpoint", ""),
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return Made(answer["SubscriptionArn"], {"Arn": answer["SubscriptionArn"]})


def _remove_subscription(client: Any, made: Made, properties: Properties) -> None:
    try:
        client.unsubscribe(SubscriptionArn=made.physical_id)
    except client.exceptions.NotFoundException:
        return  # The subscription was deleted with its topic.


def _put_topic_policy(client: Any, name: str, properties: Properties) -> Made:
    for topic in properties["Topics"]:
        client.set_topic_attributes(
            TopicArn=topic,
            AttributeName="Policy",
            AttributeValue=_text(properties["PolicyDocument"]),
        )
    return Made(name)


def _remove_topic_policy(client: Any, made: Made, properties: Properties) -> None:
    """Restore the policy of a new topic, which lets only the topic's owner use it."""
    for topic in properties["Topics"]:
        account = topic.split(":")[4]
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"],
            "Resource": topic,
            "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
        }
        policy = {"Version": "2008-10-17", "Statement": [statement]}
        client.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )


SPECS = (
    Spec(
        "AWS::CloudTrail::Trail",
        "cloudtrail",
        "TrailName",
        _put_trail,
        lambda client, made, _: client.delete_trail(Name=made.physical_id),
        update=_update_trail,
        attributes=("Arn", "SnsTopicArn"),
    ),
    Spec(
        "AWS::Logs::MetricFilter",
        "logs",
        "FilterName",
        _put_filter,
        _remove_filter,
        update=_update_filter,
    ),
    Spec(
        "AWS::CloudWatch::Alarm",
        "cloudwatch",
        "AlarmName",
        _put_alarm,
        _remove_alarm,
        attributes=("Arn",),
    ),
    Spec(
        "AWS::CloudWatch::CompositeAlarm",
        "cloudwatch",
        "AlarmName",
        _put_composite,
        _remove_alarm,
        attributes=("Arn",),
    ),
    Spec(
        "AWS::SNS::Topic",
        "sns",
        "TopicName",
        _put_topic,
        _remove_topic,
        update=_update_topic,
        attributes=("TopicArn", "TopicName"),
    ),
    Spec(
        "AWS::SNS::Subscription",
        "sns",
        "",
        _put_subscription,
        _remove_subscription,
        replaced=lambda properties: True,
        attributes=("Arn",),
    ),
    Spec("AWS::SNS::TopicPolicy", "sns", "", _put_topic_policy, _remove_topic_policy),
)
