"""Writes a report to a file, completely or not at all."""

import os
import sys
import tempfile
from pathlib import Path

import click

from alarmchain.cli.standard_streams import abandon

STANDARD_OUTPUT = Path("-")


def is_standard_output(path: Path) -> bool:
    """Return whether the path is STANDARD_OUTPUT or a file that standard output already writes to.

    Such a file, for example /dev/stdout of `>> log`, must not be replaced.
    """
    if path == STANDARD_OUTPUT:
        return True
    try:
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except OSError:  # there is no such file, or standard output is no file
        return False


def check_writable(path: Path) -> None:
    """Raise click.ClickException if the file cannot be written, before the work begins."""
    folder = path.parent
    try:
        if path.is_dir():
            raise click.ClickException(f"cannot write {path}: it is a folder")
        if not folder.is_dir():
            raise click.ClickException(f"cannot write {path}: there is no folder {folder}")
        if _is_file(path):
            if path.exists() and not os.access(path, os.W_OK):
                raise click.ClickException(f"cannot write {path}: permission denied")
            descriptor, name = _temporary_file(path.resolve())
            os.close(descriptor)
            Path(name).unlink()
        elif not os.access(path, os.W_OK):
            raise click.ClickException(f"cannot write {path}: permission denied")
    except OSError as error:
        raise _refusal(path, error) from None


def write(path: Path, text: str) -> None:
    """Write `text` to the file, replacing the old file in one step.

    Raises click.ClickException if that fails; the text, which took time to make, is then written to
    standard output.
    """
    try:
        if _is_file(path):
            _replace(path.resolve(), text)
        else:
            path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        try:
            click.echo(text, nl=False)
            instead = "the report was written to standard output instead"
        except OSError:
            abandon(sys.stdout)
            instead = "standard output cannot be written either"
        raise _refusal(path, error, f"; {instead}") from None


def _is_file(path: Path) -> bool:
    """Return whether it is a regular or a new file. Pipes and devices cannot be replaced."""
    return path.is_file() or not path.exists()


def _refusal(path: Path, error: OSError, more: str = "") -> click.ClickException:
    return click.ClickException(f"cannot write {path}: {error.strerror or error}{more}")


def _temporary_file(path: Path) -> tuple[int, str]:
    """Return the descriptor and the name of a new temporary file in the same folder."""
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")


def _replace(path: Path, text: str) -> None:
    descriptor, name = _temporary_file(path)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Return the mode of the file, or of a new one; only its owner may read a temporary file."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
