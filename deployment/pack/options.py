"""What may be chosen of a pack, checked before anything is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from deployment.errors import ProblemError

REMEDIATIONS = ("none", "manual", "automatic")
FOR_REMEDIATIONS = "Remediation"
"""What a value's name begins with if it is for the remediations: RemediationTopicArn."""
EACH_ACCOUNT, EACH_PARTITION = "${AWS::AccountId}", "${AWS::Partition}"
"""In the place of an account and partition: those in which CloudFormation fills the text in."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_PARTITION = re.compile(r"aws(-[a-z-]+)?")


@dataclass(frozen=True, slots=True)
class Options:
    """`remediation`: none, manual or automatic. `account`: the one that the pack is for, which its
    remediations name. `central`: the account of the Lambda functions, for an organization pack; ""
    where each account has its own. `values`: of the pack's parameters, in place of the defaults.
    """

    remediation: str = "none"
    account: str = ""
    central: str = ""
    partition: str = "aws"
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ProblemError."""
        check_remediation(self.remediation, self.of_remediations)
        for name, value in (("ACCOUNT", self.account), ("CENTRAL_ACCOUNT", self.central)):
            if value not in ("", EACH_ACCOUNT) and not _ACCOUNT.fullmatch(value):
                raise ProblemError(f"{name} is '{value}'; expected the 12 digits of an account")
        if self.partition != EACH_PARTITION and not _PARTITION.fullmatch(self.partition):
            raise ProblemError(f"PARTITION is '{self.partition}'; expected one such as aws-us-gov")
        if self.remediates and self.central:
            raise ProblemError(
                f"REMEDIATION={self.remediation} beside CENTRAL_ACCOUNT: a remediation names its"
                " role by a literal ARN, and an organization pack is the same in every account;"
                " use the StackSet"
            )
        if self.remediates and not self.account:
            raise ProblemError(
                f"REMEDIATION={self.remediation} needs ACCOUNT=<12 digits>: a pack's remediation"
                " names its role by a literal ARN"
            )

    @property
    def of_remediations(self) -> dict[str, str]:
        """The values meant for every remediation, by the names that the documents know."""
        return {
            name.removeprefix(FOR_REMEDIATIONS): value
            for name, value in self.values.items()
            if name.startswith(FOR_REMEDIATIONS)
        }

    @property
    def of_rules(self) -> dict[str, str]:
        """The other values: those of the pack's parameters."""
        return {
            name: value
            for name, value in self.values.items()
            if not name.startswith(FOR_REMEDIATIONS)
        }

    @property
    def remediates(self) -> bool:
        """Whether the pack holds remediations."""
        return self.remediation != "none"


def check_remediation(kind: str, given: Mapping[str, str]) -> None:
    """`given`: what is chosen for the remediations, by the names that the documents know.

    Raises ProblemError for an unknown kind, and for values that do not go with it.
    """
    if kind not in REMEDIATIONS:
        raise ProblemError(f"REMEDIATION is '{kind}'; allowed: {', '.join(REMEDIATIONS)}")
    if given and kind == "none":
        name = f"{FOR_REMEDIATIONS}{next(iter(given))}"
        raise ProblemError(f"'{name}' has no meaning beside REMEDIATION=none")
    if kind == "automatic" and not given.get("TopicArn"):
        raise ProblemError(
            f"REMEDIATION=automatic needs {FOR_REMEDIATIONS}TopicArn=ARN: without a topic that"
            " someone subscribes to, it could heal nothing by itself"
        )


def values(given: tuple[str, ...]) -> dict[str, str]:
    """Reads `NAME=VALUE` as given. Raises ProblemError."""
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            raise ProblemError(f"parameter '{item}' has no value; expected NAME=VALUE")
        if name in found:
            raise ProblemError(f"parameter '{name}' is given twice")
        found[name] = value
    return found
