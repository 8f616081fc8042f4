"""The models of the operations that decide, taken from the pinned botocore and laid into each rule.

The whole of botocore is 25 MB; these few kB are merged into the runtime's own (`add_models` in
`alarmchain/collector/sdk_models.py`).
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
NOT_TAUGHT = frozenset({"documentation", "enum", "max", "min", "pattern", "required"})
"""Members of a shape that are no use in reading an answer, or could hold a newer boto3 back."""


@cache
def models() -> Mapping[str, bytes]:
    """Name in the rule folder -> botocore's extras file; the same bytes for the same botocore."""
    found: dict[str, list[str]] = {}
    for kind in NEWER_MEMBERS:
        service, _, operation = kind.value.partition(":")
        found.setdefault(service, []).append(operation)
    return {name: data for service in found for name, data in _of_service(service, found[service])}


def _of_service(service: str, operations: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    # Only what botocore itself brings: nothing of ~/.aws/models or AWS_DATA_PATH.
    loader = Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    version = loader.determine_latest_version(service, "service-2")
    model = loader.load_service_model(service, "service-2", version)
    pagination = loader.load_service_model(service, "paginators-1", version)["pagination"]
    wanted = {name: _bare(model["operations"][name]) for name in operations}
    merged = {
        "service-2": {"operations": wanted, "shapes": _shapes(wanted, model["shapes"])},
        "paginators-1": {"pagination": {n: pagination[n] for n in wanted if n in pagination}},
    }
    for name, extra in merged.items():
        text = json.dumps({"version": 1.0, "merge": extra}, sort_keys=True, separators=(",", ":"))
        yield f"{FOLDER}/{service}/{version}/{name}.sdk-extras.json", text.encode()


def _shapes(operations: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the operations' requests, answers and errors, and all that these hold."""
    found: dict[str, Any] = {}
    waiting = list(_named(operations))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _bare(shapes[name])
            waiting += _named(found[name])
    return found


def _named(part: object) -> Iterator[str]:
    """Every shape to which a part of a model refers."""
    if isinstance(part, list):
        for one in part:
            yield from _named(one)
    elif isinstance(part, dict):
        for value in part.values():
            yield from _named(value)
        if isinstance(part.get("shape"), str):
            yield part["shape"]


def _bare(part: Any) -> Any:
    """A shape or an operation, and the members that it holds, without what is not taught."""
    bare = {key: value for key, value in part.items() if key not in NOT_TAUGHT}
    if isinstance(bare.get("members"), dict):
        bare["members"] = {name: _bare(member) for name, member in bare["members"].items()}
    return bare
