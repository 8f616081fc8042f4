"""Conditions joined by ``&&`` and ``||``, as a flat program for a stack machine.

A pattern of 1,024 characters can nest its parentheses hundreds deep. A flat program needs no
recursion, so no depth can exhaust Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Join:
    """Replace the ``count`` newest truth values by one value: all of them, or any of them."""

    all_of: bool
    count: int


type Program[Condition] = tuple[Condition | Join, ...]


def join[Condition](all_of: bool, parts: list[Program[Condition]]) -> Program[Condition]:
    """Return the program that runs ``parts`` and joins their results."""
    if len(parts) == 1:
        return parts[0]
    steps = [step for part in parts for step in part]
    return (*steps, Join(all_of, len(parts)))


def run(program: tuple[Any, ...], test: Callable[[Any], bool]) -> bool:
    """Return the program's truth value; ``test`` decides a single condition."""
    stack: list[bool] = []
    for step in program:
        if isinstance(step, Join):
            newest = stack[-step.count :]
            del stack[-step.count :]
            stack.append(all(newest) if step.all_of else any(newest))
        else:
            stack.append(test(step))
    return stack[0]
