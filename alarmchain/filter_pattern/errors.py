"""The syntax error of the filter-pattern language."""


class PatternSyntaxError(ValueError):
    """CloudWatch Logs would not accept the text as a filter pattern.

    `text` is the pattern, `position` the index (0-based) at which reading failed. `found` says
    what is there, `expected` what could be there. `hint` explains a common mistake, or is "".
    `str(error)` is one line.
    """

    def __init__(
        self, text: str, position: int, expected: str, *, found: str | None = None, hint: str = ""
    ) -> None:
        self.text = text
        self.position = min(position, len(text))
        self.expected = expected
        self.found = _excerpt(text, self.position) if found is None else found
        self.hint = hint
        super().__init__(self._line())

    def _line(self) -> str:
        line = f"at character {self.position + 1}: expected {self.expected}, found {self.found}"
        return f"{line} ({self.hint})" if self.hint else line

    def caret(self, width: int = 100) -> str:
        """Return two lines: the text around the error, and a caret below the position."""
        start = max(0, self.position - width * 2 // 3)
        window = self.text[start : start + width]
        shown = "".join(char if char.isprintable() else " " for char in window)
        before = "..." if start else ""
        after = "..." if start + width < len(self.text) else ""
        return f"{before}{shown}{after}\n{' ' * (len(before) + self.position - start)}^"

    def explanation(self) -> str:
        """Return three lines for a user: what is wrong, then the text with a caret."""
        where = "\n".join(f"  {line}" for line in self.caret().splitlines())
        return f"not a filter pattern: {self}\n{where}"


def _excerpt(text: str, position: int) -> str:
    rest = text[position : position + 20]
    return repr(rest) if rest else "the end of the pattern"
