"""Text from an account or a user, made safe for a message of one line."""


def printable(text: str) -> str:
    """Return the text with "?" for each control character, line break and other invisible one."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "?" for char in text)
