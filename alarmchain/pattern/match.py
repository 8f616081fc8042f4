"""A filter pattern on one record."""

from alarmchain.pattern.formula import evaluate, formula
from alarmchain.pattern.syntax import Pattern
from alarmchain.pattern.truth import Truth
from alarmchain.records.record_class import Json


def match(pattern: Pattern, record: Json) -> Truth:
    """Whether CloudWatch Logs counts the JSON record `record` for the pattern."""
    return evaluate(formula(pattern), record)
