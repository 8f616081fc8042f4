"""What every account's trail records all day long, as typical records, and which of it a pattern
matches.

An alarm whose metric receives something from these records is never at rest, because they come in
every period.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from alarmchain.chain.metric_filter.metric_filter import read_pattern
from alarmchain.decision.routine_reads import ROUTINE_READS, Breadth, breadth_of_text
from alarmchain.filter_pattern.ast import And, Atom, JsonPattern, Or
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import Formula, formula, leaf_truth, match
from alarmchain.filter_pattern.match.raw_text import Event
from alarmchain.place import Place
from alarmchain.records.record_class import api_call
from alarmchain.records.record_fields import Json
from alarmchain.records.typical_record import typical_record
from alarmchain.three_valued import YES, Truth, conjunction, disjunction, doubt

Calls = tuple[tuple[str, str], ...]
"""API calls: (event source, event name)."""

ROUTINE_WRITES: Calls = (
    ("logs.amazonaws.com", "CreateLogStream"),
    ("ssm.amazonaws.com", "UpdateInstanceInformation"),
    ("ec2.amazonaws.com", "CreateNetworkInterface"),
    ("ec2.amazonaws.com", "CreateTags"),
    ("ec2.amazonaws.com", "DeleteNetworkInterface"),
    ("config.amazonaws.com", "PutEvaluations"),
    ("ecr.amazonaws.com", "PutImage"),
    ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2"),
    ("s3.amazonaws.com", "PutBucketTagging"),
    ("ecs.amazonaws.com", "SubmitTaskStateChange"),
)
"""Calls that change something and that accounts often make all day."""

_SERVICE_CALLS: Calls = (
    ("sts.amazonaws.com", "AssumeRole"),
    ("kms.amazonaws.com", "Decrypt"),
    ("kms.amazonaws.com", "GenerateDataKey"),
    ("s3.amazonaws.com", "GetBucketAcl"),
)
"""Calls that AWS's services make by themselves."""

BROAD = 3
"""A filter that counts routine calls of so many services may keep its alarm in ALARM. One that
counts those of a single service, the one to watch, is common, and its alarm returns to OK."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The routine records of one kind of caller in one place.

    `certain`: every account in use has such records in every period.
    """

    caller: str
    place: Place
    certain: bool

    @property
    def records(self) -> tuple[dict[str, Json], ...]:
        """Return one record for each call."""
        return _records(self.caller, self.place)

    @property
    def size(self) -> int:
        """The number of records."""
        return len(_CALLERS[self.caller].calls)


@lru_cache(maxsize=1024)
def routine_traffic(places: tuple[Place, ...], texts: tuple[str, ...]) -> tuple[Traffic, ...]:
    """Return the routine records of a log group.

    `places`: the accounts and regions whose records it surely receives, the audited ones first.
    `texts`: the patterns of its filters. It may also receive records of other accounts and regions;
    those that the patterns name are among them.
    """
    known = tuple(dict.fromkeys(places))
    traffic = [
        Traffic(caller, place, caller in _EVERYWHERE) for place in known for caller in _CALLERS
    ]
    audited = known[0]
    named = " ".join(texts)
    regions = {_OTHER_REGION, *re.findall(r"(?<![\w-])[a-z]{2,}(?:-[a-z]+)+-\d(?!\d)", named)}
    accounts = {_OTHER_ACCOUNT, *re.findall(r"(?<!\d)\d{12}(?!\d)", named)}
    elsewhere = [
        *(Place(audited.account, region) for region in sorted(regions)),
        *(Place(account, audited.region) for account in sorted(accounts)),
    ]
    traffic += [
        Traffic("application", place, certain=False) for place in elsewhere if place not in known
    ]
    return tuple(traffic)


@lru_cache(maxsize=4096)
def routine_matches(text: str, traffic: Traffic) -> Mapping[int, Truth]:
    """Return which records of the traffic the pattern with this text matches, or may match.

    The keys are the records' places. A text that cannot be parsed may match each record.
    """
    pattern = read_pattern(text)
    records = traffic.records
    if isinstance(pattern, PatternSyntaxError):
        return dict.fromkeys(range(len(records)), doubt("the pattern cannot be read"))
    # Only a proof knows the names of fields that every record's text holds.
    is_json = isinstance(pattern, JsonPattern)
    if not is_json and breadth_of_text(text) is Breadth.EVERY_RECORD:
        return dict.fromkeys(range(len(records)), YES)
    matches = {
        place: match(pattern, records[place])
        for place in _may_match_by_call(text, _CALLERS[traffic.caller].calls)
    }
    return {place: matched for place, matched in matches.items() if not matched.is_no}


_OPEN = doubt("the caller decides")
_BY_CALL = ("eventSource", "eventName")


