"""CloudWatch Logs: metric filters that match, limit, page, and feed CloudWatch metrics.

matcher is the filter-pattern language; filters turns a log event into a data point; both are
pure. api and install put them into moto.
"""

from localaws.logs.install import install

__all__ = ["install"]
