"""The pack's parameters, and which of them each rule gets."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.parameters import CHOICES, CONTROL, FORMS, ParameterError, Parameters
from deployment.errors import DeploymentError
from deployment.pack.check import MOST_PARAMETERS
from deployment.pack.options import Options
from deployment.pack.resource_names import MEMBER_ROLE
from deployment.pack.rules import PackRule
from deployment.rule_values import check_rule_values

PER_RULE = frozenset({"AdditionalCalls", "AlarmName", "MetricName"})
"""Parameters that each rule has separately. All rules share the others, as a pack may have at most
60 parameters."""
DISPENSABLE = ("MetricName", "AlarmName")
"""Parameters of each rule that a pack of many rules leaves out, the first one first.

AdditionalCalls is not among them, because it decides what a rule requires."""
NO_EFFECT = frozenset({"ExecutionRoleRegion"})
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
        """Return the name of the condition that the value is the rules' default."""
        return f"{self.name}Unset"

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
        return {"Fn::Equals": [{"Ref": self.name}, core_default(self.parameter)]}


def core_default(parameter: str) -> str:
    """Return the rule's default of the parameter."""
    return CHOICES[parameter][0] if parameter in CHOICES else ""


def pack_parameters(rules: Iterable[PackRule], options: Options) -> tuple[PackParameter, ...]:
    """Return the pack's parameters. Raises DeploymentError for a value that is not allowed."""
    rules = tuple(rules)
    values = _defaults(options) | options.rule_values
    users = _users(rules, options)
    # A value that is given is kept in any case.
    for parameter in _too_many(rules, options):
        users = {
            (name, own): names
            for (name, own), names in users.items()
            if own != parameter or name in values
        }
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


def left_out(rules: Iterable[PackRule], options: Options) -> Mapping[str, str]:
    """Return the parameters of the rules that the pack does not have, each with the reason."""
    reasons = dict.fromkeys(sorted(NO_EFFECT), "it has no effect")
    if options.remediates:
        reasons |= dict.fromkeys(
            sorted(NOT_WITH_REMEDIATION),
            "it is for central functions, whose pack has no remediations",
        )
    too_many = f"a pack may have at most {MOST_PARAMETERS} parameters; only rules with a given"
    for parameter in _too_many(tuple(rules), options):
        reasons[parameter] = f"{too_many} {parameter} have it"
    return reasons


def _users(rules: tuple[PackRule, ...], options: Options) -> dict[tuple[str, str], list[str]]:
    """Return the rules of each parameter of the pack, by its name and the name that rules use."""
    users: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        for parameter in rule.parameters:
            if parameter not in CHOICES and parameter not in FORMS:
                raise DeploymentError(f"{rule.name}: parameter '{parameter}' is unknown")
            if parameter in NO_EFFECT or (options.remediates and parameter in NOT_WITH_REMEDIATION):
                continue
            prefix = rule.name if parameter in PER_RULE else ""
            users.setdefault((prefix + parameter, parameter), []).append(rule.name)
    return users


def _too_many(rules: tuple[PackRule, ...], options: Options) -> tuple[str, ...]:
    """Return the dispensable parameters without which the pack has at most MOST_PARAMETERS."""
    counts = Counter(parameter for _, parameter in _users(rules, options))
    dropped: list[str] = []
    for parameter in DISPENSABLE:
        if sum(counts.values()) > MOST_PARAMETERS:
            dropped.append(parameter)
            del counts[parameter]
    return tuple(dropped)


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
    """Return the rule's InputParameters: its control, and the parameters that have a value.

    AWS Config refuses empty values.
    """
    return {CONTROL: rule.name} | {
        parameter.parameter: {
            "Fn::If": [parameter.condition, {"Ref": "AWS::NoValue"}, {"Ref": parameter.name}],
        }
        for parameter in parameters
        if rule.name in parameter.rules
    }
