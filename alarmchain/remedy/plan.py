"""Search the fewest commands after which the rule is COMPLIANT. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from alarmchain.arn import Arn
from alarmchain.chain.trail.trail import Trail
from alarmchain.control import Control
from alarmchain.decision.assess import assess
from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.parameters import Parameters
from alarmchain.place import Place
from alarmchain.remediation.filter_patterns import filter_patterns
from alarmchain.remedy.change import (
    EMAIL,
    Change,
    Changed,
    Metric,
    allow_cloudwatch,
    create_topic,
    put_alarm,
    put_filters,
    start_logging,
    subscribe,
)
from alarmchain.snapshot.query import SnapshotQuery
from alarmchain.snapshot.snapshot import Item, Snapshot

SUFFIX = "-alarmchain"
MOST_METRICS, MOST_TOPICS = 10, 3
"""Existing metrics and topics that are tried; more would only cost time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What closes a finding.

    `before`: the finding. `changes`: empty if nothing is needed or no command can help.
    `snapshot`: the account after the changes. `after`: the assessment of that account; if it is not
    covered, its fault is what a person must fix first.
    """

    before: Assessment
    after: Assessment
    snapshot: Snapshot
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _LogGroup:
    arn: Arn
    name: str


def make_plan(
    control: Control, snapshot: Snapshot, region: str, parameters: Parameters, email: str
) -> Plan:
    """Return the plan for one rule in one region. `email`: the person to notify, or ""."""
    before = assess(control, snapshot, region, parameters)
    if before.outcome in (Outcome.COVERED, Outcome.NOT_APPLICABLE):
        return Plan(before, before, snapshot)
    search = _Search(control, region, parameters, email)
    furthest = before
    for account in _with_logging(Changed(snapshot), region):
        for group in _log_groups(account.snapshot, region):
            everything = search.everything(account, group)
            possible = assess(control, everything.snapshot, region, parameters)
            if possible.outcome is not Outcome.COVERED:
                if len(possible.chain) >= len(furthest.chain):
                    furthest = possible
                continue
            for candidate in sorted(
                search.candidates(account, group), key=lambda each: len(each.changes)
            ):
                after = assess(control, candidate.snapshot, region, parameters)
                if after.outcome is Outcome.COVERED:
                    return Plan(before, after, candidate.snapshot, candidate.changes)
            return Plan(before, possible, everything.snapshot, everything.changes)
    return Plan(before, furthest, snapshot)


def _with_logging(account: Changed, region: str) -> Iterator[Changed]:
    """Yield the account as it is, then with each stopped trail of it started."""
    yield account
    for item in _trails(account.snapshot, region):
        stopped = item.get("Status", {}).get("IsLogging") is False
        if stopped and Trail.read(item).owner == account.snapshot.account:
            yield start_logging(account, item)


def _trails(snapshot: Snapshot, region: str) -> Sequence[Item]:
    """Return the trails that may record the region, also those of other home regions."""
    return SnapshotQuery(snapshot).trails(Place(snapshot.account, region)).value


def _log_groups(snapshot: Snapshot, region: str) -> list[_LogGroup]:
    """Return the account's log groups to which trails deliver; multi-region trails come first."""
    trails = [Trail.read(item) for item in _trails(snapshot, region)]
    trails.sort(key=lambda trail: (not trail.multi_region, trail.name))
    groups = [
        _LogGroup(trail.log_group, trail.log_group_name)
        for trail in trails
        if trail.log_group is not None and trail.log_group.account == snapshot.account
    ]
    return list(dict.fromkeys(groups))


