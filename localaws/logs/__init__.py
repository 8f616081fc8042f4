"""CloudWatch Logs: metric filters with patterns, limits and pages, which feed CloudWatch metrics.

matcher is the filter-pattern language; filters turns a log event into a data point. Both are pure.
api and patches add them to moto.
"""


def install() -> None:
    """Patch moto's CloudWatch Logs in this process; a second call does nothing."""
    # Import here, so that the pure parts do not need moto.
    from localaws.logs.patches import install as patch

    patch()
