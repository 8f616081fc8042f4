"""Whether the raw text of an event holds a term, when only its JSON value is known."""

import json
from functools import cached_property

from alarmchain.filter_pattern import undocumented as t
from alarmchain.filter_pattern.regex import Regex
from alarmchain.records.record_class import Json, leaves
from alarmchain.three_valued import NO, YES, Truth

_STRUCTURE = frozenset("{}[],: \t\r\n")
# Writers of JSON may write these as they are or as an escape.
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "/<>&'="})
_SLASHES = str.maketrans({"/": "\\/"})


def negated(found: Truth) -> Truth:
    """Not: yes and no change places, an unknown stays."""
    return found if found.is_unknown else (NO if found.is_yes else YES)


def depends_on_layout(what: str | Regex) -> bool:
    """Whether a term may span more than one name or value, so that spaces and order matter."""
    return isinstance(what, Regex) or "\\" in what or not _STRUCTURE.isdisjoint(what)


class Event:
    """A record (a JSON value), and its text once a term asks for it."""

    def __init__(self, record: Json) -> None:
        self.record = record

    @cached_property
    def layouts(self) -> tuple[str, ...]:
        """The record's text as different writers of JSON put it."""
        plain = json.dumps(self.record, ensure_ascii=False)
        ascii_only = json.dumps(self.record)
        return plain, ascii_only, ascii_only.translate(_ESCAPED), plain.translate(_SLASHES)

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """The strings of the record whose text in JSON is the string itself, for any writer."""
        return tuple(
            value
            for _, value in leaves(self.record)
            if isinstance(value, str)
            and json.dumps(value) == f'"{value}"'
            and value.translate(_ESCAPED) == value
        )


def mentions(what: str | Regex, event: Event) -> Truth:
    """Whether a term is in the raw text of the event, however that is laid out."""
    if isinstance(what, Regex):
        if not what.decidable:
            return t.UNUSUAL_REGEX
        # Without anchors an expression found inside one value is found in the whole text.
        inside = not what.anchored and any(what.accepts(text) for text in event.strings)
        return YES if inside else t.RAW_TEXT
    if "\\" in what:
        return t.BACKSLASH
    if depends_on_layout(what):
        return YES if any(what in text for text in event.strings) else t.RAW_TEXT
    found = {what in layout for layout in event.layouts}
    return t.RAW_TEXT if len(found) > 1 else YES if found == {True} else NO
