"""The alarms of one region that were read so far, by what they watch."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from alarmchain.chain.alarm.metric_alarm import MetricAlarm
from alarmchain.chain.api_item import mapping, strings, text
from alarmchain.chain.composite_alarm.composite_alarm import CompositeAlarm
from alarmchain.chain.metric.metric_signal import Metric
from alarmchain.snapshot.snapshot import Item

_QUERY = "SELECT"
"""The first word of a Metrics Insights query."""


class AlarmIndex:
    """Metric, composite and log alarms: items of DescribeAlarms."""

    def __init__(
        self, metric: Iterable[Item], composite: Iterable[Item], log: Iterable[Item]
    ) -> None:
        self._metric = tuple(metric)
        self._composite = tuple(composite)
        self._log = tuple(log)
        self._on: dict[tuple[str, str], list[MetricAlarm]] = {}

    def on(self, metric: Metric) -> list[MetricAlarm]:
        """Return the alarms on a metric of that namespace and name, with any dimensions."""
        place = (metric.namespace, metric.name)
        if place not in self._on:
            named = self._named(metric.name)
            here = (item for item in named if text(item, "Namespace") == metric.namespace)
            self._on[place] = [MetricAlarm.read(item) for item in here]
        return self._on[place]

    def in_other_namespaces(self, metric: Metric) -> list[MetricAlarm]:
        """Return the alarms on a metric of that name in another namespace."""
        named = self._named(metric.name)
        return [
            MetricAlarm.read(item) for item in named if text(item, "Namespace") != metric.namespace
        ]

    def near(self, metric: Metric) -> list[str]:
        """Return the names of the alarms on a single metric of its namespace or name."""
        return [
            text(item, "AlarmName")
            for item in self._metric
            if metric.name == item.get("MetricName") or metric.namespace == item.get("Namespace")
        ]

    @property
    def count(self) -> int:
        """How many alarms of all kinds were read."""
        return len(self._metric) + len(self._composite) + len(self._log)

    def computing(self, metric: Metric) -> list[MetricAlarm]:
        """Return the alarms whose metric math uses the metric."""
        return self._computing.get(metric, [])

    def unsupported(self, metric: Metric) -> list[tuple[MetricAlarm, str]]:
        """Return the alarms that may watch the metric by unsupported means, each with the problem.

        A query that does not name the metric does not watch it.
        """
        return [
            (MetricAlarm.read(item), problem)
            for item, problem, query in self._unsupported
            if not query or _names(query, metric.name) or "__name__" in query
        ]

    def of_log_group(self, name: str) -> list[Item]:
        """Return the log alarms that query the log group."""
        return [
            item
            for item in self._log
            if any(
                name in (identifier, identifier.partition(":log-group:")[2].removesuffix(":*"))
                for identifier in strings(
                    mapping(item, "ScheduledQueryConfiguration"), "LogGroupIdentifiers"
                )
            )
        ]

    def depending_on(self, names: Iterable[str]) -> dict[str, CompositeAlarm]:
        """Return the composites that refer to one of the alarms, directly or not, by name.

        A composite whose rule cannot be parsed refers to the alarms whose names are in its text.
        """
        parents: dict[str, CompositeAlarm] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            unreadable = (
                composite for composite, rule in self._unreadable if not rule or _names(rule, name)
            )
            for parent in (*self._parents.get(name, ()), *unreadable):
                if parent.name not in parents:
                    parents[parent.name] = parent
                    waiting.append(parent.name)
        return parents

    def beneath(self, composites: Iterable[CompositeAlarm]) -> dict[str, CompositeAlarm]:
        """Return the composites and all composites to which they refer, by name."""
        known: dict[str, CompositeAlarm] = {}
        waiting = list(composites)
        while waiting:
            composite = waiting.pop()
            if composite.name not in known:
                known[composite.name] = composite
                children = (self.composites.get(name) for name in composite.children())
                waiting += [child for child in children if child is not None]
        return known

    def states(self, composites: Iterable[CompositeAlarm]) -> dict[str, Item]:
        """Return the items of the composites, their children and suppressors, by name."""
        names = {
            name
            for composite in composites
            for name in (composite.name, composite.suppressor, *composite.children())
        }
        return {name: self._items[name] for name in names if name in self._items}

    def item(self, name: str) -> Item:
        """Return the item of the alarm of any kind, an empty one if it was not read."""
        return self._items.get(name, {})

    @cached_property
    def composites(self) -> Mapping[str, CompositeAlarm]:
        """All composite alarms by name."""
        composites = (CompositeAlarm.read(item) for item in self._composite)
        return {composite.name: composite for composite in composites}

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        collections = (self._log, self._metric, self._composite)
        return {text(item, "AlarmName"): item for collection in collections for item in collection}

    @cached_property
    def _parents(self) -> Mapping[str, list[CompositeAlarm]]:
        parents: dict[str, list[CompositeAlarm]] = {}
        for composite in self.composites.values():
            for child in composite.children():
                parents.setdefault(child, []).append(composite)
        return parents

    @cached_property
    def _unreadable(self) -> list[tuple[CompositeAlarm, str]]:
        """The composites whose rule cannot be parsed, with its text."""
        return [
            (composite, text(self._items[name], "AlarmRule"))
            for name, composite in self.composites.items()
            if not composite.rules
        ]

    def _named(self, name: str) -> list[Item]:
        """Return the alarms on a single metric of that name."""
        first, further = self._by_name
        return [first[name], *further.get(name, ())] if name in first else []

    @cached_property
    def _by_name(self) -> tuple[Mapping[str, Item], Mapping[str, list[Item]]]:
        """The first alarm on each metric's name, and the further ones.

        A list for each name would mean about as many lists as alarms. Each would bring the next run
        of Python's garbage collector closer, which visits everything that was read.
        """
        first: dict[str, Item] = {}
        further: dict[str, list[Item]] = {}
        for item in self._metric:
            if not item.get("Metrics"):
                name = text(item, "MetricName")
                if first.setdefault(name, item) is not item:
                    further.setdefault(name, []).append(item)
        return first, further

    @cached_property
    def _math(self) -> list[tuple[Item, MetricAlarm]]:
        return [(item, MetricAlarm.read(item)) for item in self._metric if item.get("Metrics")]

    @cached_property
    def _computing(self) -> Mapping[Metric, list[MetricAlarm]]:
        index: dict[Metric, list[MetricAlarm]] = {}
        for item, alarm in self._math:
            for metric in () if item.get("MetricName") else alarm.watches():
                index.setdefault(metric, []).append(alarm)
        return index

    @cached_property
    def _unsupported(self) -> list[tuple[Item, str, str]]:
        """Alarms, why they are not supported, and the query they evaluate ("" if unknown)."""
        unsupported: list[tuple[Item, str, str]] = []
        for item in self._named(""):
            criteria = item.get("EvaluationCriteria")
            problem = "evaluates a PromQL query" if criteria else "names no metric"
            unsupported.append((item, problem, str(criteria or "")))
        for item, alarm in self._math:
            expressions = [query.expression for query in alarm.queries]
            queries = [text for text in expressions if _QUERY in text.upper()]
            if item.get("MetricName"):
                unsupported.append((item, "names a metric and metric math at once", ""))
            elif queries:
                unsupported.append((item, "evaluates a Metrics Insights query", " ".join(queries)))
            elif not alarm.queries:
                unsupported.append((item, "has unreadable metric math", ""))
        return unsupported


def _names(query: str, metric: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(metric)}(?!\w)", query) is not None
