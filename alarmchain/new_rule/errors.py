"""The exception of this package."""


class NewRuleError(ValueError):
    """A rule that cannot be made; the message is one line that says why."""
