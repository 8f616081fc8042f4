"""Makes text from an account safe to show."""


def visible(text: str) -> str:
    """Return the text with each invisible character as its code, such as \\u202e; line breaks stay.

    Names and policies may hold control characters and marks that change the direction of writing.
    Unescaped, they could change what a report seems to say.
    """
    if text.isprintable():
        return text  # most texts; this is much faster
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in text)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
