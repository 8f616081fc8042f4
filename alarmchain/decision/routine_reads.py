"""Read calls that any account makes all day, and whether a filter pattern matches them.

An alarm whose metric counts such calls stays in ALARM and sends no further notification.
"""

from enum import Enum
from functools import lru_cache

from alarmchain.chain.metric_filter.metric_filter import read_pattern
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import ANY_RECORD, api_call, example


class Breadth(Enum):
    """How much a pattern matches: certainly every record, all of EVERYDAY_READS, or less."""

    EVERY_RECORD = "every_record"
    EVERYDAY_READS = "everyday_reads"
    NARROW = "narrow"


EVERYDAY_READS = (
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
)
"""The read calls: (event source, event name)."""

_EVERYDAY_RECORDS = tuple(
    example(api_call(source, name, read_only=True)) for source, name in EVERYDAY_READS
)


def breadth(pattern: Pattern) -> Breadth:
    """Return how much the pattern matches; an undecided match counts as none."""
    if prove((pattern,), ANY_RECORD).verdict is Verdict.COVERED:
        return Breadth.EVERY_RECORD
    if all(match(pattern, record).is_yes for record in _EVERYDAY_RECORDS):
        return Breadth.EVERYDAY_READS
    return Breadth.NARROW


@lru_cache(maxsize=1024)
def breadth_of_text(text: str) -> Breadth:
    """Return how much the pattern with this text matches; an unreadable one is narrow."""
    pattern = read_pattern(text)
    return Breadth.NARROW if isinstance(pattern, PatternSyntaxError) else breadth(pattern)


@lru_cache(maxsize=1024)
def matches_routine_read(text: str) -> bool:
    """Return whether the pattern with this text certainly matches one of the read calls."""
    pattern = read_pattern(text)
    return not isinstance(pattern, PatternSyntaxError) and any(
        match(pattern, record).is_yes for record in _EVERYDAY_RECORDS
    )
