"""The readings of a string that a field is compared with: one where the language is plain.

Each reading is a set of strings: one string, or all that a chain of characters accepts.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from alarmchain.filter_pattern.automaton import ANYTHING, Automaton, Chars, Item
from alarmchain.filter_pattern.literals import Text

Chain = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the string: exactly the string `exact`, or else all that `chain` accepts.

    `accepts` tells whether a value is in the set.
    """

    exact: str | None
    chain: Chain
    accepts: Callable[[str], bool] = field(compare=False, repr=False)


@lru_cache(maxsize=1024)
def readings(text: Text) -> tuple[Reading, ...]:
    """Return the ways to read a string to compare with.

    A backslash may be literal or an escape, and a star inside a string literal or a wildcard: AWS
    documents neither.
    """
    texts = [text.text]
    if "\\" in text.text:
        texts += [re.sub(r"\\(.)", r"\1", text.text, flags=re.DOTALL), *_as_json(text.text)]
    variants = [Text(variant) for variant in texts]
    plain = [_plain(variant) for variant in variants]
    globs = [_glob(variant.text) for variant in variants if "*" in variant.literal]
    return tuple(dict.fromkeys((*plain, *globs)))


def _as_json(text: str) -> list[str]:
    try:
        return [json.loads(f'"{text}"', strict=False)]
    except ValueError:
        return []


def _plain(text: Text) -> Reading:
    """Return the reading in which only a star at the start or the end is a wildcard."""
    if not (text.leading or text.trailing):
        return Reading(text.text, (), text.accepts)
    literal = tuple(Item(Chars(frozenset(char))) for char in text.literal)
    chain = (ANYTHING,) * text.leading + literal + (ANYTHING,) * text.trailing
    return Reading(None, chain, text.accepts)


def _glob(text: str) -> Reading:
    """Return the reading in which every star matches any characters."""
    chain = tuple(
        ANYTHING if char == "*" else Item(Chars(frozenset(char)))
        for char in re.sub(r"\*+", "*", text)
    )
    return Reading(None, chain, Automaton(chain).matches)
