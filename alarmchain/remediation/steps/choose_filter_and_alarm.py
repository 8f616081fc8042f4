"""Choose metric filters and an alarm to reuse, correct or make. Changes nothing."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from alarmchain.remediation.steps.clients import client
from alarmchain.remediation.steps.patterns import patterns
from alarmchain.remediation.steps.suffix import SUFFIX

SETTINGS = {
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "ActionsEnabled": True,
}
NARROWING = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
STUCK = timedelta(hours=24)
MOST_FILTERS = 100  # of a log group (CloudWatch Logs quotas)


def candidates(events: dict[str, Any], name: str) -> list[str]:
    """Return the names to try, in this order; a given name only."""
    pinned, default = events[name], events["Names"][name]
    return [pinned] if pinned else [default, default + SUFFIX]


def named(base: str, events: dict[str, Any]) -> dict[str, str]:
    """Return the patterns by the names of their filters."""
    return {f"{base}-{n}" if n > 1 else base: one for n, one in enumerate(events["Patterns"], 1)}


def event_names(text: str, sources: set[str]) -> set[str]:
    """Return the calls that a pattern of the published form matches; none for other patterns.

    That form is eventName equalities joined by ||, optionally after the event source and &&.
    """
    text = re.sub(r"\s", "", re.sub(r'"([\w.]+)"', r"\1", text))
    names = r"\(\$\.eventName=\w+\)(?:\|\|\(\$\.eventName=\w+\))*"
    # AWS refuses patterns with unbalanced brackets.
    form = r"[{](?:\(\$\.eventSource=([\w.]+)\)&&\()?(" + names + r")\)?[}]"
    found = re.fullmatch(form, text)
    if not found or found[1] not in (None, *sources) or (found[1] and len(sources) > 1):
        return set()
    return set(re.findall(r"eventName=(\w+)", found[2]))


def serves(has: dict[str, Any], wanted: str, metric: tuple[str, str], events: Any) -> bool:
    """Return whether a metric filter does the same as ours."""
    names, listed = ({call.split(":")[1] for call in events[key]} for key in ("Calls", "Listed"))
    sources = {call.split(":")[0] for call in events["Calls"]}
    matched = event_names(has["filterPattern"], sources)
    # Where boto3 is too old to see what narrows a filter, only our own text is trusted.
    same = has["filterPattern"] == wanted
    # A pattern for records without a call's name is ours to the letter, or another.
    by_calls = events["SeesAll"] and wanted not in events["Texts"]
    similar = by_calls and names <= matched <= names | listed
    transformations = [
        {key: value for key, value in one.items() if value not in (None, {}, "None")}
        for one in has["metricTransformations"]
    ]
    ours = {"metricNamespace": metric[0], "metricName": metric[1], "metricValue": "1"}
    return (
        (same or similar)
        and transformations in ([ours], [{**ours, "defaultValue": 0.0}])
        and not any(has.get(key) for key in NARROWING)
    )


def filters_state(base: str, metric: tuple[str, str], feeding: Any, here: Any, events: Any) -> str:
    """Return `serves`, `ours`, `free` or the reason against filters of these names and metric."""
    wanted, ours = named(base, events), base.endswith(SUFFIX)
    for group, name in feeding:
        mine = group == events["Group"]["Name"] and name in wanted
        if not mine and not (ours and name.startswith(base)):
            return f"metric {metric[1]}: filter {name} writes to it"
    fit = [serves(here[one], wanted[one], metric, events) for one in wanted if one in here]
    if not all(fit) and not ours:
        return f"metric filter {base}: its pattern or metric differs"
    if fit and not ours and len(fit) == len(wanted):
        return "serves"
    return "ours" if fit else "free"


def alarm_state(has: Any, metric: tuple[str, str], events: Any) -> str:
    """Return the same for an alarm."""
    if not has:
        return "free"
    name = has["AlarmName"]
    expected = {**SETTINGS, "Namespace": metric[0], "MetricName": metric[1]}
    wrong = [key for key, value in expected.items() if has.get(key) != value]
    wrong += [key for key in ("Dimensions", "Metrics", "Unit", "ExtendedStatistic") if has.get(key)]
    wrong += ["DatapointsToAlarm"] * (has.get("DatapointsToAlarm", 1) != 1)
    wrong += ["TreatMissingData"] * (has.get("TreatMissingData") in ("breaching", "ignore"))
    wrong += ["AlarmActions"] * (events["Topic"]["Arn"] not in has.get("AlarmActions", []))
    since = has.get("StateTransitionedTimestamp") or has.get("StateUpdatedTimestamp")
    old = since and datetime.now(timezone.utc) - since > STUCK  # noqa: UP017 - python3.11 has no UTC
    if not wrong and has.get("StateValue") == "ALARM" and old:
        return f"alarm {name}: it has been in ALARM for over a day"
    made = events["Mark"] in has.get("AlarmDescription", "")
    if not wrong and muted(name, events["Group"]["Region"], made):
        return f"alarm {name}: an alarm mute rule may silence it"
    if not wrong:
        return "serves"
    if name.endswith(SUFFIX) and made:
        return "ours"
    return f"alarm {name}: differs in {', '.join(wrong)}"


def muted(name: str, region: str, made: bool) -> bool:
    """Return whether a mute rule may name the alarm. An old boto3 can only trust what we made."""
    cloudwatch = client("cloudwatch", region)
    if not hasattr(cloudwatch, "list_alarm_mute_rules"):
        return not made
    rules = cloudwatch.list_alarm_mute_rules(AlarmName=name).get("AlarmMuteRuleSummaries", [])
    return any(rule.get("Status") != "EXPIRED" for rule in rules)


def pick(states: dict[Any, str]) -> tuple[Any, str, list[str]]:
    """Return the first that serves, or is ours, or is free; its state; and what is left alone.

    Raises ValueError if there is none.
    """
    left = [state for state in states.values() if state not in ("serves", "ours", "free")]
    for wanted in ("serves", "ours", "free"):
        for name, state in states.items():
            if state == wanted:
                return name, state, left
    raise ValueError(f"Names are taken: {'; '.join(left)}. Nothing was changed.")


def metric_filters(region: str, **where: str) -> list[dict[str, Any]]:
    """Return the metric filters of a log group or of a metric."""
    pages = client("logs", region).get_paginator("describe_metric_filters")
    return [one for page in pages.paginate(**where) for one in page["metricFilters"]]


def feeding(region: str, metric: tuple[str, str]) -> list[list[str]]:
    """Return the log group and name of each filter that writes to a metric."""
    found = metric_filters(region, metricNamespace=metric[0], metricName=metric[1])
    return [[one["logGroupName"], one["filterName"]] for one in found]


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the plan, also in words. Raises ValueError if a given name is taken."""
    extended_list = events["CallList"] == "extended"
    extended = events["Extended"] if extended_list else ""
    calls = listed(f"{events['Cis']},{extended},{events['AdditionalCalls']}")
    events["Calls"] = calls
    # The patterns of the classes of records, which have no calls.
    texts = events["CisRecords"] + (events["ExtendedRecords"] if extended_list else [])
    events["Texts"] = list(dict.fromkeys(texts))
    own = patterns(calls, listed(events["Cis"]), events["CisPattern"])
    events["Patterns"] = [*events["Texts"], *own]
    events["Listed"] = listed(f"{events['Cis']},{events['Extended']}")
    return choose(events)


