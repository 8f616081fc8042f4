"""Lambda without Docker: a function's deployed code runs in a subprocess.

Patched: ``LambdaBackend.invoke`` (synchronous, asynchronous, dry run), the CloudFormation
resource ``AWS::Lambda::Function`` (moto drops layers and tags, and does not convert numbers given
as text), and ``AWS::Lambda::Permission`` (its removal).
"""

from __future__ import annotations

from localaws.lambda_ import api, resources


def install() -> None:
    """Patch moto's Lambda."""
    api.install()
    resources.install()
