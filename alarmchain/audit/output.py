"""Where a report goes: standard output, or a file that is there whole or not at all."""

import os
import tempfile
from pathlib import Path

import click


def writable(path: Path) -> None:
    """Asked before the work, not after it.

    Raises click.ClickException where a file could not be written.
    """
    folder = path.parent
    if path.is_dir():
        raise click.ClickException(f"cannot write {path}: it is a folder")
    if not folder.is_dir():
        raise click.ClickException(f"cannot write {path}: there is no folder {folder}")
    if not os.access(folder if not path.exists() or path.is_file() else path, os.W_OK):
        raise click.ClickException(f"cannot write {path}: permission denied")


def write(path: Path, text: str) -> None:
    """Puts `text` into the file, all at once. Raises click.ClickException."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device
            path.write_text(text, encoding="utf-8", errors="replace")
        else:
            _replace(path.resolve(), text)
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """What the file has, or what a new one would get; a temporary file is for its owner alone."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
