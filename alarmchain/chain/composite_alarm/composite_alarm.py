"""A composite alarm as DescribeAlarms tells of it."""

from dataclasses import dataclass

from alarmchain.chain.alarm.alarm_actions import Actions
from alarmchain.chain.alarm.alarm_state import AlarmState
from alarmchain.chain.api_item import text
from alarmchain.chain.composite_alarm import alarm_rule
from alarmchain.chain.composite_alarm.alarm_rule import Rule
from alarmchain.chain.composite_alarm.alarm_rule_parser import RuleError, readings
from alarmchain.chain.composite_alarm.child_states import Item, resolve


@dataclass(frozen=True, slots=True)
class CompositeAlarm:
    """A DescribeAlarms CompositeAlarms item.

    `rules`: the readings of its AlarmRule, none where it can't be read (`problem` says why).
    `suppressor`: the name (or foreign ARN) of its ActionsSuppressor, "" for none. `suppressed`:
    that alarm suppresses its actions now.
    """

    name: str
    arn: str
    rules: tuple[Rule, ...]
    problem: str
    suppressor: str
    suppressed: bool
    standing: AlarmState
    actions: Actions

    @classmethod
    def read(cls, item: Item) -> "CompositeAlarm":
        """From the API's item."""
        arn, rules, problem = text(item, "AlarmArn"), tuple[Rule, ...](), ""
        try:
            rules = readings(text(item, "AlarmRule"))
        except RuleError as error:
            problem = f"its rule can't be read: {error}"
        return cls(
            text(item, "AlarmName"),
            arn,
            rules,
            problem,
            resolve(text(item, "ActionsSuppressor"), arn),
            text(item, "ActionsSuppressedBy") == "Alarm",
            AlarmState.read(item),
            Actions.read(item),
        )

    def children(self) -> tuple[str, ...]:
        """The alarms to which its rule refers, each once: names, or ARNs of elsewhere."""
        found = (resolve(one, self.arn) for rule in self.rules for one in alarm_rule.alarms(rule))
        return tuple(dict.fromkeys(found))
