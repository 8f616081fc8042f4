"""The error of the filter-pattern language."""

from __future__ import annotations


class PatternError(ValueError):
    """CloudWatch Logs refuses this filter pattern; the message says why, in one line."""
