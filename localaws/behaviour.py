"""Behaviour of AWS that tests and the demo can switch on. A reset restores the defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Behaviour:
    """Switches for behaviour that most tests do not want.

    evaluates_new_rules: AWS Config evaluates a rule when it is created or changed, and starts a
    remediation that is set to automatic (AWS Config API, StartConfigRulesEvaluation, note, and
    PutRemediationConfigurations).
    limits_evaluations: StartConfigRulesEvaluation accepts a rule once a minute of the local clock.
    AWS's text ("more than once per minute") does not say whether it counts by rule or by account;
    here it counts by rule, as the text on running evaluations does ("for the specified rules").
    enforces_iam: calls of roles and IAM users need an Allow in their IAM policies.
    role_delay: seconds of the local clock until a new role can be used (IAM user guide, "Changes
    that I make are not always immediately visible").
    runtime_packages: a folder with the boto3 and botocore of functions and scripts; None uses the
    installed ones.
    """

    evaluates_new_rules: bool = False
    limits_evaluations: bool = False
    enforces_iam: bool = False
    role_delay: float = 0.0
    runtime_packages: str | None = None

    def reset(self) -> None:
        """Restore the defaults."""
        default = Behaviour()
        for field in fields(self):
            setattr(self, field.name, getattr(default, field.name))


behaviour = Behaviour()
"""One for the process, as moto's state is."""
