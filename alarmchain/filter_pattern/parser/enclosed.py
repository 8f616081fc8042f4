"""What stands between the first bracket of a pattern and its last."""

from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.lexer import WHITE


def enclosed(text: str, opening: str, closing: str) -> tuple[int, int]:
    """Where the inside of `text`, which begins with `opening`, begins and ends.

    Raises PatternSyntaxError where it does not end with `closing`: after the last one there is, if
    that is not part of a quoted text.
    """
    start = text.index(opening) + 1
    end = len(text.rstrip(WHITE)) - 1
    if text[end] == closing and end >= start:
        return start, end
    last = text.rfind(closing) + 1
    if last and text.count('"', 0, last) % 2 == 0:
        rest = text[last:]
        position = last + len(rest) - len(rest.lstrip(WHITE))
        raise PatternSyntaxError(text, position, f"nothing after the last '{closing}'")
    expected = f"'{closing}' at the end, since it starts with '{opening}'"
    raise PatternSyntaxError(text, len(text), expected)
