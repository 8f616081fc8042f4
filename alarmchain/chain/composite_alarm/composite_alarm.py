"""A composite alarm, read from a DescribeAlarms item.

Source: CloudWatch API reference, CompositeAlarm.
"""

from dataclasses import dataclass

from alarmchain.chain.alarm.alarm_actions import Actions
from alarmchain.chain.alarm.alarm_state import AlarmState
from alarmchain.chain.api_item import quote, text
from alarmchain.chain.composite_alarm import alarm_rule
from alarmchain.chain.composite_alarm.alarm_rule import Rule
from alarmchain.chain.composite_alarm.alarm_rule_parser import RuleError, readings
from alarmchain.chain.composite_alarm.child_states import Item, resolve


@dataclass(frozen=True, slots=True)
class CompositeAlarm:
    """A CompositeAlarms item of DescribeAlarms.

    `rules`: the readings of its AlarmRule; empty if it cannot be read, and `rule_error` says why.
    `suppressor`: the name (or foreign ARN) of its ActionsSuppressor, "" for none. `suppressed`:
    whether the suppressor suppresses its actions now.
    """

    name: str
    arn: str
    rules: tuple[Rule, ...]
    rule_error: str
    suppressor: str
    suppressed: bool
    state: AlarmState
    actions: Actions

    @classmethod
    def read(cls, item: Item) -> "CompositeAlarm":
        """Return the alarm in the API's item."""
        arn, rules, rule_error = text(item, "AlarmArn"), tuple[Rule, ...](), ""
        try:
            rules = readings(text(item, "AlarmRule"))
        except RuleError as error:
            rule_error = str(error)
        return cls(
            text(item, "AlarmName"),
            arn,
            rules,
            rule_error,
            resolve(text(item, "ActionsSuppressor"), arn),
            text(item, "ActionsSuppressedBy") == "Alarm",
            AlarmState.read(item),
            Actions.read(item),
        )

    @property
    def called(self) -> str:
        """What a message calls the alarm."""
        return f"alarm {quote(self.name)}"

    def children(self) -> tuple[str, ...]:
        """Return the alarms to which its rule refers, each once: names, or ARNs of elsewhere."""
        references = (name for rule in self.rules for name in alarm_rule.alarms(rule))
        return tuple(dict.fromkeys(resolve(reference, self.arn) for reference in references))
