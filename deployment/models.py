"""Models of the operations that a verdict can depend on, from the pinned botocore.

The runtime's botocore may be older and lack members. All of botocore has 25 MB; these few kB are
built into each rule, and `alarmchain/collector/sdk_models.py` merges them with the runtime's.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader

from alarmchain.collector import sdk_models as reading
from alarmchain.snapshot.sdk_gaps import NEWER_MEMBERS
from deployment.folders import CHECKOUT

FOLDER = reading.MODELS.relative_to(CHECKOUT)
OMITTED_KEYS = frozenset({"documentation", "enum", "max", "min", "pattern", "required"})
"""Keys of a shape that are not needed to read an answer, or could restrict a newer boto3."""


@cache
def models() -> Mapping[str, bytes]:
    """Return botocore extras files: name in the rule folder -> bytes. They are reproducible."""
    operations: dict[str, list[str]] = {}
    for kind in NEWER_MEMBERS:
        service, _, operation = kind.value.partition(":")
        operations.setdefault(service, []).append(operation)
    return {
        name: data
        for service, names in operations.items()
        for name, data in _service_models(service, names)
    }


def _service_models(service: str, operations: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    # Only botocore's own models: nothing from ~/.aws/models or AWS_DATA_PATH.
    loader = Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    version = loader.determine_latest_version(service, "service-2")
    model = loader.load_service_model(service, "service-2", version)
    pagination = loader.load_service_model(service, "paginators-1", version)["pagination"]
    kept = {name: _reduced(model["operations"][name]) for name in operations}
    merged = {
        "service-2": {"operations": kept, "shapes": _shapes(kept, model["shapes"])},
        "paginators-1": {
            "pagination": {name: pagination[name] for name in kept if name in pagination}
        },
    }
    for name, extra in merged.items():
        text = json.dumps({"version": 1.0, "merge": extra}, sort_keys=True, separators=(",", ":"))
        yield f"{FOLDER}/{service}/{version}/{name}.sdk-extras.json", text.encode()


def _shapes(operations: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shapes of the operations' requests, answers and errors, and their members'."""
    reduced: dict[str, Any] = {}
    pending = list(_shape_names(operations))
    while pending:
        name = pending.pop()
        if name not in reduced:
            reduced[name] = _reduced(shapes[name])
            pending += _shape_names(reduced[name])
    return reduced


def _shape_names(part: object) -> Iterator[str]:
    """Yield every shape to which a part of a model refers."""
    if isinstance(part, list):
        for item in part:
            yield from _shape_names(item)
    elif isinstance(part, dict):
        for value in part.values():
            yield from _shape_names(value)
        if isinstance(part.get("shape"), str):
            yield part["shape"]


def _reduced(part: Any) -> Any:
    """Return a shape or an operation, and its members, without OMITTED_KEYS."""
    reduced = {key: value for key, value in part.items() if key not in OMITTED_KEYS}
    if isinstance(reduced.get("members"), dict):
        reduced["members"] = {name: _reduced(member) for name, member in reduced["members"].items()}
    return reduced
