"""Can an alarm mute rule suppress the notification?

Source: CloudWatch API reference, ListAlarmMuteRules (AlarmMuteRuleSummary).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import quote, text
from alarmchain.chain.judgement import Judgement, ok, unknown


def judge_mute_rules(alarm: str, rules: Sequence[Mapping[str, Any]] | None) -> Judgement:
    """Return OK if no mute rule can suppress the notifications of the alarm (its name).

    `rules`: the AlarmMuteRuleSummaries of ListAlarmMuteRules for the alarm, None for none. A rule
    that is not EXPIRED mutes the alarm at some hours: unknown.
    """
    for rule in rules or ():
        status = text(rule, "Status")
        if status != "EXPIRED":
            arn = text(rule, "AlarmMuteRuleArn")
            name = quote(arn.rsplit(":", 1)[-1] or "?")
            return unknown(
                f"mute rule {name} can silence alarm {quote(alarm)}",
                observed=f"mute rule {arn or '?'} has the status {status or 'unknown'}",
                wanted="only expired mute rules",
                remedy=f"delete mute rule {name}, or remove the alarm from it",
            )
    return ok()
