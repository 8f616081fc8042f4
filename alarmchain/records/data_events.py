"""Calls that CloudTrail records as data events, which a trail of management events leaves out.

Sources: CloudTrail user guide, "Logging data events" (S3's object-level API, Lambda's Invoke,
DynamoDB's API on items, SNS's Publish); S3 user guide, "Amazon S3 CloudTrail events". The list is
not complete: there are data events of more than a hundred types of resources.
"""

from collections.abc import Mapping

_NAMES: Mapping[str, tuple[str, ...]] = {
    "dynamodb": (
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    ),
    "lambda": ("Invoke",),
    "s3": (
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjectTagging",
        "DeleteObjects",
        "GetObject",
        "GetObjectAcl",
        "GetObjectAttributes",
        "GetObjectTagging",
        "HeadBucket",
        "HeadObject",
        "ListObjects",
        "ListParts",
        "PutObject",
        "PutObjectAcl",
        "PutObjectTagging",
        "RestoreObject",
        "SelectObjectContent",
        "UploadPart",
        "UploadPartCopy",
    ),
    "sns": ("Publish", "PublishBatch"),
}
DATA_EVENTS = frozenset(
    (f"{service}.amazonaws.com", name) for service, names in _NAMES.items() for name in names
)
"""(event source, event name)."""