def listed(text: str) -> list[str]:
    """Return the calls in a text, each once; a name without source has the previous one's."""
    calls, source = [], ""
    for call in filter(None, map(str.strip, text.split(","))):
        *own, name = call.split(":")
        source = (own or [source])[0]
        calls.append(f"{source}:{name}")
    return list(dict.fromkeys(calls))


def choose(events: dict[str, Any]) -> dict[str, Any]:
    """Return the plan for filters and alarm. Raises ValueError if a given name is taken."""
    region, group = events["Group"]["Region"], events["Group"]["Name"]
    known = client("logs", region).meta.service_model.shape_for("MetricFilter").members
    events["SeesAll"] = {*NARROWING} <= {*known}
    here = {one["filterName"]: one for one in metric_filters(region, logGroupName=group)}
    namespace = events["MetricNamespace"] or events["Names"]["MetricNamespace"]
    bases, metrics = candidates(events, "FilterName"), candidates(events, "MetricName")
    # A filter with the suffix writes to a metric with the suffix.
    free = len(bases) == len(metrics) == 2
    pairs = [
        (base, (namespace, metric))
        for base in bases
        for metric in metrics
        if not free or base.endswith(SUFFIX) == metric.endswith(SUFFIX)
    ]
    (base, metric), _, left = pick(
        {pair: filters_state(*pair, feeding(region, pair[1]), here, events) for pair in pairs}
    )
    filters = named(base, events)
    put = {
        name: text
        for name, text in filters.items()
        if name not in here or not serves(here[name], text, metric, events)
    }
    if len({**here, **filters}) > MOST_FILTERS:
        raise ValueError(
            f"Log group {group} can't have another metric filter. Nothing was changed."
        )
    wanted_alarms = candidates(events, "AlarmName")
    cloudwatch = client("cloudwatch", region)
    kinds = cloudwatch.meta.service_model.shape_for("AlarmType").enum
    answer = cloudwatch.describe_alarms(AlarmNames=wanted_alarms, AlarmTypes=kinds)
    answer.pop("ResponseMetadata", None)
    # Alarms of all types share their names.
    alarms = {one["AlarmName"]: one for kind in answer.values() for one in kind}
    alarm, alarm_is, others = pick(
        {name: alarm_state(alarms.get(name), metric, events) for name in wanted_alarms}
    )
    topic = events["Topic"]["Arn"]
    # Other topics of our alarm are kept; PutMetricAlarm accepts five actions.
    told = alarms.get(alarm, {}).get("AlarmActions", [])
    tell = [topic, *(one for one in told if ":sns:" in one and one != topic)][:5]
    keep = [f"metric filter {name}" for name in filters if name not in put]
    keep += [f"alarm {alarm}"] if alarm_is == "serves" else []
    do = [f"{'correct' if name in here else 'make'} metric filter {name}" for name in put]
    if alarm_is != "serves":
        do.append(f"{'correct' if alarm_is == 'ours' else 'make'} alarm {alarm}")
    return {
        "Filters": filters,
        "PutFilters": put,
        "Namespace": metric[0],
        "MetricName": metric[1],
        "AlarmName": alarm,
        "PutAlarm": alarm_is != "serves",
        "AlarmActions": tell,
        "WouldDo": do,
        "Reuse": keep,
        "Leave": [*left, *others],
    }
