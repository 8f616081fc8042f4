"""Failing stacks: they roll back and stay readable with the reason, as on AWS."""

from __future__ import annotations

import contextlib
from functools import wraps
from typing import Any

from localaws.cloudformation.resource_map import ResourceFailedError


def install() -> None:
    """Patch moto's Stack and its backend."""
    from moto.cloudformation import models
    from moto.cloudformation.responses import CloudFormationResponse

    if hasattr(models.Stack, "localaws_update"):
        return
    models.Stack.localaws_update = models.Stack.update  # type: ignore[attr-defined]
    create_resources = models.Stack.create_resources

    @wraps(create_resources)
    def create(self: Any) -> None:
        try:
            create_resources(self)
        except ResourceFailedError as failure:
            _record(self, failure)
            with contextlib.suppress(ResourceFailedError):
                self.resource_map.delete()
            _end(self, "ROLLBACK_COMPLETE", failure)

    create_change_set = CloudFormationResponse.create_change_set

    @wraps(create_change_set)
    def change_set(self: Any) -> Any:
        # A change set without changes is created, with the status FAILED; moto refuses it.
        self._validate_different_update = lambda *_: None
        return create_change_set(self)

    CloudFormationResponse.create_change_set = change_set  # type: ignore[method-assign]
    models.Stack.create_resources = create  # type: ignore[method-assign]
    models.Stack.update = _update  # type: ignore[method-assign]
    models.Stack.has_parameters = _has_parameters  # type: ignore[method-assign]
    models.CloudFormationBackend.delete_stack = _delete_stack  # type: ignore[method-assign]


def _has_parameters(self: Any, other_parameters: dict[str, Any]) -> bool:
    """Return whether the stack has these values now. moto compares with those at its creation."""
    current: dict[str, Any] = self.stack_parameters
    return current == current | other_parameters


def _record(stack: Any, failure: ResourceFailedError) -> None:
    from moto.cloudformation.models import Event

    event = Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=failure.logical_id,
        physical_resource_id="",
        resource_type=failure.kind,
        resource_status=failure.status,
        resource_status_reason=failure.reason,
        resource_properties="{}",
    )
    stack.events.append(event)


def _end(stack: Any, status: str, failure: ResourceFailedError) -> None:
    reason = f"The following resource(s) failed: [{failure.logical_id}]. {failure.reason}"
    stack.status = status
    stack.stack_status_reason = reason
    stack._add_stack_event(status, resource_status_reason=reason)


def _update(self: Any, template: str, *arguments: Any, **named: Any) -> None:
    before = (self.template, dict(self.parameters))
    try:
        self.localaws_update(template, *arguments, **named)
    except ResourceFailedError as failure:
        _record(self, failure)
        try:
            self.localaws_update(before[0], parameters=before[1])
        except ResourceFailedError as second_failure:
            _record(self, second_failure)
            _end(self, "UPDATE_ROLLBACK_FAILED", failure)
        else:
            _end(self, "UPDATE_ROLLBACK_COMPLETE", failure)
    else:
        self.stack_status_reason = None


def _delete_stack(self: Any, name_or_stack_id: str) -> None:
    """Replace ``CloudFormationBackend.delete_stack``: a stack whose deletion fails stays."""
    for stack in list(self.stacks.values()):
        if name_or_stack_id not in (stack.stack_id, stack.name):
            continue
        exports = [] if stack.status == "ROLLBACK_COMPLETE" else list(stack.exports)
        try:
            stack.delete()
        except ResourceFailedError as failure:
            _record(stack, failure)
            _end(stack, "DELETE_FAILED", failure)
            return
        for export in exports:
            self.exports.pop(export.name, None)
        self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)
