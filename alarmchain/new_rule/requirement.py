"""Make the control of a new rule from what its author gives, and refuse what would not work."""

import re

from alarmchain.control import (
    LISTS,
    MOST_DESCRIPTION,
    Call,
    Control,
    MatchingRecords,
    place_field,
)
from alarmchain.filter_pattern.ast import JsonPattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.new_rule.errors import NewRuleError
from alarmchain.proof.prove import Verdict, is_empty, prove
from alarmchain.records.data_events import DATA_EVENTS
from alarmchain.records.record_class import matching_records

MOST_NAME = 64 - len("RDK-Rule-Function-")
"""RDK names the function after the rule; Lambda allows 64 characters (Lambda API reference,
CreateFunction)."""
MOST_TITLE = 100
MOST_CALLS = 100
"""The remediation's document lists the calls, and its stack's body has at most 51,200 bytes."""
MOST_CALL_NAME = 80
"""An annotation shows so many characters of a call's name; AWS's longest names have about 60."""
SEVERITIES = ("Informational", "Low", "Medium", "High", "Critical")
"""The severities that OCSF has, and with it the reports."""
REGION, ACCOUNT = "us-east-1", "123456789012"
"""The region and the account in which the rule's own tests run."""
_MOST_PATTERN = 1024  # PutMetricFilter: filterPattern
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_WORD = re.compile(r"[A-Z0-9]+(?=[A-Z][a-z]|$)|[A-Z][a-z0-9]*")


def check_name(name: str) -> None:
    """Raise NewRuleError unless the text can be a rule's name for AWS Config, RDK and Lambda."""
    if not _NAME.fullmatch(name):
        raise NewRuleError(
            f"name '{name}': expected letters and digits that begin with a capital letter,"
            " such as KeyDeletions"
        )
    if len(name) > MOST_NAME:
        raise NewRuleError(
            f"name '{name}' has {len(name)} characters; at most {MOST_NAME}, because RDK names the"
            " Lambda function RDK-Rule-Function-NAME, which has at most 64"
        )


def read_calls(text: str) -> tuple[Call, ...]:
    """Return the calls of a list separated by commas, each once.

    `ec2:RunInstances` is short for `ec2.amazonaws.com:RunInstances`. Raises NewRuleError.
    """
    calls = dict.fromkeys(_call(each.strip()) for each in text.split(","))
    if len(calls) > MOST_CALLS:
        raise NewRuleError(
            f"--calls has {len(calls)} calls; at most {MOST_CALLS}: split them into several rules"
        )
    return tuple(calls)


def _call(text: str) -> Call:
    service, _, name = text.partition(":")
    if len(name) > MOST_CALL_NAME:
        raise NewRuleError(
            f"--calls has an event name of {len(name)} characters, '{name[:40]}...'; at most"
            f" {MOST_CALL_NAME}"
        )
    try:
        full = text if "." in service else f"{service}.amazonaws.com:{name}"
        # The name does not say whether the call only reads: AssumeRole does, for CloudTrail.
        call = Call.parse(full, read_only=None)
    except ValueError:
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        raise NewRuleError(
            f"--calls has '{shown}'; expected SERVICE:EventName, such as ec2:RunInstances or"
            " ec2.amazonaws.com:RunInstances"
        ) from None
    if (call.event_source, call.event_name) in DATA_EVENTS:
        raise NewRuleError(
            f"--calls has {call.event_name}, a data event; expected calls that CloudTrail records"
            " as management events"
        )
    return call


def check_pattern(text: str) -> None:
    """Raise NewRuleError unless the records that the pattern matches can be a rule's class."""
    if len(text) > _MOST_PATTERN:
        raise NewRuleError(f"--pattern has {len(text)} characters; at most {_MOST_PATTERN}")
    if not text.isprintable():
        position = next(number for number, char in enumerate(text, 1) if not char.isprintable())
        raise NewRuleError(
            f"--pattern has a character that cannot be printed, at character {position}; expected"
            " one line of text"
        )
    try:
        pattern = parse(text)
    except PatternSyntaxError as error:
        raise NewRuleError(f"--pattern is not a filter pattern: {error}") from None
    if not isinstance(pattern, JsonPattern):
        raise NewRuleError(
            "--pattern is not a pattern for JSON; expected a comparison in braces, such as"
            " { $.eventName = DeleteUser }"
        )
    records = matching_records("new", text, region=None, account=None)
    if is_empty(records):
        raise NewRuleError(
            "--pattern matches no record: no management event of CloudTrail can have these values"
        )
    if field := place_field(text):
        raise NewRuleError(
            f"--pattern names {field}; leave it out, because AWS Config evaluates a rule where it"
            " is deployed"
        )
    proof = prove([pattern], records)
    if proof.verdict is not Verdict.COVERED:
        raise NewRuleError(
            "--pattern cannot be a rule's: even a metric filter with this very pattern is not"
            f" proven to match these records ({'; '.join(proof.doubts)})"
        )


def new_control(
    name: str,
    *,
    calls: tuple[Call, ...] = (),
    pattern: str = "",
    title: str = "",
    description: str = "",
    severity: str = "Medium",
    region: str = "each",
    events: int = 1,
) -> Control:
    """Return the control of a new rule, of calls or of a pattern; all are checked already.

    An empty `title` or `description` is derived from the name and the calls. `events`: so many
    records of the pattern within a period must raise the alarm, 1 to 100.
    """
    subject = words(name)
    records = (MatchingRecords(subject, pattern, events),) if pattern else ()
    return Control(
        name=name,
        title=title or f"A subscriber is notified of {subject}",
        description=description or _description(calls, subject, events),
        severity=severity,
        calls=dict.fromkeys(LISTS, ()) | {"cis": calls},
        names={
            "FilterName": name,
            "MetricName": f"{name}EventCount",
            "MetricNamespace": "CloudTrailMetrics",
            "AlarmName": f"{name}Alarm",
            "AlarmDescription": f"Triggered by the events of {name}.",
            "TopicName": "CloudWatchAlarmSNSTopic",
        },
        records=dict.fromkeys(LISTS, ()) | {"cis": records},
        region=region,
    )


def words(name: str) -> str:
    """Return the words of a rule's name: `EC2InstanceChanges` is `EC2 instance changes`."""
    parts = _WORD.findall(name)
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)


_CHECKED = "Every link is checked, from the CloudTrail trail to the subscription."


def _description(calls: tuple[Call, ...], subject: str, events: int) -> str:
    notified = "An alarm notifies a confirmed SNS subscriber"
    if not calls:
        often = f"{events} events of {subject} within a period"
        return f"{notified} of {often if events > 1 else f'each event of {subject}'}. {_CHECKED}"
    *others, last = [call.event_name for call in calls]
    names = f"{', '.join(others)} and {last}" if others else last
    listed = f"{notified} of each call of {names}. {_CHECKED}"
    if len(listed) <= MOST_DESCRIPTION:
        return listed
    return f"{notified} of each of {len(calls)} calls ({subject}). {_CHECKED}"
