"""Other resource types in the stacks of a rule pack."""

from __future__ import annotations

import json
from typing import Any

from localaws.cloudformation.spec import Made, Properties, Spec


def _put_document(client: Any, name: str, properties: Properties) -> Made:
    content = properties["Content"]
    optional = ("Requires", "Attachments", "VersionName", "TargetType", "Tags")
    client.create_document(
        Name=name,
        Content=content if isinstance(content, str) else json.dumps(content),
        DocumentType=properties.get("DocumentType", "Command"),
        DocumentFormat=properties.get("DocumentFormat", "JSON"),
        **{key: properties[key] for key in optional if key in properties},
    )
    return Made(name)


def _update_document(client: Any, made: Made, properties: Properties) -> Made:
    """Give the document a new default version.

    AWS replaces the document unless UpdateMethod is NewVersion; with an explicit name that fails.
    """
    content = properties["Content"]
    answer = client.update_document(
        Name=made.physical_id,
        Content=content if isinstance(content, str) else json.dumps(content),
        DocumentFormat=properties.get("DocumentFormat", "JSON"),
        DocumentVersion="$LATEST",
    )
    version = answer["DocumentDescription"]["DocumentVersion"]
    client.update_document_default_version(Name=made.physical_id, DocumentVersion=version)
    return made


def _put_bucket_policy(client: Any, name: str, properties: Properties) -> Made:
    policy = json.dumps(properties["PolicyDocument"])
    client.put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
    return Made(name)


def _remove_bucket_policy(client: Any, made: Made, properties: Properties) -> None:
    client.delete_bucket_policy(Bucket=properties["Bucket"])


def _put_queue_policy(client: Any, name: str, properties: Properties) -> Made:
    policy = json.dumps(properties["PolicyDocument"])
    for queue in properties["Queues"]:
        client.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    return Made(name)


def _remove_queue_policy(client: Any, made: Made, properties: Properties) -> None:
    for queue in properties["Queues"]:
        client.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})


def _is_replaced(properties: Properties) -> bool:
    return "Name" not in properties and properties.get("UpdateMethod", "Replace") == "Replace"


SPECS = (
    Spec(
        "AWS::SSM::Document",
        "ssm",
        "Name",
        _put_document,
        lambda client, made, _: client.delete_document(Name=made.physical_id),
        update=_update_document,
        replaced=_is_replaced,
    ),
    Spec("AWS::S3::BucketPolicy", "s3", "", _put_bucket_policy, _remove_bucket_policy),
    Spec("AWS::SQS::QueuePolicy", "sqs", "", _put_queue_policy, _remove_queue_policy),
)
