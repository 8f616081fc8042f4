"""moto's services: their folders are listed once, not for every request."""

from __future__ import annotations


def install() -> None:
    """Patch the list that moto's server asks to which service a request goes."""
    from moto import backends

    if isinstance(backends.list_of_moto_modules, _Known):
        return
    backends.list_of_moto_modules = _Known(tuple(backends.list_of_moto_modules()))


class _Known:
    """The list, as a function returns it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __call__(self) -> tuple[str, ...]:
        return self._names
