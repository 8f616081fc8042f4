"""The filter-pattern language of CloudWatch Logs: read it, run it on a record, prove it."""
