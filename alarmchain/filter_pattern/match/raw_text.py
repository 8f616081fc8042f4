"""Whether the raw text of an event contains a term, when only its JSON value is known."""

import json
from functools import cached_property

from alarmchain.filter_pattern import undocumented
from alarmchain.filter_pattern.regex import Regex
from alarmchain.records.record_fields import Json, leaves
from alarmchain.three_valued import NO, YES, Truth

_STRUCTURE = frozenset("{}[],: \t\r\n")
# JSON writers may write these characters as they are or as an escape sequence.
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "/<>&'="})
_SLASHES = str.maketrans({"/": "\\/"})


def depends_on_layout(term: str | Regex) -> bool:
    """Return whether a term may span several names or values.

    If it may, the spaces and the order of the event's text matter.
    """
    return isinstance(term, Regex) or "\\" in term or not _STRUCTURE.isdisjoint(term)


class Event:
    """A record (a JSON value) and its possible raw texts, computed when first needed."""

    def __init__(self, record: Json) -> None:
        self.record = record

    @cached_property
    def layouts(self) -> tuple[str, ...]:
        """The record's text as different JSON writers produce it."""
        plain = json.dumps(self.record, ensure_ascii=False)
        ascii_only = json.dumps(self.record)
        return plain, ascii_only, ascii_only.translate(_ESCAPED), plain.translate(_SLASHES)

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """The string values that every JSON writer writes without escape sequences."""
        return tuple(
            value
            for _, value in leaves(self.record)
            if isinstance(value, str)
            and json.dumps(value) == f'"{value}"'
            and value.translate(_ESCAPED) == value
        )


def contains_term(term: str | Regex, event: Event) -> Truth:
    """Return whether the raw text of the event contains the term, in every possible layout."""
    if isinstance(term, Regex):
        if not term.decidable:
            return undocumented.UNUSUAL_REGEX
        # An expression without anchors that matches inside one value also matches the whole text.
        inside = not term.anchored and any(term.accepts(text) for text in event.strings)
        return YES if inside else undocumented.RAW_TEXT
    if "\\" in term:
        return undocumented.BACKSLASH
    if depends_on_layout(term):
        inside = any(term in text for text in event.strings)
        return YES if inside else undocumented.RAW_TEXT
    answers = {term in layout for layout in event.layouts}
    if len(answers) > 1:
        return undocumented.RAW_TEXT
    return YES if answers == {True} else NO
