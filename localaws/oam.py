"""Observability Access Manager: the links to monitoring accounts. moto does not have this service.

Source: the API reference of CloudWatch Observability Access Manager, CreateLink and ListLinks.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response

from localaws.bridge import Regional


@dataclass(slots=True)
class _Links:
    items: list[dict[str, Any]] = field(default_factory=list)


_links = Regional(_Links)


def answer(operation: str, account: str, region: str, body: bytes) -> Response:
    """Return the answer to a request. Raises NotImplementedError for another operation."""
    if operation not in _OPERATIONS:
        raise NotImplementedError(operation)
    result = _OPERATIONS[operation](account, region, json.loads(body or b"{}"))
    return Response(json.dumps(result), mimetype="application/json")


def _create_link(account: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
    name = str(uuid.uuid4())
    link = {
        "Arn": f"arn:aws:oam:{region}:{account}:link/{name}",
        "Id": name,
        "Label": request["LabelTemplate"],
        "ResourceTypes": request["ResourceTypes"],
        "SinkArn": request["SinkIdentifier"],
    }
    _links(account, region).items.append(link)
    return link | {"LabelTemplate": request["LabelTemplate"], "Tags": request.get("Tags", {})}


def _list_links(account: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
    return {"Items": _links(account, region).items}


_OPERATIONS: dict[str, Callable[[str, str, dict[str, Any]], dict[str, Any]]] = {
    "CreateLink": _create_link,
    "ListLinks": _list_links,
}
