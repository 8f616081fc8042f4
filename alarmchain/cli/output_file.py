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
    try:
        if path.is_dir():
            raise click.ClickException(f"cannot write {path}: it is a folder")
        if not folder.is_dir():
            raise click.ClickException(f"cannot write {path}: there is no folder {folder}")
        if _is_file(path):
            if path.exists() and not os.access(path, os.W_OK):
                raise click.ClickException(f"cannot write {path}: permission denied")
            descriptor, name = _beside(path.resolve())
            os.close(descriptor)
            Path(name).unlink()
        elif not os.access(path, os.W_OK):
            raise click.ClickException(f"cannot write {path}: permission denied")
    except OSError as error:
        raise _refusal(path, error) from None


def write(path: Path, text: str) -> None:
    """Puts `text` into the file, all at once.

    Raises click.ClickException where that fails after all; the text, which took its time, is on
    standard output then.
    """
    try:
        if _is_file(path):
            _replace(path.resolve(), text)
        else:
            path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        click.echo(text, nl=False)
        raise _refusal(path, error, "; what should be in it went to standard output") from None


def _is_file(path: Path) -> bool:
    """Else it is a pipe or a device, which there is no other to put in the place of."""
    return path.is_file() or not path.exists()


def _refusal(path: Path, error: OSError, more: str = "") -> click.ClickException:
    return click.ClickException(f"cannot write {path}: {error.strerror or error}{more}")


def _beside(path: Path) -> tuple[int, str]:
    """An open file in the same folder, and its name."""
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")


def _replace(path: Path, text: str) -> None:
    descriptor, name = _beside(path)
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
