"""Teach an old boto3 the members and operations on which a verdict can depend.

The boto3 of a Lambda runtime is older than AWS's newest API members. `make build` writes the models
of the few operations that matter into MODELS, and botocore merges them into its own models, as it
does with its own additions (`service-2.sdk-extras.json` in a data path). What it already knows
stays.
"""

from pathlib import Path
from typing import Any

import boto3
from botocore.session import Session

from alarmchain.snapshot.reads import ReadKind
from alarmchain.snapshot.sdk_gaps import NEWER_MEMBERS

MODELS = Path(__file__).with_name("sdk")
"""botocore's data path: SERVICE/VERSION/NAME.sdk-extras.json. It is missing in a checkout, whose
boto3 is the newest."""


def add_models(session: Session) -> Session:
    """Return the session, whose clients now also know what MODELS contains."""
    session.get_component("data_loader").search_paths.insert(0, str(MODELS))
    return session


def find_sdk_gaps(kind: ReadKind, client: Any) -> dict[str, str]:
    """Return what the client's model lacks of NEWER_MEMBERS: each name with boto3's version.

    A name is that of the operation, of a list in its answer, or of a member of the list's items.
    """
    if kind not in NEWER_MEMBERS:
        return {}
    newer, service = NEWER_MEMBERS[kind], client.meta.service_model
    if newer.operation not in service.operation_names:
        return {newer.operation: boto3.__version__}
    answer = service.operation_model(newer.operation).output_shape.members
    gaps = [name for name in newer.lists if name not in answer]
    gaps += [
        member
        for name, members in newer.lists.items()
        if name in answer
        for member in members
        if member not in answer[name].member.members
    ]
    return dict.fromkeys(gaps, boto3.__version__)
