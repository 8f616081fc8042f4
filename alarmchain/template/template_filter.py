"""The metric filters of a template, and the log groups that they are on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

_UNKNOWN = "${"
"""How a region or an account begins that the template does not determine."""


class TemplateError(ValueError):
    """A file that cannot be used as a template; the message says why, in one line."""


class Identity(Enum):
    """What a log group's name in a template is: the name itself, a resource of the template, or a
    reference to something else."""

    NAME = "name"
    RESOURCE = "resource"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class TemplateLogGroup:
    """A log group as a template describes it. Equal values are the same log group.

    `region`, `account`: "" for the default of the template. A text that begins with `${` is not
    known, but is the same for the same region or account. `referred_by`: the resource or module
    whose expression refers to the log group, if the expression may change what is referred to.
    """

    name: str
    identity: Identity = Identity.NAME
    region: str = ""
    account: str = ""
    referred_by: str = ""

    def may_be(self, other: "TemplateLogGroup") -> bool:
        """Return False if the two are certainly different log groups."""
        both_known = self.identity is other.identity is not Identity.REFERENCE
        if self.name != other.name and both_known:
            return False
        regions = self.region, other.region
        return regions[0] == regions[1] or any(
            not region or region.startswith(_UNKNOWN) for region in regions
        )


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """A metric filter, under the `name` that the template gives it.

    `pattern`: the filter pattern, or None if the template alone does not determine it; then
    `unresolved` names what the pattern depends on. `item`: its other members that are known, as
    DescribeMetricFilters returns them. `doubts`: why the filter may differ from what is read here.
    `line`: of the pattern in the file, from 1 on; 0 if the file has no line for it.
    """

    name: str
    log_group: TemplateLogGroup
    pattern: str | None
    unresolved: str = ""
    item: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """The metric filters of a template, in its order.

    `left_out`: the false condition of each filter that is therefore not made, by the filter's name.
    `unread`: sentences that say where the template may have more metric filters.
    """

    filters: tuple[TemplateFilter, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
