"""The one exception of this package: something the person at the terminal can mend."""

import click


class ProblemError(click.ClickException):
    """One line naming the thing, its value and what was expected; exit status 2."""

    exit_code = 2
