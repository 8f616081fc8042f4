"""Check if a resource policy allows CloudWatch. The text is copied into the scripts."""

import json
import re
from fnmatch import fnmatch
from typing import Any

CLOUDWATCH = "cloudwatch.amazonaws.com"


def as_list(value: Any) -> list[Any]:
    """Return a policy's element as a list; a single value may replace a list."""
    return value if isinstance(value, list) else [value]


def covers(patterns: Any, value: str) -> bool:
    """Return whether one of a policy's patterns matches the value."""
    return any(fnmatch(value.lower(), one.lower()) for one in as_list(patterns))


def named(principal: Any) -> list[str]:
    """Return all names in a statement's Principal; "*" is everyone."""
    kinds = principal.values() if isinstance(principal, dict) else [principal]
    return [one for kind in kinds for one in as_list(kind)]


def ours_alone(conditions: dict[str, Any], account: str) -> bool:
    """Return whether an Allow's conditions require only that the account is ours."""
    return all(
        operator in ("StringEquals", "StringLike")
        and key.lower() in ("aws:sourceaccount", "aws:sourceowner")
        and account in as_list(wanted)
        for operator, tests in conditions.items()
        for key, wanted in tests.items()
    )


def may_bite(statement: dict[str, Any], action: str) -> bool:
    """Return whether a Deny may apply to CloudWatch, not only to others or to plain HTTP."""
    tests = statement.get("Condition", {}).get("Bool", {})
    insecure = [str(tests[key]).lower() for key in tests if key.lower() == "aws:securetransport"]
    # Users, roles and other services.
    others = r":(user|role)/|^(?!cloudwatch)[a-z0-9-]+\.amazonaws"
    return (
        insecure != ["false"]
        and not all(re.search(others, one) for one in named(statement.get("Principal", "*")))
        and ("NotAction" in statement or covers(statement["Action"], action))
    )


def says(policy: str, action: str, resource: str, account: str) -> str:
    """Return allowed, silent (the policy does not mention CloudWatch) or denied (possibly)."""
    statements = as_list(json.loads(policy or "{}").get("Statement", []))
    if any(one["Effect"] == "Deny" and may_bite(one, action) for one in statements):
        return "denied"
    allows = any(
        one["Effect"] == "Allow"
        and covers(one.get("Action", []), action)
        and covers(one.get("Resource", []), resource)
        and {"*", CLOUDWATCH} & {*named(one.get("Principal", []))}
        and ours_alone(one.get("Condition", {}), account)
        for one in statements
    )
    return "allowed" if allows else "silent"
