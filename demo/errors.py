"""What ends the demo early."""


class DiffersError(Exception):
    """A step did not do what was announced; one line says what came instead."""
