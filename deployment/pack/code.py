"""Zip the function's code: the same files give the same bytes on every machine."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from deployment.build import SHARED_MODULE, lambda_files
from deployment.pack.resource_names import CODE_FOLDER
from deployment.pack.rules import PackRule

HANDLER = f"alarmchain.{SHARED_MODULE.removesuffix('.py')}.lambda_handler"
_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip can hold."""
_READABLE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Code:
    """The function's zip and its S3 key.

    The key contains the content's hash: changed code has another key, so that CloudFormation
    notices the change, and a rollback finds the earlier code.
    """

    key: str
    data: bytes


def zip_code(rules: Iterable[PackRule]) -> Code:
    """Zip the controls of the rules, and everything that HANDLER imports.

    Raises DeploymentError.
    """
    controls = {
        f"alarmchain/controls/{rule.name}/control.toml": rule.folder / "control.toml"
        for rule in rules
    }
    files = {name: file.read_bytes() for name, file in controls.items()}
    buffer = io.BytesIO()
    # Not compressed: the output, and with it the hash, depends on the version of zlib.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted((files | dict(lambda_files(SHARED_MODULE))).items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = _READABLE
            entry.create_system = _UNIX
            archive.writestr(entry, content)
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return Code(f"{CODE_FOLDER}/{digest}.zip", data)
