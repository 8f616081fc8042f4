"""Can metric filters on the trail's log group count anything?

Sources: CloudWatch Logs user guide, "Log classes": metric filters work on STANDARD groups only;
"Help protect sensitive log data with masking": what is masked is masked for metric filters, too.
"""

from collections.abc import Mapping
from typing import Any

from alarmchain.chain.api_item import clip, quote, strings
from alarmchain.chain.judgement import Judgement, broken, ok, unknown


def judge_log_group(name: str, item: Mapping[str, Any] | None, region: str) -> Judgement:
    """`item` is the group's DescribeLogGroups item, None if there is no such group."""
    group = f"log group {quote(name)}"
    if item is None:
        return broken(
            f"{group} does not exist in {region}",
            observed="not found",
            wanted=f"log group '{name}'",
            remedy=f"create {group} in {region}, or point the trail at another",
        )
    log_class = item.get("logGroupClass")
    if log_class in (None, "STANDARD"):
        return ok("STANDARD", f"{group} masks data, for metric filters too" if _masks(item) else "")
    if log_class in ("INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"):
        return broken(
            f"{group} is of class {log_class}, which has no metric filters",
            observed=str(log_class),
            wanted="STANDARD",
            remedy="deliver the trail to a log group of class STANDARD",
        )
    return unknown(f"{group} is of the unknown class {clip(str(log_class), 20)}")


def _masks(item: Mapping[str, Any]) -> bool:
    """Whether a data protection policy, its own or the account's, is in force. Which data it masks
    is not read: hardly the names of calls, on which a pattern that matches all records hangs."""
    inherited = "ACCOUNT_DATA_PROTECTION" in strings(item, "inheritedProperties")
    return inherited or item.get("dataProtectionStatus") == "ACTIVATED"
