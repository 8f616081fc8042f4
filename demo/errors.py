"""The error that ends the demo early."""


class DiffersError(Exception):
    """A step had an unexpected result; one line says which result was expected."""
