"""Reads back what was made and starts the rule's re-evaluation."""

import boto3


def script_handler(events, context):
    """In: Rule, ConfigRuleName ("" to look for it), RuleRegion, Region, LogGroupName, AlarmName,
    MetricName, MetricNamespace, TopicArn, DryRun, Notes. Out: Summary."""
    notes = list(events["Notes"])
    if events["DryRun"] == "true":
        return {"Summary": f"Dry run, nothing was changed: {'; '.join(notes)}."}
    missing = read_back(events)
    if missing:
        raise ValueError(f"Not there after it was made: {missing}. Done: {'; '.join(notes)}.")
    notes.append(evaluate(events))
    return {"Summary": f"{'; '.join(notes)}."}


def read_back(events):
    logs = boto3.client("logs", region_name=events["Region"])
    filters = logs.describe_metric_filters(
        metricNamespace=events["MetricNamespace"], metricName=events["MetricName"]
    )["metricFilters"]
    if not any(one["logGroupName"] == events["LogGroupName"] for one in filters):
        return f"a metric filter on {events['LogGroupName']} that writes {events['MetricName']}"
    cloudwatch = boto3.client("cloudwatch", region_name=events["Region"])
    alarms = cloudwatch.describe_alarms(AlarmNames=[events["AlarmName"]])["MetricAlarms"]
    if not any(events["TopicArn"] in one["AlarmActions"] for one in alarms):
        return f"alarm {events['AlarmName']} that notifies {events['TopicArn']}"
    return ""


def evaluate(events):
    """Starts the evaluation; a refusal is told and is no failure: the rule runs daily anyway."""
    config = boto3.client("config", region_name=events["RuleRegion"])
    try:
        names = rules(config, events)
        if not names:
            return f"found no Config rule {events['Rule']} to evaluate again"
        config.start_config_rules_evaluation(ConfigRuleNames=names[:25])
    except config.exceptions.ClientError as error:
        return f"the rule was not evaluated again: {error}"
    return f"started the evaluation of {', '.join(names)}"


def rules(config, events):
    """The given name, else the rule of our name, else those of conformance packs."""
    if events["ConfigRuleName"]:
        return [events["ConfigRuleName"]]
    pages = config.get_paginator("describe_config_rules").paginate()
    names = [one["ConfigRuleName"] for page in pages for one in page["ConfigRules"]]
    if events["Rule"] in names:
        return [events["Rule"]]
    return [name for name in names if name.startswith(f"{events['Rule']}-conformance-pack-")]
