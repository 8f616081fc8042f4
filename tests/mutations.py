"""Every small change of a JSON document: each value is removed, doubled or replaced."""

import copy
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]

GARBAGE: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "minus": -1,
    "seven": 7,
    "huge": 1e308,
    "endless": 10**400,
    "infinity": float("inf"),
    "nan": float("nan"),
    "empty text": "",
    "text": "x",
    "star": "*",
    "control": "\x00\x1b[2J\n\u202e",
    "long": "y" * 5000,
    "foreign arn": "arn:aws:sns:eu-west-1:999988887777:alarms",
    "half an arn": "arn:aws:sns:us-east-1",
    "empty list": [],
    "list": [None],
    "texts": ["x"],
    "empty object": {},
    "object": {"x": 1},
    "deep": DEEP,
}
"""The values that replace a value, by a name for each."""


def places(document: Any, here: Place = ()) -> Iterator[Place]:
    """Yield the path of each value in the document, from the top down."""
    if isinstance(document, dict):
        members: Any = document.items()
    elif isinstance(document, list):
        members = enumerate(document)
    else:
        return
    for name, value in members:
        yield (*here, name)
        yield from places(value, (*here, name))


def changed(document: Any, place: Place, change: str) -> Any:
    """Return a copy with one change: "removed", "doubled" (a list's item) or a key of GARBAGE."""
    result = copy.deepcopy(document)
    holder = result
    for step in place[:-1]:
        holder = holder[step]
    if change == "removed":
        del holder[place[-1]]
    elif change == "doubled":
        holder.append(copy.deepcopy(holder[place[-1]]))
    else:
        holder[place[-1]] = GARBAGE[change]
    return result


def changes(document: Any) -> Iterator[tuple[Place, str]]:
    """Yield every place with every change that can be made there."""
    for place in places(document):
        yield place, "removed"
        if isinstance(place[-1], int):
            yield place, "doubled"
        for name in GARBAGE:
            yield place, name
