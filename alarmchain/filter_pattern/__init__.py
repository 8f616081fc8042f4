"""The filter-pattern language of CloudWatch Logs: its syntax tree, parser and matching."""
