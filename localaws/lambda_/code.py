"""A function's code and layers, unpacked on disk as in Lambda."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from threading import Lock
from typing import Any

_lock = Lock()
_folder: tempfile.TemporaryDirectory[str] | None = None


def unpack(archive: bytes) -> Path:
    """Return a folder with the archive's files. The same bytes are unpacked only once.

    Raises zipfile.BadZipFile for bytes that are not a zip archive.
    """
    global _folder
    with _lock:
        if _folder is None:
            _folder = tempfile.TemporaryDirectory(prefix="localaws-code-")
        target = Path(_folder.name, hashlib.sha256(archive).hexdigest()[:32])
        if not target.exists():
            # Unpack under another name, then rename, so that nobody sees a half-unpacked folder.
            partial = Path(tempfile.mkdtemp(dir=_folder.name))
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                opened.extractall(partial)
            partial.rename(target)
        return target


def forget() -> None:
    """Remove every unpacked folder."""
    global _folder
    with _lock:
        if _folder is not None:
            _folder.cleanup()
            _folder = None


def search_path(function: Any) -> list[str]:
    """Return the folders for ``sys.path``: the function's code, then its layers in order.

    In a layer, Lambda's Python reads ``python/lib/pythonX.Y/site-packages`` and ``python``.
    """
    from moto.awslambda.utils import get_backend

    path = [str(unpack(function.code_bytes))]
    for layer in function.layers:
        arn = layer["Arn"]
        account, region = arn.split(":")[4], arn.split(":")[3]
        version = get_backend(account, region).layers_versions_by_arn(arn)
        if version is None:
            raise LookupError(f"layer version {arn} does not exist any more")
        root = unpack(version.code_bytes) / "python"
        path += [str(root / "lib" / str(function.run_time) / "site-packages"), str(root)]
    return path
