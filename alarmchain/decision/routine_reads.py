"""Whether a pattern also matches routine read calls, so that its alarm stays in ALARM."""

from enum import Enum
from functools import lru_cache

from alarmchain.chain.metric_filter.metric_filter import read_pattern
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import ANY_RECORD, api_call
from alarmchain.records.typical_record import typical_record


class Breadth(Enum):
    """How much a pattern matches apart from the calls that it is for.

    `EVERY_RECORD`: certainly every CloudTrail record. `ROUTINE_READS`: every call in ROUTINE_READS.
    """

    EVERY_RECORD = "every_record"
    ROUTINE_READS = "everyday_reads"
    NARROW = "narrow"


ROUTINE_READS = (
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("ec2.amazonaws.com", "DescribeRegions"),
    ("sts.amazonaws.com", "GetCallerIdentity"),
    ("s3.amazonaws.com", "ListBuckets"),
    ("iam.amazonaws.com", "ListRoles"),
    ("kms.amazonaws.com", "Decrypt"),
    ("logs.amazonaws.com", "DescribeLogGroups"),
    ("monitoring.amazonaws.com", "DescribeAlarms"),
    ("cloudtrail.amazonaws.com", "DescribeTrails"),
    ("config.amazonaws.com", "DescribeConfigRules"),
    ("iam.amazonaws.com", "GetRole"),
    ("s3.amazonaws.com", "GetBucketLocation"),
    ("lambda.amazonaws.com", "ListFunctions20150331"),
    ("lambda.amazonaws.com", "GetFunction20150331v2"),
    ("kms.amazonaws.com", "ListAliases"),
)
"""Read-only calls that every account in use makes all day: (event source, event name)."""

_ROUTINE_RECORDS = tuple(
    typical_record(api_call(source, name, read_only=True)) for source, name in ROUTINE_READS
)


def breadth(pattern: Pattern) -> Breadth:
    """Return how broad the pattern is. A match that is not certain does not count."""
    if prove((pattern,), ANY_RECORD).verdict is Verdict.COVERED:
        return Breadth.EVERY_RECORD
    if all(match(pattern, record).is_yes for record in _ROUTINE_RECORDS):
        return Breadth.ROUTINE_READS
    return Breadth.NARROW


@lru_cache(maxsize=1024)
def breadth_of_text(text: str) -> Breadth:
    """Return how broad the pattern with this text is; a text that cannot be parsed is narrow."""
    pattern = read_pattern(text)
    return Breadth.NARROW if isinstance(pattern, PatternSyntaxError) else breadth(pattern)


@lru_cache(maxsize=1024)
def matches_routine_read(text: str) -> bool:
    """Return whether the pattern with this text certainly matches one of ROUTINE_READS."""
    pattern = read_pattern(text)
    return not isinstance(pattern, PatternSyntaxError) and any(
        match(pattern, record).is_yes for record in _ROUTINE_RECORDS
    )
