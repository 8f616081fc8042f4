"""A filter pattern on one record."""

from alarmchain.filter_pattern.ast import Pattern
from alarmchain.filter_pattern.match.formula import evaluate, formula
from alarmchain.records.record_class import Json
from alarmchain.three_valued import Truth


def match(pattern: Pattern, record: Json) -> Truth:
    """Whether CloudWatch Logs counts the JSON record `record` for the pattern."""
    return evaluate(formula(pattern), record)
