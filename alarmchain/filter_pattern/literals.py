"""The values that a pattern compares fields with: strings with wildcards, and numbers."""

import re
from dataclasses import dataclass

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_USUAL_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
PLAIN_WORD = re.compile(r"[A-Za-z0-9_.*]+")
"""A word that needs no quotes: letters, digits and _ by the user guide, . and * by its examples."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string to compare with. A `*` at its start or end matches any characters.

    `bare` is true for a word without quotes that has characters for which AWS documents quotes.
    """

    text: str
    bare: bool = False

    @property
    def leading(self) -> bool:
        """Whether any text may precede the literal part."""
        return self.text.startswith("*")

    @property
    def trailing(self) -> bool:
        """Whether any text may follow the literal part."""
        return self.text.endswith("*")

    @property
    def literal(self) -> str:
        """The text between the wildcards."""
        return self.text[1 if self.leading else 0 :].removesuffix("*")

    def accepts(self, value: str) -> bool:
        """Return whether the string `value` equals this text, with its wildcards."""
        if "*" not in self.text:
            return value == self.text
        literal = self.literal
        if self.leading and self.trailing:
            return literal in value
        if self.leading:
            return value.endswith(literal)
        if self.trailing:
            return value.startswith(literal)
        return value == literal

    def __str__(self) -> str:
        plain = PLAIN_WORD.fullmatch(self.text) and not NUMBER.fullmatch(self.text)
        return self.text if self.bare or plain else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Number:
    """A number to compare with. `text` is how it is written (`1e-3`, `-4.5`)."""

    text: str

    @property
    def value(self) -> float:
        """The number as a float; infinite if it is too large for one."""
        return float(self.text)

    @property
    def usual(self) -> bool:
        """Whether it is written as AWS documents, with digits on both sides of a decimal point."""
        return _USUAL_NUMBER.fullmatch(self.text) is not None

    def __str__(self) -> str:
        return self.text
