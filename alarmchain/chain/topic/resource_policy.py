"""A resource policy, evaluated for one request of an AWS service in three-valued logic.

Sources: IAM user guide, "Policy evaluation logic" (an explicit Deny wins, else one Allow is needed)
and "AWS JSON policy elements: Principal". The caller is a service principal, which is not an
identity of any account.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.topic.iam_wildcard import matches
from alarmchain.chain.topic.policy_condition import Context, condition_holds
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, doubt, negation, truth


@dataclass(frozen=True, slots=True)
class Request:
    """A service's request to a resource.

    `service`: its principal, such as cloudwatch.amazonaws.com. `account`: for which it acts.
    `resource`: the ARN, "" if not known. `context`: the condition keys that are known.
    """

    service: str
    account: str
    action: str
    resource: str
    context: Context


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the policy allows the request; `reason`: why not, or what it depends on.

    The reason is a predicate of the policy, such as "does not allow ...".
    """

    allowed: Truth
    reason: str = ""


class PolicyError(ValueError):
    """The text is not a policy; the message is a predicate, such as "is not valid JSON"."""


def decide(policy: str, request: Request) -> Decision:
    """Return whether the policy, a JSON text, allows the request. Raises PolicyError."""
    statements = _statements(policy)
    denials = {statement: _applies(statement, request, "Deny") for statement in statements}
    for statement, applies in denials.items():
        if applies.is_yes:
            return Decision(NO, f"denies {request.service} {request.action} in {statement.name}")
    allowed = disjunction(_applies(statement, request, "Allow") for statement in statements)
    if allowed.is_no:
        return Decision(NO, f"does not allow {request.service} to {request.action}")
    verdict = conjunction([allowed, *(negation(denial) for denial in denials.values())])
    return Decision(verdict, _depends_on(verdict))


def deciding_statements(policy: str, requests: Iterable[Request]) -> list[Mapping[str, Any]]:
    """Return the statements of the policy that deny or allow one of the requests, or may do so.

    All statements if there is none, because then none allows a request. Raises PolicyError.
    """
    statements = _statements(policy)
    cases = [(request, effect) for request in requests for effect in ("Deny", "Allow")]
    deciding = [
        each.body
        for each in statements
        if not all(_applies(each, request, effect).is_no for request, effect in cases)
    ]
    return deciding or [each.body for each in statements]


def _depends_on(verdict: Truth) -> str:
    return clip("depends on " + ", ".join(sorted(verdict.doubts)), 90) if verdict.doubts else ""


class _Statement:
    """One statement; compared by identity, since two may be equal."""

    def __init__(self, number: int, body: Mapping[str, Any]) -> None:
        self.body = body
        sid = body.get("Sid")
        self.name = f"statement {quote(sid) if isinstance(sid, str) and sid else number}"


def _statements(policy: str) -> list[_Statement]:
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        raise PolicyError("is not valid JSON") from None
    statement = document.get("Statement") if isinstance(document, Mapping) else None
    bodies = statement if isinstance(statement, list) else [statement]
    if not all(isinstance(body, Mapping) for body in bodies):
        raise PolicyError("has no statements")
    return [_Statement(number, body) for number, body in enumerate(bodies, start=1)]


def _applies(statement: _Statement, request: Request, effect: str) -> Truth:
    """Return whether the statement has that effect, and the request meets all its elements."""
    body = statement.body
    if body.get("Effect") not in ("Allow", "Deny"):
        return doubt(f"the unreadable {statement.name}")
    if body["Effect"] != effect:
        return NO
    return conjunction(
        (
            _principal(body, request),
            _element(body, "Action", request, _is_action),
            _element(body, "Resource", request, _is_resource),
            condition_holds(body.get("Condition"), request.context),
        )
    )


def _element(
    body: Mapping[str, Any], name: str, request: Request, test: Callable[[str, Request], Truth]
) -> Truth:
    """Return whether the request meets Action or NotAction (Resource or NotResource).

    Exactly one of the two must be present.
    """
    negative = f"Not{name}"
    if (name in body) == (negative in body):
        return doubt(f"a statement with neither or both of {name} and {negative}")
    patterns = _texts(body.get(name, body.get(negative)))
    if patterns is None:
        return doubt(f"an unreadable {name}")
    met = disjunction(test(pattern, request) for pattern in patterns)
    return negation(met) if negative in body else met


def _is_action(pattern: str, request: Request) -> Truth:
    return truth(matches(pattern.lower(), request.action.lower()))


def _is_resource(pattern: str, request: Request) -> Truth:
    if pattern == "*":
        return YES
    if "${" in pattern or not request.resource:
        return doubt(f"the Resource {clip(pattern, 40)}")
    return truth(matches(pattern, request.resource))


def _principal(body: Mapping[str, Any], request: Request) -> Truth:
    if ("Principal" in body) == ("NotPrincipal" in body):
        return doubt("a statement with neither or both of Principal and NotPrincipal")
    if "NotPrincipal" in body:
        return negation(_is_principal(body["NotPrincipal"], request))
    met = _is_principal(body["Principal"], request)
    # A service is not an identity of the account, so an Allow for the account does not allow it.
    # AWS does not document whether a Deny for the account applies to a service that acts for it.
    own_account = met.is_unknown and met.doubts == _OWN_ACCOUNT.doubts
    return NO if own_account and body["Effect"] == "Allow" else met


_OWN_ACCOUNT = doubt("a Deny for the account's own principals")


def _is_principal(principal: object, request: Request) -> Truth:
    if principal == "*":
        return YES
    if not isinstance(principal, Mapping) or not principal:
        return doubt("an unreadable Principal")
    return disjunction(_is_of_kind(str(kind), names, request) for kind, names in principal.items())


def _is_of_kind(kind: str, value: object, request: Request) -> Truth:
    """Return whether the caller is one of the principals of a kind, such as AWS or Service."""
    names = _texts(value)
    if names is None or kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
        return doubt("an unreadable Principal")
    if kind == "Service":
        return disjunction(_is_service(name, request.service) for name in names)
    if kind == "AWS":
        return disjunction(_is_identity(name, request.account) for name in names)
    return NO


def _is_service(name: str, service: str) -> Truth:
    if name == service:
        return YES
    # AWS does not document whether a wildcard, a region or another suffix in a name counts.
    similar = "*" in name or name.lower().split(".")[0] == service.split(".")[0]
    return doubt(f"the service principal {clip(name, 40)}") if similar else NO


def _is_identity(name: str, account: str) -> Truth:
    if name == "*":
        return YES
    if name == account or (f"::{account}:" in name and name.endswith(":root")):
        return _OWN_ACCOUNT
    if "*" in name:
        return doubt(f"the principal {clip(name, 40)}")
    return NO


def _texts(value: object) -> tuple[str, ...] | None:
    """Return the text or list of texts as a tuple, None if it is something else or empty."""
    elements: Iterable[object] = value if isinstance(value, list | tuple) else (value,)
    texts = tuple(element for element in elements if isinstance(element, str))
    return texts if texts and len(texts) == len(tuple(elements)) else None
