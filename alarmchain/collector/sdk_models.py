"""What the verdict hangs on, taught to a boto3 that is older than it.

A Lambda's own boto3 lags behind AWS. `make build` lays the models of the few decisive operations
into MODELS, and botocore merges them into its own, as it does with its own additions
(`service-2.sdk-extras.json` in a data path): what it knows itself stays.
"""

from pathlib import Path

from botocore.session import Session

MODELS = Path(__file__).with_name("sdk")
"""botocore's data path: SERVICE/VERSION/NAME.sdk-extras.json. Not there in a checkout, whose boto3
is the newest; what a boto3 then lacks is found by `blindness.py`."""


def taught(session: Session) -> Session:
    """The session, whose clients know what MODELS holds."""
    session.get_component("data_loader").search_paths.insert(0, str(MODELS))
    return session
