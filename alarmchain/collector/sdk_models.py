"""Teach an old boto3 the members and operations on which a verdict can depend.

The boto3 of a Lambda runtime is older than AWS's newest API members. `make build` writes the models
of the few operations that matter into MODELS, and botocore merges them into its own models, as it
does with its own additions (`service-2.sdk-extras.json` in a data path). What it already knows
stays.
"""

from pathlib import Path

from botocore.session import Session

MODELS = Path(__file__).with_name("sdk")
"""botocore's data path: SERVICE/VERSION/NAME.sdk-extras.json. It is missing in a checkout, whose
boto3 is the newest."""


def add_models(session: Session) -> Session:
    """Return the session, whose clients now also know what MODELS contains."""
    session.get_component("data_loader").search_paths.insert(0, str(MODELS))
    return session
