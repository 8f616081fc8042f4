"""CloudWatch Logs: metric filters that match, limit, page, and feed CloudWatch metrics.

matcher is the filter-pattern language; filters turns a log event into a data point; both are
pure. api and patches put them into moto.
"""


def install() -> None:
    """Patch moto's CloudWatch Logs in this process; the second time does nothing."""
    # Imported here so that the pure parts need no moto.
    from localaws.logs.patches import install as patch

    patch()
