"""The options of a pack, checked before anything is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from deployment.errors import DeploymentError

REMEDIATIONS = ("none", "manual", "automatic")
REMEDIATION_PREFIX = "Remediation"
"""The prefix of the parameters that are for remediations, such as RemediationTopicArn."""
EACH_ACCOUNT, EACH_PARTITION = "${AWS::AccountId}", "${AWS::Partition}"
"""Placeholders for an account and a partition, which CloudFormation replaces."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_PARTITION = re.compile(r"aws(-[a-z-]+)?")


@dataclass(frozen=True, slots=True)
class Options:
    """`remediation`: none, manual or automatic. `account`: the pack's account, which its
    remediations name. `central`: the account of the Lambda functions, for an organization pack; ""
    if each account has its own. `values`: values of the pack's parameters, by name.
    """

    remediation: str = "none"
    account: str = ""
    central: str = ""
    partition: str = "aws"
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise DeploymentError for a value that is not allowed."""
        check_remediation(self.remediation, self.remediation_values)
        for name, value in (("ACCOUNT", self.account), ("CENTRAL_ACCOUNT", self.central)):
            if value not in ("", EACH_ACCOUNT) and not _ACCOUNT.fullmatch(value):
                raise DeploymentError(f"{name} is '{value}'; expected the 12 digits of an account")
        if self.partition != EACH_PARTITION and not _PARTITION.fullmatch(self.partition):
            raise DeploymentError(
                f"PARTITION is '{self.partition}'; expected one, such as aws-us-gov"
            )
        if self.remediates and self.central:
            raise DeploymentError(
                f"REMEDIATION={self.remediation} cannot be used with CENTRAL_ACCOUNT: a remediation"
                " needs a literal role ARN, but an organization pack is the same in every account;"
                " use the StackSet"
            )
        if self.remediates and not self.account:
            raise DeploymentError(
                f"REMEDIATION={self.remediation} needs ACCOUNT=<12 digits>: a pack's remediation"
                " needs a literal role ARN"
            )

    @property
    def remediation_values(self) -> dict[str, str]:
        """Return the values for every remediation, by the names of the documents' parameters."""
        return {
            name.removeprefix(REMEDIATION_PREFIX): value
            for name, value in self.values.items()
            if name.startswith(REMEDIATION_PREFIX)
        }

    @property
    def rule_values(self) -> dict[str, str]:
        """Return the values of the pack's parameters, without those for remediations."""
        return {
            name: value
            for name, value in self.values.items()
            if not name.startswith(REMEDIATION_PREFIX)
        }

    @property
    def remediates(self) -> bool:
        """Return whether the pack has remediations."""
        return self.remediation != "none"


def check_remediation(kind: str, given: Mapping[str, str]) -> None:
    """Raise DeploymentError for an unknown kind, and for values that do not fit it.

    `given` are the remediations' values, by the names of the documents' parameters.
    """
    if kind not in REMEDIATIONS:
        raise DeploymentError(f"REMEDIATION is '{kind}'; allowed: {', '.join(REMEDIATIONS)}")
    if given and kind == "none":
        name = f"{REMEDIATION_PREFIX}{next(iter(given))}"
        raise DeploymentError(f"'{name}' cannot be used with REMEDIATION=none")
    if kind == "automatic" and not given.get("TopicArn"):
        raise DeploymentError(
            f"REMEDIATION=automatic needs {REMEDIATION_PREFIX}TopicArn=ARN: without a topic that"
            " has a subscriber, it could not fix anything"
        )


def read_values(given: tuple[str, ...]) -> dict[str, str]:
    """Read `NAME=VALUE` arguments. Raises DeploymentError."""
    values: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise DeploymentError(f"parameter '{item}' has no value; expected NAME=VALUE")
        if name in values:
            raise DeploymentError(f"parameter '{name}' is given twice")
        values[name] = value
    return values
