"""Reads the metric filters of a template file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alarmchain.template.cloudformation_filters import cloudformation_filters
from alarmchain.template.template_filter import TemplateError, TemplateFilter
from alarmchain.template.terraform_filters import terraform_filters


def read_template(path: Path) -> tuple[TemplateFilter, ...]:
    """Return the metric filters of a CloudFormation template or a Terraform plan, in its order.

    Raises TemplateError: the file cannot be read, or is neither of the two.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise TemplateError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{path}: byte {error.start} is not UTF-8") from None
    try:
        plan = _terraform_document(text)
        if plan is not None:
            return tuple(terraform_filters(plan))
        return tuple(cloudformation_filters(_cloudformation_document(text)))
    except TemplateError as error:
        raise TemplateError(f"{path}: {error}") from None
    except RecursionError:
        raise TemplateError(f"{path}: not a template: it is nested too deeply") from None


def _terraform_document(text: str) -> Mapping[str, Any] | None:
    """Return the plan or state of Terraform; None for any other text."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "Resources" in document:
        return None
    return document if "planned_values" in document or "values" in document else None


def _cloudformation_document(text: str) -> Mapping[str, Any]:
    # PyYAML is needed for this alone.
    from alarmchain.template.cloudformation_document import parse_document

    document = parse_document(text)
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(
            "expected a CloudFormation template with Resources, "
            "or the output of terraform show -json"
        )
    return document
