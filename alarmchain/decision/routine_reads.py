"""How much else a pattern matches: an alarm on what happens every minute never rests."""

from enum import Enum
from functools import lru_cache

from alarmchain.chain.metric_filter.metric_filter import read_pattern
from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.match.match import match
from alarmchain.proof.prove import Verdict, prove
from alarmchain.records.record_class import ANY_RECORD, api_call, example


class Breadth(Enum):
    """`EVERY_RECORD`: certainly all there are; `EVERYDAY_READS`: all of EVERYDAY_READS."""

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
"""Read-only calls that any account in use makes all day: (event source, event name)."""

_EVERYDAY_RECORDS = tuple(
    example(api_call(source, name, read_only=True)) for source, name in EVERYDAY_READS
)


def breadth(pattern: Pattern) -> Breadth:
    """How broad the pattern is. An undecided match counts as none: breadth is said if certain."""
    if prove((pattern,), ANY_RECORD).verdict is Verdict.COVERED:
        return Breadth.EVERY_RECORD
    if all(match(pattern, record).is_yes for record in _EVERYDAY_RECORDS):
        return Breadth.EVERYDAY_READS
    return Breadth.NARROW


@lru_cache(maxsize=1024)
def breadth_of_text(text: str) -> Breadth:
    """Return how broad the pattern with this text is; one that cannot be parsed is narrow."""
    pattern = read_pattern(text)
    return Breadth.NARROW if isinstance(pattern, PatternSyntaxError) else breadth(pattern)
