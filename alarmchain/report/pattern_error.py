"""A syntax error of a filter pattern, shown."""

from alarmchain.filter_pattern.errors import PatternSyntaxError


def explained(error: PatternSyntaxError) -> str:
    """One line that says what is wrong, and two that show where."""
    where = "\n".join(f"  {line}" for line in error.caret().splitlines())
    return f"not a filter pattern: {error}\n{where}"
