"""Alarm mute rules: can one swallow the notification?"""

from collections.abc import Mapping, Sequence
from typing import Any

from alarmchain.chain.api_item import quote, text
from alarmchain.chain.judgement import Judgement, ok, unknown


def judge_mute(rules: Sequence[Mapping[str, Any]] | None) -> Judgement:
    """Whether the mute rules of an alarm leave its notifications alone.

    `rules`: the AlarmMuteRuleSummaries of ListAlarmMuteRules for the alarm, None for none. One that
    is not EXPIRED mutes at some hours: unknown.
    """
    for rule in rules or ():
        status = text(rule, "Status")
        if status != "EXPIRED":
            name = quote(text(rule, "AlarmMuteRuleArn").rsplit(":", 1)[-1] or "?")
            return unknown(
                f"mute rule {name} can silence it",
                observed=f"{name} is {status or 'of no known status'}",
                wanted="no mute rule but expired ones",
                remedy=f"delete mute rule {name}, or take the alarm out of it",
            )
    return ok()
