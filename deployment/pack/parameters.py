"""The pack's parameters, and which of them each rule gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.parameters import CHOICES, FORMS, ParameterError, Parameters
from deployment.errors import DeploymentError
from deployment.pack.options import Options
from deployment.pack.resource_names import MEMBER_ROLE
from deployment.pack.rules import PackRule
from deployment.rule_values import check_rule_values

PER_RULE = frozenset({"AdditionalCalls", "AlarmName", "MetricName"})
"""Parameters that each rule has separately. All rules share the others, as a pack may have at most
60 parameters."""

LEFT_OUT = frozenset({"ExecutionRoleRegion"})
"""Parameters without an effect, which a pack does not have: its size is limited, too."""
NOT_WITH_REMEDIATION = frozenset({"AssumeRoleMode", "ExecutionRoleName"})
"""Parameters for functions in a central account, whose pack can have no remediation."""


@dataclass(frozen=True, slots=True)
class PackParameter:
    """A parameter of the pack: its name, the parameter of `rules` that it sets, and its default."""

    name: str
    parameter: str
    rules: tuple[str, ...]
    default: str

    @property
    def condition(self) -> str:
        """Return the name of the condition that the value is not the rules' default."""
        return f"{self.name}Given"

    def declaration(self) -> dict[str, Any]:
        """Return the entry under Parameters."""
        declared: dict[str, Any] = {"Type": "String", "Default": self.default}
        if self.parameter not in PER_RULE:
            declared["Description"] = f"{self.parameter} of all rules"
        if self.parameter in CHOICES:
            declared["AllowedValues"] = list(CHOICES[self.parameter])
        else:
            # The rule checks the value, too, and reports what is wrong in its verdict.
            declared["MaxLength"] = 1024
        return declared

    def condition_body(self) -> dict[str, Any]:
        """Return the entry under Conditions."""
        return {"Fn::Not": [{"Fn::Equals": [{"Ref": self.name}, core_default(self.parameter)]}]}


def core_default(parameter: str) -> str:
    """Return the rule's default of the parameter."""
    return CHOICES[parameter][0] if parameter in CHOICES else ""


def pack_parameters(rules: Iterable[PackRule], options: Options) -> tuple[PackParameter, ...]:
    """Return the pack's parameters. Raises DeploymentError for a value that is not allowed."""
    rules = tuple(rules)
    users: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        for parameter in rule.parameters:
            if parameter not in CHOICES and parameter not in FORMS:
                raise DeploymentError(f"{rule.name}: parameter '{parameter}' is unknown")
            if parameter in left_out(options) or (parameter in PER_RULE and _is_own(rule)):
                continue
            prefix = rule.name if parameter in PER_RULE else ""
            users.setdefault((prefix + parameter, parameter), []).append(rule.name)
    values = _defaults(options) | options.rule_values
    parameters = tuple(
        PackParameter(
            name,
            parameter,
            tuple(names),
            _checked(name, parameter, values.get(name, core_default(parameter))),
        )
        for (name, parameter), names in users.items()
    )
    known = {parameter.name for parameter in parameters}
    for name in values:
        if name not in known:
            names = ", ".join(sorted(known))
            raise DeploymentError(f"the pack has no parameter '{name}'; it has {names}")
    for rule in rules:
        own = [parameter for parameter in parameters if rule.name in parameter.rules]
        check_rule_values(rule.control, {each.parameter: each.default for each in own})
    return parameters


def _is_own(rule: PackRule) -> bool:
    """Return whether the rule is somebody's own, which serves no control of a framework.

    It gets no parameters of PER_RULE: its owner sets them in control.toml, where there is no limit
    on the number of rules.
    """
    return not rule.control.mappings


def left_out(options: Options) -> frozenset[str]:
    """Return the parameters of the rules that the pack does not have."""
    return LEFT_OUT | NOT_WITH_REMEDIATION if options.remediates else LEFT_OUT


def _defaults(options: Options) -> dict[str, str]:
    """Return the defaults for central functions, which assume a role in each member account."""
    if not options.central:
        return {}
    return {"AssumeRoleMode": "true", "ExecutionRoleName": MEMBER_ROLE}


def _checked(name: str, parameter: str, value: str) -> str:
    try:
        Parameters.read({parameter: value})
    except ParameterError as error:
        raise DeploymentError(f"{name}: {error}") from None
    return value


def input_parameters(rule: PackRule, parameters: Iterable[PackParameter]) -> Mapping[str, Any]:
    """Return the rule's InputParameters, without empty values, which AWS Config refuses."""
    return {
        parameter.parameter: {
            "Fn::If": [parameter.condition, {"Ref": parameter.name}, {"Ref": "AWS::NoValue"}],
        }
        for parameter in parameters
        if rule.name in parameter.rules
    }
