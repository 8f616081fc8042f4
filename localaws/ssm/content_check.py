"""The check of an Automation document's content when it is created or updated, as on AWS."""

from __future__ import annotations

import json
from functools import wraps
from typing import Any

import yaml

from localaws.errors import AwsError
from localaws.ssm.document import DocumentError, UnsupportedError, read


def install() -> None:
    """Patch moto's backend."""
    from moto.ssm.models import SimpleSystemManagerBackend as Backend

    if hasattr(Backend.create_document, "__wrapped__"):
        return
    create, update = Backend.create_document, Backend.update_document

    @wraps(create)
    def create_document(self: Any, **request: Any) -> Any:
        if request["document_type"] == "Automation":
            _check(request["content"], request["document_format"])
        return create(self, **request)

    @wraps(update)
    def update_document(self: Any, **request: Any) -> Any:
        documents = self._documents.get(request["name"])
        if documents and documents.get_default_version().document_type == "Automation":
            _check(request["content"], request["document_format"])
        return update(self, **request)

    Backend.create_document = create_document  # type: ignore[method-assign]
    Backend.update_document = update_document  # type: ignore[method-assign]


def _check(content: str, document_format: str) -> None:
    """Raise InvalidDocumentContent for content that AWS refuses.

    Content that only the local AWS cannot run is accepted; its execution fails.
    """
    try:
        body = yaml.safe_load(content) if document_format == "YAML" else json.loads(content)
        if not isinstance(body, dict):
            raise DocumentError("the content is not an object")
        read(body)
    except UnsupportedError:
        return
    except (ValueError, yaml.YAMLError) as error:
        raise AwsError("InvalidDocumentContent", str(error).splitlines()[0]) from None
