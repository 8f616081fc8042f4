"""A metric filter as a template describes it."""

from dataclasses import dataclass


class TemplateError(ValueError):
    """A file that cannot be used as a template; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """A metric filter, under the `name` that the template gives it.

    `log_group`: the log group's name, or a placeholder that is the same for the same log group.
    `pattern`: the filter pattern, or None if the template alone does not determine it; then
    `unresolved` names what the pattern depends on.
    """

    name: str
    log_group: str
    pattern: str | None
    unresolved: str = ""
