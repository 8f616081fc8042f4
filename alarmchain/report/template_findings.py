"""What a template's metric filters cover of each rule, for a report of any format."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alarmchain.template.coverage import InvalidFilterError, LogGroupCoverage
from alarmchain.template.template_filter import TemplateFilter


@dataclass(frozen=True, slots=True)
class TemplateFindings:
    """The answer about one template file.

    `coverages`: by the rule's name. `filters`: all metric filters of the template. `error`: in one
    line why the file cannot be used, "" if it can. `invalid`: the invalid pattern, if that is why.
    """

    path: str
    coverages: Mapping[str, LogGroupCoverage] = field(default_factory=dict)
    filters: tuple[TemplateFilter, ...] = ()
    error: str = ""
    invalid: InvalidFilterError | None = None

    @property
    def exit_code(self) -> int:
        """Return 2 if the file cannot be used, else 1 if a rule is not covered, else 0."""
        if self.error:
            return 2
        return int(not all(coverage.covered for coverage in self.coverages.values()))
