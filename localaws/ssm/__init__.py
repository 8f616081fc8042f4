"""SSM Automation: the execution of documents.

Added to moto's ``SimpleSystemManagerResponse``: StartAutomationExecution, GetAutomationExecution,
DescribeAutomationExecutions, DescribeAutomationStepExecutions and StopAutomationExecution.

``document`` reads a document, ``parameters`` checks its parameters, ``resolve`` replaces
``{{ references }}``, ``actions`` performs a step, ``run`` executes the steps, and ``automation``
stores the executions and answers the API.
"""

from __future__ import annotations

from localaws.ssm import automation, content_check


def install() -> None:
    """Patch moto's SSM."""
    from moto.ssm.responses import SimpleSystemManagerResponse

    from localaws import bridge

    content_check.install()
    bridge.add_operations(SimpleSystemManagerResponse, automation.OPERATIONS)
