"""Reads the metric filters of a template file."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alarmchain.template.cloudformation_filters import read_cloudformation
from alarmchain.template.template_filter import Template, TemplateError
from alarmchain.template.terraform_filters import read_terraform

_HOW_TO_GET_A_PLAN = "terraform plan -out plan; terraform show -json plan > plan.json"
_TERRAFORM_BLOCK = re.compile(
    r'^\s*(resource|data|module|provider|variable|output|locals|terraform)\b[ \t\w"-]*\{',
    re.MULTILINE,
)
_TERRAFORM_FILES = (".tf", ".tf.json", ".tfvars", ".tfplan", ".tfstate")


def read_template(path: Path, parameters: Mapping[str, str]) -> Template:
    """Return the metric filters of a CloudFormation template or a Terraform plan, in its order.

    `parameters`: of the CloudFormation template, instead of their defaults. Raises TemplateError:
    the file cannot be read, or is neither of the two.
    """
    try:
        content = path.read_bytes()
        if content.startswith(b"PK"):  # A plan that is not yet JSON is a zip archive.
            raise TemplateError(f"{path} is not JSON. Pass a plan's JSON: {_HOW_TO_GET_A_PLAN}")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise TemplateError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{path}: byte {error.start} is not UTF-8") from None
    try:
        plan = _terraform_document(text)
        if plan is not None:
            if parameters:
                raise TemplateError(
                    "--template-parameter is for CloudFormation; set variables with terraform plan"
                )
            return read_terraform(plan)
        return read_cloudformation(_cloudformation_document(text), parameters)
    except TemplateError as error:
        if _is_terraform_source(path, text):
            raise TemplateError(
                f"{path} is Terraform's own file. Pass a plan's JSON: {_HOW_TO_GET_A_PLAN}"
            ) from None
        raise TemplateError(f"{path}: {error}") from None
    except RecursionError:
        raise TemplateError(f"{path}: not a template: it is nested too deeply") from None


def _is_terraform_source(path: Path, text: str) -> bool:
    """Return whether the text is HCL, or the file's name says that it is Terraform's."""
    is_state = '"terraform_version"' in text and '"lineage"' in text
    return path.name.endswith(_TERRAFORM_FILES) or is_state or bool(_TERRAFORM_BLOCK.search(text))


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
