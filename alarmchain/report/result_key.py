"""What identifies a result in every audit."""

from typing import NamedTuple

from alarmchain.decision.assessment import Assessment


class ResultKey(NamedTuple):
    """The account, the rule and the region of a result."""

    account: str
    rule: str
    region: str

    def __str__(self) -> str:
        return f"{self.rule} in {self.region} of {self.account}"


def result_key(result: Assessment) -> ResultKey:
    """Return the key of a result."""
    return ResultKey(result.account, result.rule, result.region)
