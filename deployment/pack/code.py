"""The functions' code as zips: the same bytes for the same files, on every machine."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from deployment.build import lambda_files
from deployment.pack.resource_names import CODE_FOLDER

_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest that a zip can hold."""
_READABLE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Code:
    """A function's zip and the S3 key under which it is looked for.

    The key holds the content's hash: another code is another key, so that CloudFormation sees the
    change, and a roll-back finds the code that it goes back to.
    """

    key: str
    data: bytes


def zipped(folder: Path) -> Code:
    """The rule's module and control with all that they import. Raises ProblemError."""
    own = {name: (folder / name).read_bytes() for name in (f"{folder.name}.py", "control.toml")}
    buffer = io.BytesIO()
    # Not compressed: compressors differ between versions of zlib, and with them the hash.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted((own | dict(lambda_files())).items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = _READABLE
            entry.create_system = _UNIX
            archive.writestr(entry, content)
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return Code(f"{CODE_FOLDER}/{folder.name}/{digest}.zip", data)
