"""Zip the functions' code: the same files give the same bytes on every machine."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from deployment.build import lambda_files
from deployment.pack.resource_names import CODE_FOLDER

_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip can hold."""
_READABLE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Code:
    """A function's zip and its S3 key.

    The key contains the content's hash: changed code has another key, so that CloudFormation
    notices the change, and a rollback finds the earlier code.
    """

    key: str
    data: bytes


def zip_code(folder: Path) -> Code:
    """Zip the rule's module, its control and everything that it imports.

    Raises DeploymentError.
    """
    own = {name: (folder / name).read_bytes() for name in (f"{folder.name}.py", "control.toml")}
    buffer = io.BytesIO()
    # Not compressed: the output, and with it the hash, depends on the version of zlib.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted((own | dict(lambda_files())).items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = _READABLE
            entry.create_system = _UNIX
            archive.writestr(entry, content)
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return Code(f"{CODE_FOLDER}/{folder.name}/{digest}.zip", data)
