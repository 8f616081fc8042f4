"""CloudWatch Logs filter patterns: compile a pattern and match messages with it.

This is independent of the prover on purpose: a second parser (lark) and a second semantics
(two-valued, on real records), so that tests can compare the two. Our choices where AWS's
documentation says nothing are listed at the top of values.py, regex.py and text_pattern.py. In
addition: keywords can be in any case; barewords can contain ``- / :``; ``$['x']`` equals
``$.['x']``; unquoted names in selectors are ASCII letters, digits, ``_`` and ``-``.
"""

from __future__ import annotations

from typing import Protocol

from localaws.logs.errors import PatternError
from localaws.logs.json_pattern import compile_json
from localaws.logs.space_pattern import compile_space
from localaws.logs.text_pattern import compile_text

__all__ = ["MAX_LENGTH", "Matcher", "PatternError", "compile"]

MAX_LENGTH = 1024


class Matcher(Protocol):
    """A compiled filter pattern."""

    def matches(self, message: str) -> bool:
        """Return whether a metric filter with this pattern counts the log event ``message``."""

    def extracted(self, message: str) -> dict[str, str]:
        """Return the values of the pattern's fields for a message that matches."""


def compile(pattern: str) -> Matcher:  # noqa: A001 - the name that the language's users know
    """Compile a filter pattern of any kind.

    Raises PatternError if CloudWatch Logs refuses the pattern.
    """
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"a filter pattern of {len(pattern)} characters: at most {MAX_LENGTH}")
    stripped = pattern.strip(" \t\r\n")
    if stripped.startswith("{"):
        return compile_json(pattern)
    if stripped.startswith("["):
        return compile_space(pattern)
    return compile_text(pattern)
