"""One execution: its steps, in the order of nextStep, isEnd and onFailure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

from localaws.config.state import now
from localaws.ssm import choices, select
from localaws.ssm.actions import ActionError, ActionTimeoutError, Place, perform
from localaws.ssm.document import Document, Step
from localaws.ssm.resolve import UnresolvedError, resolve

MAX_STEPS = 1000
"""After so many executed steps, loops included, an execution counts as endless."""


@dataclass(slots=True)
class StepRun:
    """A step and the result of its execution (Pending: not executed)."""

    step: Step
    identifier: str
    status: str = "Pending"
    started: datetime | None = None
    ended: datetime | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    failure: str | None = None

    @property
    def name(self) -> str:
        return self.step.name


@dataclass(slots=True)
class Execution:
    """An execution of a document: its parameters, its status and its steps."""

    identifier: str
    document_name: str
    document_version: str
    document: Document
    parameters: Mapping[str, Any]
    place: Place
    executed_by: str
    steps: list[StepRun]
    started: datetime = field(default_factory=now)
    ended: datetime | None = None
    status: str = "InProgress"
    failure: str | None = None
    outputs: dict[str, Any] = field(default_factory=dict)
    cancelled: Event = field(default_factory=Event)

    def known(self) -> dict[str, Any]:
        """Return every name that a reference can have now, with its value."""
        names: dict[str, Any] = {**self.parameters, **self.place.context}
        for run in self.steps:
            for output, value in run.outputs.items():
                names[f"{run.name}.{output}"] = value
        return names


def execute(execution: Execution) -> None:
    """Run the execution to its end. Errors are in its status and failure."""
    document = execution.document
    runs = {run.name: run for run in execution.steps}
    step: Step | None = document.steps[0]
    critical_failure: str | None = None
    for _ in range(MAX_STEPS):
        if step is None or execution.cancelled.is_set():
            break
        run = runs[step.name]
        target = _attempt(execution, run)
        if run.failure and step.is_critical:
            critical_failure = critical_failure or run.failure
            execution.status = "TimedOut" if run.status == "TimedOut" else "Failed"
        if run.failure and step.on_failure == "Abort":
            critical_failure = run.failure
            execution.status = "TimedOut" if run.status == "TimedOut" else "Failed"
            break
        step = _next(document, run, target)
    else:
        critical_failure = f"more than {MAX_STEPS} steps were executed"
        execution.status = "Failed"
    if execution.cancelled.is_set():
        execution.status = "Cancelled"
    elif critical_failure is None:
        execution.status = "Success"
    execution.failure = critical_failure
    known = execution.known()
    # Leave out the outputs of steps that were not executed.
    execution.outputs = {name: known[name] for name in document.outputs if name in known}
    execution.ended = now()


def _next(document: Document, run: StepRun, target: str | None) -> Step | None:
    step = run.step
    if run.failure and step.on_failure.startswith("step:"):
        return document.step(step.on_failure.removeprefix("step:"))
    if target:
        return document.step(target)
    if step.is_end:
        return None
    return document.step(step.next_step) if step.next_step else document.after(step)


def _attempt(execution: Execution, run: StepRun) -> str | None:
    """Execute a step, up to maxAttempts times, and return a branch's choice."""
    run.status, run.started, run.ended = "InProgress", now(), None
    target = None
    for _ in range(run.step.max_attempts):
        run.failure = None
        try:
            target = _once(execution, run)
        except ActionTimeoutError as error:
            run.status, run.failure = "TimedOut", _message(error)
        except (ActionError, UnresolvedError, ValueError, TypeError) as error:
            run.status, run.failure = "Failed", _message(error)
        else:
            run.status = "Success"
            break
    run.ended = now()
    return target


def _message(error: Exception) -> str:
    return f"Step fails when it is Execute/Cancelling action. {error}"


def _once(execution: Execution, run: StepRun) -> str | None:
    step = run.step
    run.inputs = resolve(dict(step.inputs), execution.known())
    if step.action == "aws:branch":
        target = choices.chosen(run.inputs)
        if target is None and not step.is_end:
            raise ActionError("no choice is met, and there is no Default")
        return target
    answer = perform(execution.place, step, run.inputs)
    run.outputs = dict(select.outputs(step.name, step.outputs, answer))
    if step.action == "aws:executeScript":
        run.outputs.setdefault("Payload", answer["Payload"])
        run.outputs["OutputPayload"] = answer
    return None


def as_texts(value: Any) -> list[str]:
    """Return a value as the API shows it: a list of texts."""
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item) for item in items]
