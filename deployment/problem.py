"""The one exception of this package: something the person at the terminal can mend."""


class ProblemError(Exception):
    """One line naming the thing, its value and what was expected."""
