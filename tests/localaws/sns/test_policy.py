"""Resource policies, evaluated for CloudWatch."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.sns.policy import Request, allows, like

TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"
REQUEST = Request(
    "cloudwatch.amazonaws.com",
    "123456789012",
    "sns:Publish",
    TOPIC,
    {
        "aws:sourceaccount": "123456789012",
        "aws:sourceowner": "123456789012",
        "aws:sourcearn": ALARM,
        "aws:securetransport": "true",
    },
)


def allow(condition: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return a statement that lets CloudWatch publish. A member with the value None is dropped."""
    good = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": condition,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


STATEMENTS = [
    (allow(), True),
    (allow(Principal="*"), True),
    (allow(Principal={"AWS": "*"}), True),
    (allow(Principal={"Service": ["sqs.amazonaws.com", "cloudwatch.amazonaws.com"]}), True),
    (allow(Principal={"Service": "events.amazonaws.com"}), False),
    (allow(Principal={"AWS": "arn:aws:iam::123456789012:root"}), False),
    (allow(Principal=None, NotPrincipal={"Service": "events.amazonaws.com"}), True),
    (allow(Action="SNS:publish"), True),
    (allow(Action=["sns:Subscribe", "sns:Pub*"]), True),
    (allow(Action="sns:Subscribe"), False),
    (allow(Action=None, NotAction="sns:Subscribe"), True),
    (allow(Resource="*"), True),
    (allow(Resource="arn:aws:sns:*:123456789012:?"), True),
    (allow(Resource=TOPIC + "2"), False),
    (allow(Effect="Deny"), False),
    (allow({"StringEquals": {"AWS:SourceOwner": "123456789012"}}), True),
    (allow({"StringEquals": {"aws:SourceAccount": "999999999999"}}), False),
    (allow({"StringEquals": {"aws:SourceAccount": ["1", "123456789012"]}}), True),
    (allow({"StringNotEquals": {"aws:SourceAccount": "1"}}), True),
    (allow({"StringNotEquals": {"aws:SourceAccount": "123456789012"}}), False),
    (allow({"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:*"}}), True),
    (allow({"ArnEquals": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:b"}}), False),
    (allow({"Bool": {"aws:SecureTransport": "true"}}), True),
    (allow({"Bool": {"aws:SecureTransport": False}}), False),
    (allow({"Null": {"aws:SourceArn": "false"}}), True),
    (allow({"Null": {"aws:SourceArn": "true"}}), False),
    (allow({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), False),
    (allow({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), True),
    (allow({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), True),
    (allow({"NumericLessThan": {"aws:SourceAccount": 1}}), False),
    (allow({"StringEquals": {"aws:SourceAccount": "123456789012", "aws:x": "y"}}), False),
]


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_statement(statement: dict[str, Any], expected: bool) -> None:
    """A policy with a single statement has the answer in the table."""
    assert allows({"Statement": [statement]}, REQUEST) is expected


def test_deny_wins() -> None:
    """A Deny that applies wins; a Deny for insecure transport does not apply."""
    denied = allow({"Bool": {"aws:SecureTransport": "false"}}, Effect="Deny", Principal="*")
    assert allows({"Statement": [allow(), denied]}, REQUEST)
    assert not allows({"Statement": [allow(), allow(Effect="Deny")]}, REQUEST)
    assert not allows({}, REQUEST)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("a*c", "abbc", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*a*b*", "xaxbx", True),
        ("a", "ab", False),
        ("*" * 50 + "b", "a" * 5000, False),
    ],
)
def test_like(pattern: str, text: str, expected: bool) -> None:
    """IAM's wildcards."""
    assert like(pattern, text) is expected
