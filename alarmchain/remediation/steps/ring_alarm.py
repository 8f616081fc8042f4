"""Makes the alarm that one counted call rings."""

import boto3

SUFFIX = "-alarmchain"


def script_handler(events, context):
    """In: Region, AlarmName, Description, MetricName, MetricNamespace, TopicArn, Defaults, DryRun,
    Notes (so far). Out: AlarmName, Notes."""
    dry, notes = events["DryRun"] == "true", list(events["Notes"])
    client = boto3.client("cloudwatch", region_name=events["Region"])
    names = [events["AlarmName"]]
    if events["AlarmName"] == events["Defaults"]["AlarmName"]:
        names.append(events["AlarmName"] + SUFFIX)
    try:
        for name in names:
            found = read(client, name)
            if found is not None and same(found, events):
                notes.append(f"reused alarm {name}")
                return {"AlarmName": name, "Notes": notes}
            if found is None or found.get("AlarmDescription") == events["Description"]:
                verb = "make" if found is None else "correct"
                past = {"make": "made", "correct": "corrected"}[verb]
                notes.append(f"{'would ' + verb if dry else past} alarm {name}")
                if not dry:
                    client.put_metric_alarm(AlarmName=name, **wanted(events))
                return {"AlarmName": name, "Notes": notes}
            notes.append(f"left alarm {name}, which does something else, alone")
    except client.exceptions.ClientError as error:
        raise ValueError(f"alarm {name}: {error}. Before that: {'; '.join(notes)}.") from error
    problem = notes.pop()
    raise ValueError(f"{problem}: its name is taken. Before that: {'; '.join(notes)}.")


def read(client, name):
    """The alarm of that name, of whatever type, None if there is none."""
    answer = client.describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return next(iter(answer["MetricAlarms"] + answer["CompositeAlarms"]), None)


def wanted(events):
    return {
        "AlarmDescription": events["Description"],
        "ActionsEnabled": True,
        "AlarmActions": [events["TopicArn"]],
        "MetricName": events["MetricName"],
        "Namespace": events["MetricNamespace"],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }


def same(found, events):
    """Whether an alarm does our job: everything but its description is as we would make it."""
    ours = wanted(events)
    alike = all(
        found.get(key) == value
        for key, value in ours.items()
        if key not in ("AlarmDescription", "AlarmActions", "DatapointsToAlarm", "TreatMissingData")
    )
    return (
        alike
        and found.get("DatapointsToAlarm", 1) == 1
        and found.get("TreatMissingData", "missing") in ("missing", "notBreaching")
        and events["TopicArn"] in found.get("AlarmActions", [])
        and not found.get("Dimensions")
        and not found.get("Metrics")
        and found.get("Unit", "None") == "None"
    )
