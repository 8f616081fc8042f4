"""The pack's parameters, and what of them each rule is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.parameters import CHOICES, FORMS, ParameterError, Parameters
from deployment.errors import ProblemError
from deployment.pack.options import Options
from deployment.pack.resource_names import MEMBER_ROLE
from deployment.pack.rules import PackRule

EACH_RULES_OWN = frozenset({"AdditionalCalls", "AlarmName", "MetricName"})
"""Parameters that mean nothing for another rule. The rest is asked once for all of them, for a pack
may have 60 parameters at most."""


@dataclass(frozen=True, slots=True)
class PackParameter:
    """`name` in the pack, `parameter` of `rules`, and its value where none is given."""

    name: str
    parameter: str
    rules: tuple[str, ...]
    default: str

    @property
    def condition(self) -> str:
        """The name of the condition that a value other than the rule's own default is given."""
        return f"{self.name}Given"

    def declaration(self) -> dict[str, Any]:
        """Its entry under Parameters."""
        about = ", ".join(self.rules) if self.parameter in EACH_RULES_OWN else "all rules"
        declared: dict[str, Any] = {
            "Type": "String",
            "Description": f"{self.parameter} of {about}",
            "Default": self.default,
        }
        if self.parameter in CHOICES:
            declared["AllowedValues"] = list(CHOICES[self.parameter])
        else:
            # The core, which says what is wrong in a verdict, checks the form as well.
            declared["MaxLength"] = 1024
        return declared

    def given(self) -> dict[str, Any]:
        """Its entry under Conditions."""
        return {"Fn::Not": [{"Fn::Equals": [{"Ref": self.name}, core_default(self.parameter)]}]}


def core_default(parameter: str) -> str:
    """What the rule takes where nothing is given."""
    return CHOICES[parameter][0] if parameter in CHOICES else ""


def pack_parameters(rules: Iterable[PackRule], options: Options) -> tuple[PackParameter, ...]:
    """Every parameter of the pack. Raises ProblemError for a value that is not allowed."""
    users: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        for parameter in rule.parameters:
            if parameter not in CHOICES and parameter not in FORMS:
                raise ProblemError(f"{rule.name}: the core knows no parameter '{parameter}'")
            prefix = rule.name if parameter in EACH_RULES_OWN else ""
            users.setdefault((prefix + parameter, parameter), []).append(rule.name)
    values = _defaults(options) | options.of_rules
    found = tuple(
        PackParameter(
            name,
            parameter,
            tuple(names),
            _checked(name, parameter, values.get(name, core_default(parameter))),
        )
        for (name, parameter), names in users.items()
    )
    known = {one.name for one in found}
    for name in values:
        if name not in known:
            listed = ", ".join(sorted(known))
            raise ProblemError(f"the pack has no parameter '{name}'; it has {listed}")
    return found


def _defaults(options: Options) -> dict[str, str]:
    """A central function takes a role in the account that it looks at."""
    if not options.central:
        return {}
    return {"AssumeRoleMode": "true", "ExecutionRoleName": MEMBER_ROLE}


def _checked(name: str, parameter: str, value: str) -> str:
    try:
        Parameters.read({parameter: value})
    except ParameterError as error:
        raise ProblemError(f"{name}: {error}") from None
    return value


def input_parameters(rule: PackRule, parameters: Iterable[PackParameter]) -> Mapping[str, Any]:
    """The rule's InputParameters: AWS Config takes no empty values, so those are left out."""
    return {
        one.parameter: {
            "Fn::If": [one.condition, {"Ref": one.name}, {"Ref": "AWS::NoValue"}],
        }
        for one in parameters
        if rule.name in one.rules
    }