class _Search:
    """The candidates for one rule in one region."""

    def __init__(self, control: Control, region: str, parameters: Parameters, email: str) -> None:
        self._control = control
        self._parameters = parameters
        self._email = email
        calls = parameters.calls(control)
        self._patterns = filter_patterns(control, calls) if calls else []
        classes = parameters.required_classes(control, region=region, account=None)
        self._classes = tuple(classes.values())
        self._patterns += [records.pattern for records in self._classes if records.pattern]

    def everything(self, account: Changed, group: _LogGroup) -> Changed:
        """Return the account with a filter, an alarm, a topic and a subscriber, all new."""
        changed, topic = self._new_topic(account, group)
        changed, metric = self._filters(changed, group)
        return self._alarm(changed, group, metric, topic)

    def candidates(self, account: Changed, group: _LogGroup) -> Iterator[Changed]:
        """Yield what might do; what reuses more comes first among equally many commands."""
        metrics = self._metrics(account.snapshot, group)[:MOST_METRICS]
        existing = list(self._topics(account, group, metrics))
        topics = [*existing, self._new_topic(account, group)]
        for changed, _ in existing:
            yield changed
            for metric in metrics:
                yield self._filters(changed, group, metric)[0]
        for changed, topic in topics:
            for metric in metrics:
                yield self._alarm(changed, group, metric, topic)
        for changed, topic in topics:
            with_filters, metric = self._filters(changed, group)
            yield self._alarm(with_filters, group, metric, topic)

    def _metrics(self, snapshot: Snapshot, group: _LogGroup) -> list[Metric]:
        """Return the metrics that count some of the rule's records, and so serve this rule."""
        place = Place(snapshot.account, group.arn.region)
        filters = SnapshotQuery(snapshot).metric_filters(group.name, place).value
        return list(
            dict.fromkeys(
                metric
                for metric_filter in filters
                if any(metric_filter.may_match(records) for records in self._classes)
                for metric in _written({"metricTransformations": metric_filter.transformations})
            )
        )

    def _topics(
        self, account: Changed, group: _LogGroup, metrics: Iterable[Metric]
    ) -> Iterator[tuple[Changed, str]]:
        """Yield the account with each topic that the group's alarms notify, and with it completed.

        The topic of the control's name is tried, too. Other topics serve other people.
        """
        snapshot, region = account.snapshot, group.arn.region
        watched = {(metric.namespace, metric.name) for metric in metrics}
        arns = [
            arn
            for alarm in snapshot.collection("metric_alarms", region)
            if (alarm.get("Namespace"), alarm.get("MetricName")) in watched
            for arn in alarm.get("AlarmActions", ())
        ]
        arns.append(self._topic_arn(group, ""))
        known = {str(item["TopicArn"]): item for item in snapshot.collection("topics", region)}
        own = [
            arn
            for arn in dict.fromkeys(arns)
            if arn in known and arn.split(":")[4] == snapshot.account
        ]
        for arn in own[:MOST_TOPICS]:
            topic = known[arn]
            email = self._email or _pending(topic) or EMAIL
            yield account, arn
            yield subscribe(account, topic, email), arn
            try:
                allowed = allow_cloudwatch(account, topic)
            except (ValueError, AttributeError):
                continue
            yield allowed, arn
            items = allowed.snapshot.collection("topics", region)
            topic = next(item for item in items if item["TopicArn"] == arn)
            yield subscribe(allowed, topic, email), arn

    def _new_topic(self, account: Changed, group: _LogGroup) -> tuple[Changed, str]:
        taken = {
            item["TopicArn"] for item in account.snapshot.collection("topics", group.arn.region)
        }
        arn = next(
            arn
            for arn in (self._topic_arn(group, suffix) for suffix in _suffixes())
            if arn not in taken
        )
        changed = create_topic(account, arn)
        items = changed.snapshot.collection("topics", group.arn.region)
        topic = next(item for item in items if item["TopicArn"] == arn)
        return subscribe(changed, topic, self._email or EMAIL), arn

    def _topic_arn(self, group: _LogGroup, suffix: str) -> str:
        arn, name = group.arn, self._control.names["TopicName"]
        return f"arn:{arn.partition}:sns:{arn.region}:{arn.account}:{name}{suffix}"

    def _filters(
        self, account: Changed, group: _LogGroup, metric: Metric | None = None
    ) -> tuple[Changed, Metric]:
        """Return the account with new filters, and their metric: the given one, or a free one."""
        items = account.snapshot.collection("metric_filters", group.arn.region)
        names = {item.get("filterName") for item in items if item["logGroupName"] == group.name}
        written = {(one.namespace, one.name) for item in items for one in _written(item)}
        own = self._control.names
        namespace = self._parameters.metric_namespace or own["MetricNamespace"]
        if metric is None:
            fixed = self._parameters.metric_name
            metric = Metric(
                namespace,
                fixed
                or next(
                    name
                    for name in (own["MetricName"] + suffix for suffix in _suffixes())
                    if (namespace, name) not in written
                ),
            )
        free = (
            name
            for name in (own["FilterName"] + suffix for suffix in _suffixes())
            if name not in names
        )
        patterns = {next(free): pattern for pattern in self._patterns}
        return put_filters(account, group.arn, group.name, patterns, metric), metric

    def _alarm(self, account: Changed, group: _LogGroup, metric: Metric, topic: str) -> Changed:
        region = group.arn.region
        taken = {
            item.get("AlarmName")
            for collection in ("metric_alarms", "composite_alarms", "log_alarms")
            for item in account.snapshot.collection(collection, region)
        }
        own = self._control.names["AlarmName"]
        name = self._parameters.alarm_name or next(
            name for name in (own + suffix for suffix in _suffixes()) if name not in taken
        )
        replaced = " It replaces the alarm of this name." if name in taken else ""
        return put_alarm(account, region, name, metric, topic, self._control, replaced)


def _written(item: Item) -> list[Metric]:
    """Return the metrics without dimensions to which a filter writes."""
    return [
        Metric(str(one.get("metricNamespace")), str(one.get("metricName")))
        for one in item.get("metricTransformations", ())
        if not one.get("dimensions")
    ]


def _pending(topic: Item) -> str:
    """Return an e-mail address that has not confirmed its subscription, or ""."""
    for subscription in topic.get("Subscriptions", ()):
        confirmed = str(subscription.get("SubscriptionArn")).startswith("arn:")
        endpoint = str(subscription.get("Endpoint") or "")
        if subscription.get("Protocol") == "email" and not confirmed and "@" in endpoint:
            return endpoint
    return ""


def _suffixes() -> Iterator[str]:
    """Yield what is added to a name that is taken."""
    yield ""
    yield SUFFIX
    for number in count(2):
        yield f"{SUFFIX}-{number}"
