"""The one error of the filter-pattern language."""

from __future__ import annotations


class PatternError(ValueError):
    """CloudWatch Logs would refuse this filter pattern; the message says why, on one line."""
