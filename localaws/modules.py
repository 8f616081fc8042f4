"""moto's services: their folders are listed once, instead of for every request."""

from __future__ import annotations


def install() -> None:
    """Patch the list by which moto's server finds the service of a request."""
    from moto import backends

    if isinstance(backends.list_of_moto_modules, _Known):
        return
    backends.list_of_moto_modules = _Known(tuple(backends.list_of_moto_modules()))


class _Known:
    """Return the list of services."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __call__(self) -> tuple[str, ...]:
        return self._names
