"""Makes the metric filters that count the calls."""

import boto3

MOST = 1024
SUFFIX = "-alarmchain"


def script_handler(events, context):
    """In: LogGroupName, Region, FilterName, MetricName, MetricNamespace, Defaults (the names that
    are no one's choice), CallList, AdditionalCalls, Calls (by list), DryRun, Notes (so far).
    Out: MetricName, Notes."""
    dry, notes = events["DryRun"] == "true", list(events["Notes"])
    calls = list(events["Calls"]["cis"])
    if events["CallList"] == "extended":
        calls += events["Calls"]["extended"]
    calls += [one.strip() for one in events["AdditionalCalls"].split(",") if one.strip()]
    texts = patterns(list(dict.fromkeys(calls)))
    logs = boto3.client("logs", region_name=events["Region"])
    pinned = [key for key in ("FilterName", "MetricName") if events[key] != events["Defaults"][key]]
    plans = [(events["FilterName"], events["MetricName"])]
    if not pinned:
        plans.append((events["FilterName"] + SUFFIX, events["MetricName"] + SUFFIX))
    for name, metric in plans:
        problem, todo = plan(logs, events, name, metric, texts)
        if not problem:
            for filter_name, text in todo:
                notes.append(f"{'would make' if dry else 'made'} metric filter {filter_name}")
                if not dry:
                    put(logs, events, filter_name, metric, text)
            if not todo:
                notes.append(f"reused metric filter {name}")
            return {"MetricName": metric, "Notes": notes}
        notes.append(f"left {problem} alone")
    raise ValueError(f"{notes.pop()}: {' and '.join(pinned) or 'the name'} is taken. {told(notes)}")


def told(notes):
    return f"Before that: {'; '.join(notes) or 'nothing'}."


def patterns(calls):
    """Filter patterns that together match every record of the calls ("source:name")."""
    texts, chunk = [], []
    for call in calls:
        if chunk and len(pattern([*chunk, call])) > MOST:
            texts.append(pattern(chunk))
            chunk = []
        chunk.append(call)
    return [*texts, pattern(chunk)]


def pattern(calls):
    groups = {}
    for call in calls:
        source, name = call.split(":")
        groups.setdefault(source, []).append(f'($.eventName = "{name}")')
    parts = [
        f'(($.eventSource = "{source}") && ({" || ".join(names)}))'
        for source, names in groups.items()
    ]
    return f"{{ {' || '.join(parts)} }}"


def plan(logs, events, name, metric, texts):
    """What stands in the way of these names ("" if nothing), and the filters still to be made."""
    names = [name if not place else f"{name}-{place + 1}" for place in range(len(texts))]
    pages = logs.get_paginator("describe_metric_filters")
    there = {
        one["filterName"]: one
        for page in pages.paginate(logGroupName=events["LogGroupName"])
        for one in page["metricFilters"]
    }
    ours = name.endswith(SUFFIX)
    todo = []
    for filter_name, text in zip(names, texts):
        one = there.get(filter_name)
        if one is None or (ours and not same(one, events, metric, text)):
            todo.append((filter_name, text))
        elif not same(one, events, metric, text):
            return f"metric filter {filter_name}, which does something else,", []
    writers = pages.paginate(metricNamespace=events["MetricNamespace"], metricName=metric)
    for one in (one for page in writers for one in page["metricFilters"]):
        if one["filterName"] not in names or one["logGroupName"] != events["LogGroupName"]:
            return f"metric {metric}, to which filter {one['filterName']} writes,", []
    return "", todo


def same(one, events, metric, text):
    """Whether a filter is what we would make."""
    wanted = transformation(events, metric)[0]
    (given,) = one["metricTransformations"] or [{}]
    return (
        one.get("filterPattern") == text
        and {key: given.get(key) for key in wanted} == wanted
        and not given.get("dimensions")
        and given.get("defaultValue") is None
        and given.get("unit", "None") == "None"
        and not one.get("applyOnTransformedLogs")
        and not one.get("fieldSelectionCriteria")
        and not one.get("emitSystemFieldDimensions")
    )


def transformation(events, metric):
    return [
        {
            "metricName": metric,
            "metricNamespace": events["MetricNamespace"],
            "metricValue": "1",
        }
    ]


def put(logs, events, name, metric, text):
    try:
        logs.put_metric_filter(
            logGroupName=events["LogGroupName"],
            filterName=name,
            filterPattern=text,
            metricTransformations=transformation(events, metric),
        )
    except Exception as error:
        raise ValueError(f"metric filter {name}: {error}. {told(events['Notes'])}") from error

