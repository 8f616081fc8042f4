"""Can metric filters on the trail's log group count its records?

Sources: CloudWatch Logs user guide, "Log classes" (only STANDARD log groups have metric filters)
and "Help protect sensitive log data with masking" (metric filters see masked data).
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.chain.api_item import clip, quote, strings
from alarmchain.chain.judgement import Judgement, broken, ok, unknown


def judge_log_group(name: str, item: Mapping[str, Any] | None, region: str) -> Judgement:
    """Return whether metric filters work on the log group.

    `item`: its DescribeLogGroups item, None if the log group does not exist.
    """
    group = f"log group {quote(name)}"
    if item is None:
        return broken(
            f"{group} does not exist in {region}",
            observed=f"logs:DescribeLogGroups in {region} found no {name}",
            wanted=f"log group '{name}'",
            remedy=f"create {group} in {region}, or deliver the trail to another log group",
        )
    log_class = item.get("logGroupClass")
    if log_class in (None, "STANDARD"):
        note = f"{group} masks data, also for metric filters" if _masks(item) else ""
        return ok(note)
    if log_class in ("INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"):
        return broken(
            f"{group} is of class {log_class}, which does not support metric filters",
            observed=str(log_class),
            wanted="STANDARD",
            remedy="deliver the trail to a log group of class STANDARD",
        )
    return unknown(f"{group} is of the unknown class {clip(str(log_class), 20)}")


def _masks(item: Mapping[str, Any]) -> bool:
    """Return whether a data protection policy, its own or the account's, is in force.

    Which data it masks is not read. It is unlikely to mask the names of calls, on which filters
    depend; so masking is a note, not a fault.
    """
    inherited = "ACCOUNT_DATA_PROTECTION" in strings(item, "inheritedProperties")
    return inherited or item.get("dataProtectionStatus") == "ACTIVATED"
