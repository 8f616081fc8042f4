"""The one error of the filter-pattern language."""


class PatternSyntaxError(ValueError):
    """A text that CloudWatch Logs would not accept as a filter pattern.

    `text` is the pattern, `position` the index in it (0-based) where reading failed, `found` and
    `expected` say what stood there and what could have, `hint` names a common slip ("" if none).
    `str(error)` is one line; `error.caret()` shows the place.
    """

    def __init__(
        self, text: str, position: int, expected: str, *, found: str | None = None, hint: str = ""
    ) -> None:
        self.text = text
        self.position = min(position, len(text))
        self.expected = expected
        self.found = _glimpse(text, self.position) if found is None else found
        self.hint = hint
        super().__init__(self._line())

    def _line(self) -> str:
        line = f"at {self.position}: expected {self.expected}, found {self.found}"
        return f"{line} ({self.hint})" if self.hint else line

    def caret(self, width: int = 100) -> str:
        """Two lines: the pattern's text around the fault, and a caret under the place."""
        start = max(0, self.position - width * 2 // 3)
        window = self.text[start : start + width]
        shown = "".join(char if char.isprintable() else " " for char in window)
        lead = "..." if start else ""
        tail = "..." if start + width < len(self.text) else ""
        return f"{lead}{shown}{tail}\n{' ' * (len(lead) + self.position - start)}^"

    def explanation(self) -> str:
        """Return one line that says what is wrong, and two that show where."""
        position = "\n".join(f"  {line}" for line in self.caret().splitlines())
        return f"not a filter pattern: {self}\n{position}"


def _glimpse(text: str, position: int) -> str:
    rest = text[position : position + 20]
    return repr(rest) if rest else "the end of the pattern"
