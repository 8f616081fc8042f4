"""Read the entries of one table of control.toml; every error names the file and the entry."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any


class ControlError(ValueError):
    """A control.toml that cannot be used; the message names the file, the entry and the fault."""


class Table:
    """A table of the file. `name` is its heading, such as `[calls]`, "" for the whole file."""

    def __init__(self, file: str, name: str, entries: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name
        self.entries = entries

    def error(self, message: str) -> ControlError:
        """Return an error that names the file."""
        return ControlError(f"{self.file}: {message}")

    def _entry(self, key: str) -> str:
        return f"{self.name} '{key}'" if self.name else f"'{key}'"

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise ControlError for a key or table that is not one of `known`."""
        allowed = tuple(known)
        for key in self.entries:
            if key not in allowed:
                where = f"{self.name} has" if self.name else "the file has"
                (nearest,) = get_close_matches(key, allowed, n=1, cutoff=0.0)
                raise self.error(
                    f"{where} the unknown key '{key}'; the nearest known is '{nearest}',"
                    f" all are {', '.join(allowed)}"
                )

    def table(self, key: str, *, required: bool = True) -> "Table":
        """Return the table of this name; an empty one if it is missing and not required."""
        entries = self.entries.get(key, None if required else {})
        name = f"[{self.name.strip('[]')}.{key}]" if self.name else f"[{key}]"
        if entries is None:
            raise self.error(f"{name} is missing")
        if not isinstance(entries, dict):
            raise self.error(f"{self._entry(key)} is {entries!r}; expected a table")
        return Table(self.file, name, entries)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of an array of tables, none if it is missing."""
        values = self.entries.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.error(f"{self._entry(key)} is {values!r}; expected [[{key}]] tables")
        return [Table(self.file, f"[[{key}]]", value) for value in values]

    def text(self, key: str, most: int = 1024) -> str:
        """Return a text of 1 to `most` characters."""
        value = self.entries.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= most:
            raise self.error(f"{self._entry(key)} is {value!r}; expected 1 to {most} characters")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return one of the allowed values, the default if the key is missing and there is one."""
        value = self.entries.get(key, default)
        if value not in allowed:
            words = " or ".join(f"'{each}'" for each in allowed)
            raise self.error(f"{self._entry(key)} is {value!r}; expected {words}")
        return str(value)

    def number(self, key: str, least: int, most: int, default: int) -> int:
        """Return a whole number between the bounds, the default if the key is missing."""
        value = self.entries.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.error(
                f"{self._entry(key)} is {value!r}; expected a whole number from {least} to {most}"
            )
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, an empty one if the key is missing."""
        values = self.entries.get(key, [])
        if not isinstance(values, list):
            raise self.error(f"{self._entry(key)} is {values!r}; expected a list of strings")
        for value in values:
            if not isinstance(value, str):
                raise self.error(f"{self._entry(key)} holds {value!r}; expected a string")
        return values
