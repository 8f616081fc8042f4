"""Finds the log group into which a trail of this account sends the region's management writes."""

import boto3


def script_handler(events, context):
    """In: LogGroupName ("" to look for it), Account, Region. Out: LogGroupName, Region, Found."""
    account, region = events["Account"], events["Region"]
    wanted = events["LogGroupName"]
    reasons = []
    trails = boto3.client("cloudtrail", region_name=region).describe_trails()["trailList"]
    own = [trail for trail in trails if trail["TrailARN"].split(":")[4] == account]
    for trail in sorted(own, key=lambda one: (not one.get("IsMultiRegionTrail"), one["Name"])):
        group, problem = examine(trail)
        if wanted and group != wanted:
            continue
        if not problem:
            _, partition, _, home, *_ = trail["CloudWatchLogsLogGroupArn"].split(":")
            return answer(group, home, partition, f"trail {trail['Name']}")
        reasons.append(f"trail {trail['Name']} {problem}")
    if wanted and not reasons:
        if exists(wanted, region):
            found = f"log group {wanted} as given; no trail of this account delivers to it"
            partition = boto3.Session().get_partition_for_region(region)
            return answer(wanted, region, partition, found)
        reasons.append(f"log group {wanted} does not exist in {region}")
    raise ValueError(
        "Nothing was made. First let a multi-region trail of this account deliver its management"
        f" events to a CloudWatch Logs log group. Now: {'; '.join(reasons) or 'there is no trail'}."
    )


def answer(group, region, partition, found):
    return {"LogGroupName": group, "Region": region, "Partition": partition, "Found": found}


def examine(trail):
    """The name of the trail's log group, and what keeps records of writes from it ("" if nothing)."""
    arn = trail.get("CloudWatchLogsLogGroupArn")
    if not arn:
        return "", "delivers to no log group"
    group = arn.split(":log-group:")[1].removesuffix(":*")
    client = boto3.client("cloudtrail", region_name=trail["HomeRegion"])
    status = client.get_trail_status(Name=trail["TrailARN"])
    if not status["IsLogging"]:
        return group, "is stopped"
    if status.get("LatestCloudWatchLogsDeliveryError"):
        return group, f"fails to deliver: {status['LatestCloudWatchLogsDeliveryError']}"
    if not records_writes(client.get_event_selectors(TrailName=trail["TrailARN"])):
        return group, "does not record management writes"
    if not exists(group, arn.split(":")[3]):
        return group, f"delivers to log group {group}, which is not there or not STANDARD"
    return group, ""


def records_writes(selectors):
    """Whether any selector, basic or advanced, plainly records all management writes."""
    basic = any(
        selector.get("IncludeManagementEvents", True)
        and selector.get("ReadWriteType", "All") in ("All", "WriteOnly")
        for selector in selectors.get("EventSelectors") or []
    )
    return basic or any(
        {"Field": "eventCategory", "Equals": ["Management"]} in selector["FieldSelectors"]
        and all(
            field == {"Field": "eventCategory", "Equals": ["Management"]}
            or field == {"Field": "readOnly", "Equals": ["false"]}
            or (field["Field"] == "eventSource" and set(field) == {"Field", "NotEquals"})
            for field in selector["FieldSelectors"]
        )
        for selector in selectors.get("AdvancedEventSelectors") or []
    )


def exists(group, region):
    """Whether the log group is there and of class STANDARD."""
    pages = boto3.client("logs", region_name=region).get_paginator("describe_log_groups")
    return any(
        one["logGroupName"] == group and one.get("logGroupClass", "STANDARD") == "STANDARD"
        for page in pages.paginate(logGroupNamePrefix=group)
        for one in page["logGroups"]
    )
