"""Find the log group of the records: the given one, or that of the first suitable trail."""

from typing import Any

from alarmchain.remediation.steps.clients import client

MAYBE_GLOBAL = {"*", "iam.amazonaws.com", "signin.amazonaws.com"}
"""Event sources of records that a trail without global services may lack."""


def basic(selector: dict[str, Any], sources: set[str]) -> bool:
    """Return whether a basic event selector records the sources' writes, or everything for `*`."""
    excluded = set(selector.get("ExcludeManagementEventSources") or [])
    kinds = ("All",) if "*" in sources else ("All", "WriteOnly")
    return (
        selector.get("IncludeManagementEvents", True)
        and selector.get("ReadWriteType", "All") in kinds
        and not (excluded if "*" in sources else sources & excluded)
    )


def advanced(selector: dict[str, Any], sources: set[str]) -> bool:
    """Return the same for an advanced selector; an unknown field counts as a restriction."""
    known = {"eventCategory": {"Management"}}
    if "*" not in sources:
        known |= {"readOnly": {"false"}, "eventSource": sources}
    fields = {field["Field"]: field for field in selector.get("FieldSelectors") or []}
    return "eventCategory" in fields and all(
        name in known
        and all(
            operator == "Field"
            or not values
            or (operator == "Equals" and known[name] <= set(values))
            or (operator == "NotEquals" and not known[name] & set(values))
            for operator, values in field.items()
        )
        for name, field in fields.items()
    )


def fault(trail: dict[str, Any], events: dict[str, Any], sources: set[str]) -> str:
    """Return why the trail cannot be used; "" if it can."""
    arn, home = trail["TrailARN"], trail["HomeRegion"]
    group = trail.get("CloudWatchLogsLogGroupArn") or ""
    if arn.split(":")[4] != events["AccountId"]:
        return "belongs to another account"
    if not trail.get("IsMultiRegionTrail"):
        if home != events["Region"]:
            return f"records only {home}"
        left_out = trail.get("IncludeGlobalServiceEvents") is False and sources & MAYBE_GLOBAL
        if left_out and home in events["LeaderRegions"].split(","):
            return "leaves out global services"
    if group.split(":")[3:5] != [home, events["AccountId"]]:
        return "delivers to no log group of this account"
    cloudtrail = client("cloudtrail", home)
    status = cloudtrail.get_trail_status(Name=arn)
    if not status["IsLogging"]:
        return "is not logging"
    if error := status.get("LatestCloudWatchLogsDeliveryError"):
        return f"cannot deliver: {error}"
    selectors = cloudtrail.get_event_selectors(TrailName=arn)
    simple, fine = selectors.get("EventSelectors"), selectors.get("AdvancedEventSelectors")
    records = [basic(one, sources) for one in simple or []]
    records += [advanced(one, sources) for one in fine or []]
    # A trail without selectors records all management events.
    if records and not any(records):
        if "*" in sources:
            return "does not record all management events"
        return f"does not record the writes of {', '.join(sorted(sources))}"
    return group_fault(group)


def group_fault(arn: str) -> str:
    """Return why the log group cannot have a metric filter; "" if it can."""
    region, name = arn.split(":")[3], arn.split(":")[6]
    pages = client("logs", region).get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=name):
        for group in page["logGroups"]:
            if group["logGroupName"] == name:
                kind = group.get("logGroupClass", "STANDARD")
                return "" if kind == "STANDARD" else f"log group {name} is of class {kind}"
    return f"log group {name} does not exist in {region}"


def found(arn: str, why: str) -> dict[str, Any]:
    """Return what the next steps need to know about the log group."""
    _, partition, _, region, _, _, name, *_ = arn.split(":")
    return {"Partition": partition, "Region": region, "Name": name, "Why": why}


def handler(events: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the log group: Partition, Region, Name, Why. Raises ValueError: what to do first."""
    account, region, given = events["AccountId"], events["Region"], events["LogGroupName"]
    calls = f"{events['Sources']},{events['AdditionalCalls']}".split(",")
    sources = {call.split(":")[0].strip() for call in calls if call.strip()}
    trails = client("cloudtrail", region).describe_trails()["trailList"]
    trails.sort(key=lambda trail: (not trail.get("IsMultiRegionTrail"), trail["Name"]))
    if given:
        fed = [
            trail["CloudWatchLogsLogGroupArn"]
            for trail in trails
            if (trail.get("CloudWatchLogsLogGroupArn") or "").split(":")[4:7:2] == [account, given]
        ]
        partition = client("logs", region).meta.partition
        here = f"arn:{partition}:logs:{region}:{account}:log-group:{given}"
        arn = (fed or [here])[0]
        if problem := group_fault(arn):
            raise ValueError(f"LogGroupName: {problem}. Nothing was changed.")
        return found(arn, "LogGroupName was given")
    faults = []
    for trail in trails:
        problem = fault(trail, events, sources)
        if not problem:
            return found(
                trail["CloudWatchLogsLogGroupArn"], f"trail {trail['Name']} delivers to it"
            )
        faults.append(f"trail {trail['Name']} {problem}")
    raise ValueError(
        "First make or fix a trail that delivers this region's management events to CloudWatch "
        f"Logs ({'; '.join(faults) or 'there is no trail'}). Nothing was changed."
    )
