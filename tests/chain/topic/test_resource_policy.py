"""Resource policies as IAM reads them, for what CloudWatch asks of a topic."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.chain.topic.resource_policy import PolicyError, Request, decide
from localaws.sns import policy as local
from tests.chain.builders import ACCOUNT, DEFAULT_STATEMENT, TOPIC, arn, policy, statement
from tests.chance import tried

SERVICE = "cloudwatch.amazonaws.com"
KNOWN = {
    "aws:securetransport": "true",
    "aws:principalisawsservice": "true",
    "aws:principalservicename": SERVICE,
    "aws:sourceaccount": ACCOUNT,
    "aws:sourceowner": ACCOUNT,
    "aws:sourcearn": arn("A"),
}
REQUEST = Request(SERVICE, ACCOUNT, "sns:Publish", TOPIC, KNOWN)
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
FAR = "999988887777"
ALLOW = statement()
ANSWERS = {2: "yes", 1: "unknown", 0: "no"}


def deny(**changes: Any) -> dict[str, Any]:
    """Return a statement that denies everybody everything, with changes."""
    everything = {"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*"}
    return statement(**(everything | changes))


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    """Return a Condition with one condition key."""
    return {"Condition": {operator: {key: value}}}


# Changes to one Allow, and whether CloudWatch may publish.
ALLOWS: list[tuple[dict[str, Any], str]] = [
    ({}, "yes"),
    ({"Principal": "*"}, "yes"),
    ({"Principal": {"AWS": "*"}}, "yes"),
    ({"Principal": {"AWS": ["*"]}}, "yes"),
    ({"Principal": {"Service": [SERVICE, "events.amazonaws.com"]}}, "yes"),
    ({"Principal": {"AWS": ROOT, "Service": SERVICE}}, "yes"),
    ({"Principal": {"Service": "events.amazonaws.com"}}, "no"),
    ({"Principal": {"Service": "cloudwatch.us-east-1.amazonaws.com"}}, "unknown"),
    ({"Principal": {"Service": "*"}}, "unknown"),
    ({"Principal": {"AWS": ROOT}}, "no"),
    ({"Principal": {"AWS": ACCOUNT}}, "no"),
    ({"Principal": {"AWS": f"arn:aws:iam::{FAR}:root"}}, "no"),
    ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"}}, "no"),
    ({"Principal": {"AWS": "arn:aws:iam::*:root"}}, "unknown"),
    ({"Principal": {"Federated": "accounts.google.com"}}, "no"),
    ({"Principal": {"Other": "x"}}, "unknown"),
    ({"Principal": "x"}, "unknown"),
    ({"Principal": {}}, "unknown"),
    ({"Principal": None}, "unknown"),
    ({"Principal": None, "NotPrincipal": {"AWS": f"arn:aws:iam::{FAR}:root"}}, "yes"),
    ({"Principal": None, "NotPrincipal": {"Service": SERVICE}}, "no"),
    ({"Action": "SNS:Publish"}, "yes"),
    ({"Action": "sns:publish"}, "yes"),
    ({"Action": "sns:Pub*"}, "yes"),
    ({"Action": "sns:P?blish"}, "yes"),
    ({"Action": "*"}, "yes"),
    ({"Action": ["sns:Subscribe", "sns:Publish"]}, "yes"),
    ({"Action": "sns:Subscribe"}, "no"),
    ({"Action": "sns:PublishBatch"}, "no"),
    ({"Action": []}, "unknown"),
    ({"Action": None}, "unknown"),
    ({"Action": None, "NotAction": "sns:Subscribe"}, "yes"),
    ({"Action": None, "NotAction": "sns:*"}, "no"),
    ({"Resource": "*"}, "yes"),
    ({"Resource": "arn:aws:sns:*:123456789012:al*"}, "yes"),
    ({"Resource": TOPIC.upper()}, "no"),
    ({"Resource": TOPIC + "2"}, "no"),
    ({"Resource": "arn:aws:sns:us-east-1:${aws:SourceAccount}:alarms"}, "unknown"),
    ({"Resource": None, "NotResource": TOPIC}, "no"),
    ({"Resource": None, "NotResource": TOPIC + "2"}, "yes"),
    ({"Effect": "allow"}, "unknown"),
    ({"Effect": None}, "unknown"),
    (when("StringEquals", "AWS:SourceOwner", ACCOUNT), "yes"),
    (when("StringEquals", "aws:SourceAccount", [FAR, ACCOUNT]), "yes"),
    (when("StringEquals", "aws:SourceAccount", FAR), "no"),
    (when("StringNotEquals", "aws:SourceAccount", FAR), "yes"),
    (when("StringNotEquals", "aws:SourceAccount", [FAR, ACCOUNT]), "no"),
    (when("StringEquals", "AWS:SOURCEARN", arn("A")), "yes"),
    (when("StringEquals", "aws:SourceArn", arn("*")), "no"),
    (when("StringEqualsIgnoreCase", "aws:SourceArn", arn("a")), "yes"),
    (when("StringNotEqualsIgnoreCase", "aws:SourceArn", arn("a")), "no"),
    (when("StringLike", "aws:SourceArn", arn("*")), "yes"),
    (when("StringNotLike", "aws:SourceArn", arn("*")), "no"),
    (when("ArnLike", "aws:SourceArn", f"arn:aws:cloudwatch:*:{ACCOUNT}:alarm:*"), "yes"),
    (when("ArnEquals", "aws:SourceArn", arn("?")), "yes"),
    (when("ArnLike", "aws:SourceArn", arn("B")), "no"),
    (when("ArnNotLike", "aws:SourceArn", arn("B")), "yes"),
    (when("ArnLike", "aws:SourceArn", "arn:aws:cloudwatch:*"), "unknown"),
    (when("ArnLike", "aws:SourceArn", "*"), "unknown"),
    (when("Bool", "aws:SecureTransport", "true"), "yes"),
    (when("Bool", "aws:SecureTransport", True), "yes"),
    (when("Bool", "aws:SecureTransport", "false"), "no"),
    (when("Bool", "aws:PrincipalIsAWSService", "true"), "yes"),
    (when("Null", "aws:SourceArn", "false"), "yes"),
    (when("Null", "aws:SourceArn", "true"), "no"),
    (when("Null", "aws:PrincipalOrgID", "true"), "unknown"),
    (when("StringEquals", "aws:PrincipalServiceName", SERVICE), "yes"),
    (when("StringEquals", "aws:PrincipalOrgID", "o-1"), "unknown"),
    (when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"), "unknown"),
    (when("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT), "yes"),
    (when("ForAnyValue:StringEquals", "aws:SourceAccount", [ACCOUNT]), "yes"),
    (when("ForAllValues:StringLike", "aws:SourceAccount", "1234*"), "yes"),
    (when("IpAddress", "aws:SourceIp", "10.0.0.0/8"), "unknown"),
    (when("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"), "unknown"),
    (when("NumericEquals", "aws:SourceAccount", 1), "unknown"),
    (when("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}"), "unknown"),
    (when("StringEquals", "aws:SourceAccount", []), "unknown"),
    (when("StringEquals", "aws:SourceAccount", {"a": 1}), "unknown"),
    ({"Condition": {"StringEquals": "x"}}, "unknown"),
    ({"Condition": "x"}, "unknown"),
    ({"Condition": {}}, "yes"),
]


def answer(*statements: dict[str, Any]) -> str:
    """Return whether a policy of these statements allows CloudWatch to publish."""
    return ANSWERS[decide(policy(*statements), REQUEST).allowed.level]


@pytest.mark.parametrize(("changes", "expected"), ALLOWS)
def test_one_allow(changes: dict[str, Any], expected: str) -> None:
    """A policy with one Allow has the answer in the table."""
    body = statement(**changes)
    assert answer(body) == expected
    if expected != "unknown":
        request = local.Request(SERVICE, ACCOUNT, "sns:Publish", TOPIC, KNOWN)
        assert local.allows({"Statement": [body]}, request) is (expected == "yes")


ABSENT = "aws:PrincipalOrgID"
# operator, value, whether a request without the key meets it
ON_ABSENT: list[tuple[str, Any, str]] = [
    ("StringEquals", "o-1", "no"),
    ("StringLike", "*", "no"),
    ("StringNotEquals", "o-1", "yes"),
    ("StringNotLike", "o-*", "yes"),
    ("ArnNotLike", "arn:aws:iam::1:*", "yes"),
    ("IpAddress", "10.0.0.0/8", "no"),
    ("NotIpAddress", "10.0.0.0/8", "yes"),
    ("NumericLessThan", 5, "no"),
    ("DateNotEquals", "2020-01-01", "yes"),
    ("StringEqualsIfExists", "o-1", "yes"),
    ("StringNotEqualsIfExists", "o-1", "yes"),
    ("Null", "true", "yes"),
    ("Null", "false", "no"),
    ("ForAllValues:StringEquals", "o-1", "yes"),
    ("ForAnyValue:StringEquals", "o-1", "no"),
    ("ForAnyValue:StringNotEquals", "o-1", "no"),
    ("Other", "o-1", "unknown"),
    ("StringEquals", "${aws:x}", "no"),
]


@pytest.mark.parametrize(("operator", "value", "expected"), ON_ABSENT)
def test_a_key_that_the_request_lacks(operator: str, value: Any, expected: str) -> None:
    """Without the key, only negations, ...IfExists, Null and ForAllValues are true."""
    request = Request(SERVICE, ACCOUNT, "sns:Publish", TOPIC, {**KNOWN, ABSENT.lower(): None})
    body = statement(**when(operator, ABSENT, value))
    assert ANSWERS[decide(policy(body), request).allowed.level] == expected


BAD_ORG = when("StringNotEquals", "aws:PrincipalOrgID", "o-1")
NOT_SERVICE = {"Bool": {"aws:PrincipalIsAWSService": "false"}}

# Statements added to the good Allow, and whether CloudWatch may still publish.
DENIES: list[tuple[dict[str, Any], str]] = [
    (deny(), "no"),
    (deny(Action="sns:Subscribe"), "yes"),
    (deny(Resource=TOPIC + "2"), "yes"),
    (deny(Principal={"Service": SERVICE}), "no"),
    (deny(Principal={"AWS": f"arn:aws:iam::{FAR}:root"}), "yes"),
    (deny(Principal={"AWS": ROOT}), "unknown"),
    (deny(**when("Bool", "aws:SecureTransport", "false")), "yes"),
    (deny(**when("Bool", "aws:SecureTransport", "true")), "no"),
    (deny(**when("StringNotEquals", "aws:SourceAccount", ACCOUNT)), "yes"),
    (deny(**when("StringNotEquals", "aws:SourceAccount", FAR)), "no"),
    (deny(**when("ArnNotLike", "aws:SourceArn", arn("*"))), "yes"),
    (deny(**when("StringNotLike", "aws:SourceArn", "arn:aws:cloudwatch:eu-*")), "no"),
    (deny(**BAD_ORG), "unknown"),
    (deny(Condition=BAD_ORG["Condition"] | NOT_SERVICE), "yes"),
    (deny(**when("StringNotEquals", "aws:SourceVpce", "vpce-1")), "unknown"),
    (deny(Action=None, NotAction="sns:Publish"), "yes"),
    (deny(Action=None, NotAction="sns:Subscribe"), "no"),
    (statement(Effect="Deny", Principal=None, NotPrincipal={"Service": SERVICE}), "yes"),
    (statement(Effect="Deny", Principal=None, NotPrincipal={"AWS": f"{ROOT}x"}), "no"),
    (statement(Effect="Deny", Principal=None, NotPrincipal={"AWS": ROOT}), "unknown"),
]


@pytest.mark.parametrize(("body", "expected"), DENIES)
def test_a_deny_with_the_allow(body: dict[str, Any], expected: str) -> None:
    """A Deny that applies wins in any position; a Deny that may apply makes it unknown."""
    assert answer(ALLOW, body) == expected
    assert answer(body, ALLOW) == expected


def test_several_statements() -> None:
    """One Allow that surely applies is enough, whatever the other Allows do."""
    may = statement(**when("StringEquals", "aws:PrincipalOrgID", "o-1"))
    other = statement(Action="sns:Subscribe")
    assert answer(DEFAULT_STATEMENT) == "yes"
    assert answer(other, DEFAULT_STATEMENT) == "yes"
    assert answer(may, ALLOW) == "yes"
    assert answer(may, other) == "unknown"
    assert answer(may, deny()) == "no"
    assert answer() == "no"


@pytest.mark.parametrize("body", [ALLOW, [ALLOW]])
def test_a_single_statement_needs_no_list(body: Any) -> None:
    """Statement may be one structure or a list."""
    text = json.dumps({"Statement": body})
    assert decide(text, REQUEST).allowed.is_yes


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "{}", '{"Statement": 5}', "[" * 100_000])
def test_invalid_policies(text: str) -> None:
    """A text that is not a policy raises PolicyError."""
    with pytest.raises(PolicyError, match=r"is not valid JSON|has no statements"):
        decide(text, REQUEST)


def test_reasons_name_the_statement() -> None:
    """The statement that denies is named by its Sid, or by its number."""
    named = decide(policy(ALLOW, deny(Sid="stop")), REQUEST).reason
    assert named == "denies cloudwatch.amazonaws.com sns:Publish in statement 'stop'"
    assert decide(policy(ALLOW, deny()), REQUEST).reason.endswith(" in statement 2")
    doubtful = decide(policy(ALLOW, deny(**BAD_ORG)), REQUEST).reason
    assert doubtful == "depends on aws:PrincipalOrgID"


VALUES = st.sampled_from([ACCOUNT, FAR, SERVICE, arn("A"), arn("*"), "true", "false", "*", ROOT])
CONDITIONS = st.dictionaries(
    st.sampled_from(
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "Null"]
    ),
    st.dictionaries(
        st.sampled_from(["aws:SourceAccount", "aws:SourceArn", "aws:SecureTransport"]),
        st.lists(VALUES, min_size=1, max_size=2),
        min_size=1,
        max_size=2,
    ),
    max_size=2,
)
PRINCIPALS = st.one_of(
    st.just("*"),
    st.dictionaries(
        st.sampled_from(["AWS", "Service"]), st.lists(VALUES, min_size=1, max_size=2), min_size=1
    ),
)
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": PRINCIPALS,
        "Action": st.sampled_from(["sns:Publish", "sns:*", "sns:Subscribe", "*"]),
        "Resource": st.sampled_from([TOPIC, "*", TOPIC + "2"]),
        "Condition": CONDITIONS,
    }
)


@tried(100)
@given(st.lists(STATEMENTS, min_size=1, max_size=3))
def test_agrees_with_the_local_aws(statements: list[dict[str, Any]]) -> None:
    """If the answer is certain, the local AWS's evaluation of the policy is the same."""
    found = answer(*statements)
    request = local.Request(SERVICE, ACCOUNT, "sns:Publish", TOPIC, KNOWN)
    allowed = local.allows({"Statement": statements}, request)
    assert found in ("unknown", "yes" if allowed else "no")
