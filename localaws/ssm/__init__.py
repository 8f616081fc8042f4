"""SSM Automation: documents that run.

Added to moto's ``SimpleSystemManagerResponse``: StartAutomationExecution, GetAutomationExecution,
DescribeAutomationExecutions, DescribeAutomationStepExecutions and StopAutomationExecution.

``document`` reads a document, ``parameters`` checks what it is given, ``resolve`` fills in
``{{ references }}``, ``actions`` does a step's work, ``run`` walks from step to step, and
``automation`` keeps the executions and answers the API.
"""

from __future__ import annotations

from localaws.ssm import automation


def install() -> None:
    """Patch moto's SSM."""
    from moto.ssm.responses import SimpleSystemManagerResponse

    from localaws import bridge

    bridge.add_operations(SimpleSystemManagerResponse, automation.OPERATIONS)
