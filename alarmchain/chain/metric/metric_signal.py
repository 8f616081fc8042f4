"""What one event writes to CloudWatch metrics: the interface of metric filters and alarms."""

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

    `value`: the number for a matching event, None if it is not known in advance. `default`: the
    number for minutes with other log events only, None if nothing is written for them. `unit`: the
    unit it is written with ("None" if the filter names none).
    """

    value: float | None = 1.0
    default: float | None = None
    unit: str = "None"


@dataclass(frozen=True, slots=True)
class MetricSignal:
    """What a metric receives from one event, and what it receives all day long.

    `sure`: what the filters write that surely match the event. `maybe`: what filters on the same
    metric write that may match it too; their default values count as well. `others`: what filters
    write for other events, any number of which may come in the same period; it counts only where
    `statistic_series` is asked for it. `routine`: what filters write for routine records in every
    period, any number of times; `routine_writers`: what a message calls these filters.
    `possible`: what filters may write all day long, or never; `possible_reason`: which filters, as
    a sentence; `possible_remedy`: what to do about them.
    """

    metric: Metric
    sure: tuple[Contribution, ...] = (Contribution(),)
    maybe: tuple[Contribution, ...] = ()
    others: tuple[Contribution, ...] = ()
    routine: tuple[Contribution, ...] = ()
    routine_writers: str = ""
    possible: tuple[Contribution, ...] = ()
    possible_reason: str = ""
    possible_remedy: str = ""
