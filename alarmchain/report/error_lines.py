"""What could not be assessed, one line for each cause, for standard error."""

from collections.abc import Iterator

from alarmchain.report.causes import find_causes
from alarmchain.report.findings import Findings
from alarmchain.report.places import Scope, joined


def error_lines(findings: Findings) -> Iterator[str]:
    """Yield a line for each cause: which rules, where, and the error, not yet made visible."""
    scope = Scope.of(findings)
    for cause in find_causes(findings):
        if cause.failures:
            labels = [scope.labels[account] for account in cause.accounts]
            where = scope.words(cause.places) or f"account {labels[0]}"
            if cause.rules:
                where = f"{scope.rule_words(cause.rules, cause.places)} in {where}"
                if len(scope.labels) == 1:
                    where += f" of {labels[0]}"
            if len(labels) > 1:
                where += f" ({joined(labels, 'accounts')})"
            yield f"{where}: {cause.title}"
