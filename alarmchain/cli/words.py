"""Wording of what goes to standard error."""


def one_line(message: str) -> str:
    """The message without line breaks."""
    return " ".join(message.split())
