"""What a field is compared with: strings with wildcards, and numbers."""

import re
from dataclasses import dataclass

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_USUAL_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
PLAIN_WORD = re.compile(r"[A-Za-z0-9_.*]+")
"""What may stand without quotes: letters, digits, _ by the guide, . and * by its examples."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string to compare with; a `*` at its start or end stands for any run of characters.

    `bare` marks a word without quotes that holds characters for which AWS documents quotes.
    """

    text: str
    bare: bool = False

    @property
    def leading(self) -> bool:
        """Whether any text may stand before the literal part."""
        return self.text.startswith("*")

    @property
    def trailing(self) -> bool:
        """Whether any text may stand after the literal part."""
        return self.text.endswith("*")

    @property
    def literal(self) -> str:
        """The text between the wildcards."""
        return self.text[1 if self.leading else 0 :].removesuffix("*")

    def accepts(self, value: str) -> bool:
        """Whether the string `value` equals this text, its wildcards counted in."""
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
    """A number to compare with, as written (`1e-3`, `-4.5`)."""

    text: str

    @property
    def value(self) -> float:
        """The number itself; infinite beyond what a float holds."""
        return float(self.text)

    @property
    def usual(self) -> bool:
        """Whether it is written as AWS documents: digits on both sides of a decimal point."""
        return _USUAL_NUMBER.fullmatch(self.text) is not None

    def __str__(self) -> str:
        return self.text
