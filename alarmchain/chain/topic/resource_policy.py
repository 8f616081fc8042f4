"""A resource policy, evaluated for one request of an AWS service, in three values.

Facts: IAM user guide, "Policy evaluation logic" and "AWS JSON policy elements: Principal": an
explicit Deny wins, else one Allow is needed. The caller here is a service principal, which is no
identity of any account.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.topic.iam_wildcard import matches
from alarmchain.chain.topic.policy_condition import Known, holds
from alarmchain.three_valued import NO, YES, Truth, conjunction, disjunction, doubt, negation, truth


@dataclass(frozen=True, slots=True)
class Request:
    """What a service asks of a resource: its principal (`cloudwatch.amazonaws.com`), the account
    for which it acts, an action, a resource's ARN ("" if not known), and the condition keys that
    are known."""

    service: str
    account: str
    action: str
    resource: str
    known: Known


@dataclass(frozen=True, slots=True)
class Decision:
    """`allowed`, and in words why not, or what it hangs on."""

    allowed: Truth
    reason: str = ""


class PolicyError(ValueError):
    """A text that is no policy; the message says why."""


def decide(policy: str, request: Request) -> Decision:
    """Whether the policy, JSON text, lets the request pass. Raises PolicyError."""
    statements = _statements(policy)
    denied = {one: _applies(one, request, "Deny") for one in statements}
    for one, applies in denied.items():
        if applies.is_yes:
            return Decision(NO, f"denies {request.service} {request.action} in {one.name}")
    allowed = disjunction(_applies(one, request, "Allow") for one in statements)
    if allowed.is_no:
        return Decision(NO, f"does not let {request.service} {request.action}")
    verdict = conjunction([allowed, *(negation(one) for one in denied.values())])
    return Decision(verdict, _hangs_on(verdict))


def _hangs_on(verdict: Truth) -> str:
    return clip("hangs on " + ", ".join(sorted(verdict.doubts)), 90) if verdict.doubts else ""


class _Statement:
    """One statement, told apart by its place in the policy."""

    def __init__(self, place: int, body: Mapping[str, Any]) -> None:
        self.body = body
        sid = body.get("Sid")
        self.name = f"statement {quote(sid) if isinstance(sid, str) and sid else place}"


def _statements(policy: str) -> list[_Statement]:
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        raise PolicyError("is not JSON") from None
    found = document.get("Statement") if isinstance(document, Mapping) else None
    bodies = found if isinstance(found, list) else [found]
    if not all(isinstance(one, Mapping) for one in bodies):
        raise PolicyError("has no statements")
    return [_Statement(place, body) for place, body in enumerate(bodies, start=1)]


def _applies(statement: _Statement, request: Request, effect: str) -> Truth:
    """Whether the statement has that effect, and the request meets all its elements."""
    body = statement.body
    if body.get("Effect") not in ("Allow", "Deny"):
        return doubt(f"{statement.name}, which can't be read")
    if body["Effect"] != effect:
        return NO
    return conjunction(
        (
            _principal(body, request),
            _element(body, "Action", request, _is_action),
            _element(body, "Resource", request, _is_resource),
            holds(body.get("Condition"), request.known),
        )
    )


def _element(
    body: Mapping[str, Any], name: str, request: Request, test: Callable[[str, Request], Truth]
) -> Truth:
    """Action or NotAction, Resource or NotResource: exactly one of the two must be there."""
    negative = f"Not{name}"
    if (name in body) == (negative in body):
        return doubt(f"a statement with neither or both of {name} and {negative}")
    found = _texts(body.get(name, body.get(negative)))
    if found is None:
        return doubt(f"a {name} that can't be read")
    met = disjunction(test(one, request) for one in found)
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
    # A service is no identity of the account: a statement for the account lets none in. Whether
    # a Deny for the account hits a service that acts for it, nobody tells.
    own = met.is_unknown and met.doubts == _OWN_ACCOUNT.doubts
    return NO if own and body["Effect"] == "Allow" else met


_OWN_ACCOUNT = doubt("a Deny for the account's own principals")


def _is_principal(principal: object, request: Request) -> Truth:
    if isinstance(principal, str):
        return YES if principal == "*" else doubt("a Principal that can't be read")
    if not isinstance(principal, Mapping) or not principal:
        return doubt("a Principal that can't be read")
    return disjunction(_one_kind(str(kind), names, request) for kind, names in principal.items())


def _one_kind(kind: str, names: object, request: Request) -> Truth:
    found = _texts(names)
    if found is None or kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
        return doubt("a Principal that can't be read")
    if kind == "Service":
        return disjunction(_is_service(one, request.service) for one in found)
    if kind == "AWS":
        return disjunction(_is_identity(one, request.account) for one in found)
    return NO


def _is_service(name: str, service: str) -> Truth:
    if name == service:
        return YES
    # A wildcard, a region or another suffix in a service's name: whether it counts is not told.
    same = "*" in name or name.lower().split(".")[0] == service.split(".")[0]
    return doubt(f"the service principal {clip(name, 40)}") if same else NO


def _is_identity(name: str, account: str) -> Truth:
    if name == "*":
        return YES
    if name == account or (f"::{account}:" in name and name.endswith(":root")):
        return _OWN_ACCOUNT
    if "*" in name:
        return doubt(f"the principal {clip(name, 40)}")
    return NO


def _texts(value: object) -> tuple[str, ...] | None:
    found: Iterable[object] = value if isinstance(value, list | tuple) else (value,)
    texts = tuple(one for one in found if isinstance(one, str))
    return texts if texts and len(texts) == len(tuple(found)) else None
