"""An Automation document (schema 0.3) as frozen data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class DocumentError(ValueError):
    """Automation refuses the document; the message says what is wrong and where."""


class UnsupportedError(DocumentError):
    """Automation accepts the document, but the local AWS cannot run it."""


@dataclass(frozen=True, slots=True)
class Output:
    """A step's output: its JSONPath in the action's answer, and its type."""

    name: str
    selector: str
    type: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of mainSteps, with Automation's defaults.

    on_failure is "Abort", "Continue" or "step:NAME"; timeout is in seconds.
    """

    name: str
    action: str
    inputs: Mapping[str, Any]
    outputs: tuple[Output, ...]
    on_failure: str
    next_step: str | None
    is_end: bool
    is_critical: bool
    timeout: float
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its parameters, its steps in order, and its outputs as ``step.Output`` names."""

    assume_role: str | None
    parameters: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]

    def step(self, name: str) -> Step:
        """Return the step with the name. Raises DocumentError if there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise DocumentError(f"the document has no step {name!r}")

    def after(self, step: Step) -> Step | None:
        """Return the next step in the order of the document; None after the last one."""
        place = self.steps.index(step) + 1
        return self.steps[place] if place < len(self.steps) else None


ACTIONS = (
    "aws:assertAwsResourceProperty",
    "aws:branch",
    "aws:executeAwsApi",
    "aws:executeScript",
    "aws:sleep",
)
TYPES = ("String", "StringList", "Boolean", "Integer", "StringMap", "MapList")
_STEP_KEYS = {
    "name", "action", "description", "inputs", "outputs", "onFailure", "onCancel", "nextStep",
    "isEnd", "isCritical", "timeoutSeconds", "maxAttempts",
}  # fmt: skip
_DEFAULT_TIMEOUT = {"aws:executeScript": 600.0, "aws:executeAwsApi": 25.0}


def read(content: Mapping[str, Any]) -> Document:
    """Return a document from its parsed content. Raises DocumentError with step and fault."""
    if str(content.get("schemaVersion")) != "0.3":
        raise DocumentError(f"schemaVersion is {content.get('schemaVersion')!r}; expected '0.3'")
    if "variables" in content:
        raise UnsupportedError("the local AWS does not implement variables")
    steps = tuple(_step(each) for each in content.get("mainSteps") or ())
    if not steps:
        raise DocumentError("mainSteps is empty")
    names = [step.name for step in steps]
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise DocumentError(f"two steps are named {duplicates[0]!r}")
    for step in steps:
        for target in _targets(step):
            if target not in names:
                raise DocumentError(f"step {step.name} leads to {target!r}, which does not exist")
    return Document(
        assume_role=content.get("assumeRole"),
        parameters=content.get("parameters") or {},
        steps=steps,
        outputs=tuple(content.get("outputs") or ()),
    )


def _step(body: Mapping[str, Any]) -> Step:
    name, action = body.get("name"), body.get("action")
    if not name or not action:
        raise DocumentError(f"a step needs name and action: {dict(body)!r}"[:200])
    if action not in ACTIONS:
        raise UnsupportedError(f"the local AWS does not implement action {action} of step {name}")
    unknown = sorted(set(body) - _STEP_KEYS)
    if unknown:
        raise UnsupportedError(f"the local AWS does not implement {unknown[0]} of step {name}")
    on_failure = str(body.get("onFailure", "Abort"))
    if on_failure not in ("Abort", "Continue") and not on_failure.startswith("step:"):
        raise DocumentError(
            f"onFailure of step {name} is {on_failure!r}; expected Abort, Continue or step:NAME"
        )
    return Step(
        name=name,
        action=action,
        inputs=body.get("inputs") or {},
        outputs=tuple(_output(name, each) for each in body.get("outputs") or ()),
        on_failure=on_failure,
        next_step=body.get("nextStep"),
        is_end=_truth(body.get("isEnd", False)),
        # The documented default: a step with onFailure "Continue" is not critical.
        is_critical=_truth(body.get("isCritical", on_failure != "Continue")),
        timeout=float(body.get("timeoutSeconds", _DEFAULT_TIMEOUT.get(action, 3600.0))),
        max_attempts=int(body.get("maxAttempts", 1)),
    )


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


def _output(step: str, body: Mapping[str, Any]) -> Output:
    kind = body.get("Type", "String")
    if kind not in TYPES:
        raise DocumentError(
            f"output {body.get('Name')} of step {step} has type {kind!r}; "
            f"expected one of {', '.join(TYPES)}"
        )
    return Output(name=body["Name"], selector=body["Selector"], type=kind)


def _targets(step: Step) -> list[str]:
    """Return the names of the steps that a step can go to."""
    names = [step.next_step] if step.next_step else []
    if step.on_failure.startswith("step:"):
        names.append(step.on_failure.removeprefix("step:"))
    if step.action == "aws:branch":
        names += [choice["NextStep"] for choice in step.inputs.get("Choices", [])]
        names += [step.inputs["Default"]] if "Default" in step.inputs else []
    return names
