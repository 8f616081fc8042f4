"""Choose how the new rule's own scenario narrows its filters, so that they surely miss records."""

from dataclasses import dataclass

from alarmchain.control import Control
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.new_rule.errors import NewRuleError
from alarmchain.new_rule.requirement import ACCOUNT, REGION
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict, prove
from alarmchain.remediation.filter_patterns import cis_patterns


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the filters of the scenario require besides (`condition`), or the call that they lack.

    `missed`: what they miss, in words.
    """

    missed: str
    condition: str = ""
    without: str = ""


_CONDITIONS = (
    Narrowing("what is done in the name of a role", '$.userIdentity.type != "AssumedRole"'),
    Narrowing("what comes from a network", '$.sourceIPAddress != "192.0.2.*"'),
    Narrowing("what a browser sends", '$.userAgent != "Mozilla*"'),
    Narrowing("what comes from another AWS service", "$.userIdentity.invokedBy NOT EXISTS"),
    Narrowing("what has another id", '$.eventID = "0*"'),
)


def narrowing(control: Control) -> Narrowing:
    """Return a narrowing that surely misses records of the control.

    Raises NewRuleError if the records have so few values that none does.
    """
    last = control.calls["cis"][-1:]
    by_call = [
        Narrowing(f"each call of {call.event_name}", without=call.event_name) for call in last
    ]
    candidates = [*(by_call if len(control.calls["cis"]) > 1 else []), *_CONDITIONS]
    for candidate in candidates:
        if _misses(control, candidate):
            return candidate
    raise NewRuleError(
        "--pattern matches too few records: no condition was found that narrows it, for the rule's"
        " own test"
    )


def _misses(control: Control, narrowing: Narrowing) -> bool:
    added = f" && ({narrowing.condition})" if narrowing.condition else ""
    filters = [parse(text) for text in cis_patterns(control, added, narrowing.without)]
    classes = Parameters().required_classes(control, region=REGION, account=ACCOUNT)
    return any(prove(filters, each).verdict is Verdict.ESCAPES for each in classes.values())