@lru_cache(maxsize=4096)
def _may_match_by_call(text: str, calls: Calls) -> tuple[int, ...]:
    """Return the places of the calls that the pattern may match, by their source and name alone.

    Most patterns name other calls; for them this spares the evaluation for each kind of caller.
    """
    pattern = read_pattern(text)
    if not isinstance(pattern, JsonPattern):
        return tuple(range(len(calls)))
    root = formula(pattern)
    events = (Event(dict(zip(_BY_CALL, call, strict=True))) for call in calls)
    return tuple(place for place, event in enumerate(events) if not _by_call(root, event).is_no)


def _by_call(node: Formula, event: Event) -> Truth:
    if isinstance(node, And | Or):
        combine = conjunction if isinstance(node, And) else disjunction
        return combine(_by_call(item, event) for item in node.items)
    if isinstance(node, Atom) and node.selector.steps[0] not in _BY_CALL:
        return _OPEN
    return leaf_truth(node, event)


@lru_cache(maxsize=256)
def _records(caller: str, place: Place) -> tuple[dict[str, Json], ...]:
    kind = _CALLERS[caller]
    records = []
    for source, name in kind.calls:
        is_read = (source, name) not in ROUTINE_WRITES
        call = api_call(source, name, region=place.region, account=place.account, read_only=is_read)
        record = typical_record(call)
        record.pop("sessionCredentialFromConsole", None)
        records.append(record | kind.fields(place.account))
    return tuple(records)


@dataclass(frozen=True, slots=True)
class _Caller:
    """A kind of caller: the calls that it makes all day, and the fields by which it differs."""

    calls: Calls
    identity: Mapping[str, Json]
    more: Mapping[str, Json]

    def fields(self, account: str) -> dict[str, Json]:
        """Return the record's fields that differ, in this account."""
        identity = _in_account(self.identity, account)
        return {**self.more, "userIdentity": identity}


def _in_account(value: Json, account: str) -> Json:
    if isinstance(value, Mapping):
        return {name: _in_account(member, account) for name, member in value.items()}
    return value.replace("ACCOUNT", account) if isinstance(value, str) else value


def _session(name: str, mfa: str = "false") -> dict[str, Json]:
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEEXAMPLEEXA:i-0e81f0d2a6b3c4f59",
        "arn": f"arn:aws:sts::ACCOUNT:assumed-role/{name}/i-0e81f0d2a6b3c4f59",
        "accountId": "ACCOUNT",
        "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLEEXA",
                "arn": f"arn:aws:iam::ACCOUNT:role/{name}",
                "accountId": "ACCOUNT",
                "userName": name,
            },
            "attributes": {"creationDate": "2026-01-15T09:00:00Z", "mfaAuthenticated": mfa},
        },
    }


_USER = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEEXAMPLEEXA",
    "arn": "arn:aws:iam::ACCOUNT:user/example-u7q2",
    "accountId": "ACCOUNT",
    "accessKeyId": "AKIAEXAMPLEEXAMPLEEX",
    "userName": "example-u7q2",
}
_CONSOLE = {
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "sourceIPAddress": "198.51.100.7",
    "sessionCredentialFromConsole": "true",
}
_SDK = {"userAgent": "aws-sdk-java/2.31.1", "sourceIPAddress": "198.51.100.21"}


def _service(name: str) -> dict[str, str]:
    return {"userAgent": name, "sourceIPAddress": name}


_CALLERS: Mapping[str, _Caller] = {
    "application": _Caller(ROUTINE_READS, _session("example-role-u7q2"), _SDK),
    "service role": _Caller(
        ROUTINE_READS,
        _session("AWSServiceRoleForConfig") | {"invokedBy": "config.amazonaws.com"},
        _service("config.amazonaws.com"),
    ),
    "service": _Caller(
        _SERVICE_CALLS,
        {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
        _service("ec2.amazonaws.com"),
    ),
    "console": _Caller(ROUTINE_READS, _session("example-role-u7q2", "true"), _CONSOLE),
    "user by command line": _Caller(
        ROUTINE_READS,
        _USER,
        {"userAgent": "aws-cli/2.27.0", "sourceIPAddress": "198.51.100.7"},
    ),
    "user in the console": _Caller(
        ROUTINE_READS,
        _USER
        | {
            "sessionContext": {
                "attributes": {"creationDate": "2026-01-15T09:00:00Z", "mfaAuthenticated": "true"}
            }
        },
        _CONSOLE,
    ),
    "application that writes": _Caller(ROUTINE_WRITES, _session("example-role-u7q2"), _SDK),
    "service role that writes": _Caller(
        ROUTINE_WRITES,
        _session("AWSServiceRoleForECS") | {"invokedBy": "ecs.amazonaws.com"},
        _service("ecs.amazonaws.com"),
    ),
}
"""Who makes routine calls. The root user is not among them: an alarm on its calls is at rest."""

_EVERYWHERE = ("application", "service role")
"""The callers that every account in use has: roles with an SDK, and AWS Config itself."""

_OTHER_REGION = "xx-other-1"
_OTHER_ACCOUNT = "100000000001"


def services(traffic: Traffic, indices: Iterable[int]) -> Iterator[str]:
    """Yield the services of these calls of the traffic."""
    calls = _CALLERS[traffic.caller].calls
    for index in indices:
        yield calls[index][0]
