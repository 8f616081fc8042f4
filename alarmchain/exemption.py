"""Check the filter pattern of ExemptRecords: may it say which records need not reach a person?

An exemption is sound only if an intruder cannot make a record match it at will. So it may compare
nothing but fields that a caller cannot choose, and with values that no other principal can have.
Source of what the fields hold: CloudTrail user guide, "CloudTrail userIdentity element".
"""

import re

from alarmchain.filter_pattern.ast import Atom, Compare, JsonPattern, atoms
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.literals import Text
from alarmchain.filter_pattern.parser.parser import parse

MOST_CHARACTERS = 512
_ARN = "$.userIdentity.arn"
FIELDS = (
    "$.userIdentity.type",
    "$.userIdentity.accountId",
    "$.userIdentity.invokedBy",
    "$.userIdentity.sessionContext.sessionIssuer.arn",
    "$.userIdentity.sessionContext.sessionIssuer.userName",
    _ARN,
)
"""The fields that a caller cannot choose."""
_CHOSEN = {
    "$.userAgent": "the caller chooses it",
    "$.sourceIPAddress": "a caller can use another host or a VPC endpoint",
    "$.userIdentity.principalId": "it holds the session's name, which the caller chooses",
    "$.userIdentity.userName": "an IAM user's name can be that of a role",
    "$.userIdentity.accessKeyId": "whoever has a stolen key has its id",
    "$.eventName": "it exempts a call for everybody",
    "$.eventSource": "it exempts a service for everybody",
}
"""Why some other fields are refused."""
_SESSIONS = re.compile(r"arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/[\w+=,.@-]+/\*", re.ASCII)


class ExemptionError(ValueError):
    """An exemption that is not allowed; the message names the field and the reason."""


def check_exemption(text: str) -> None:
    """Raise ExemptionError if the text is not a filter pattern that may exempt records."""
    if len(text) > MOST_CHARACTERS:
        raise ExemptionError(
            f"it has {len(text)} characters; at most {MOST_CHARACTERS} are allowed"
        )
    try:
        pattern = parse(text)
    except PatternSyntaxError as error:
        raise ExemptionError(f"it is not a filter pattern: {error}") from None
    if not isinstance(pattern, JsonPattern):
        raise ExemptionError(
            "expected a pattern on the caller's fields, such as { $.field = value }"
        )
    for atom in atoms(pattern.condition):
        _check_atom(atom)


def _check_atom(atom: Atom) -> None:
    field = str(atom.selector)
    if field not in FIELDS:
        reason = _CHOSEN.get(field)
        allowed = ", ".join(name.removeprefix("$.userIdentity.") for name in FIELDS)
        raise ExemptionError(
            f"it may not name {field}{f': {reason}' if reason else ''};"
            f" allowed of $.userIdentity: {allowed}"
        )
    if not isinstance(atom, Compare):
        return
    if not isinstance(atom.value, Text):
        raise ExemptionError(f"it compares {field} with {atom.value}; expected a text in quotes")
    if field == _ARN and atom.operator != "=":
        raise ExemptionError(f"it may compare {field} only with =: a caller can change the session")
    wildcard = "*" in atom.value.text
    if wildcard and not (field == _ARN and _SESSIONS.fullmatch(atom.value.text)):
        raise ExemptionError(
            f"it compares {field} with a wildcard, which other principals may match; only {_ARN}"
            " may end in one, after assumed-role/NAME/"
        )
