"""Text from an account, made harmless for readers that act on characters."""


def visible(text: str) -> str:
    """The text with what cannot be seen written out, such as \\u202e; line breaks stay.

    Names and policies may hold control characters and marks that turn the direction of writing;
    shown as they are, they would make a report say something else than it does.
    """
    return "".join(char if char.isprintable() or char == "\n" else _written(char) for char in text)


def _written(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
