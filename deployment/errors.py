"""The exception of this package, for problems that the user can fix."""

import click


class DeploymentError(click.ClickException):
    """One line that says what is wrong, its value and what is expected; exit status 2."""

    exit_code = 2
