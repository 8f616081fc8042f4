"""What one event writes to CloudWatch metrics: where metric filters and alarms meet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Metric:
    """A metric's identity within one region and account. `dimensions` are sorted pairs."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one metric filter writes to a metric.

    `value`: the number for a matching event, None where it is not known beforehand.
    `default`: the number for periods whose events do not match, None where nothing is written.
    `unit`: the unit it is written with ("None" if the filter names none).
    """

    value: float | None = 1.0
    default: float | None = None
    unit: str = "None"


@dataclass(frozen=True, slots=True)
class MetricSignal:
    """What a metric receives when one event of the class comes, the metric else being silent.

    `sure`: written by the filters that match every event at hand, `maybe`: by filters on the same
    metric that may or may not match it too (and whose default values are written as well).
    `doubt`: why nothing certain is known of the metric ("" if something is), e.g. that filters of
    other log groups write to it too. `others`: what other events make filters write, any number of
    which may come in the same period; nothing of it counts unless it is asked for.
    """

    metric: Metric
    sure: tuple[Contribution, ...] = (Contribution(),)
    maybe: tuple[Contribution, ...] = ()
    doubt: str = ""
    others: tuple[Contribution, ...] = ()
