"""AWS errors, in the protocol of the service that was called."""

from __future__ import annotations

import json
from uuid import uuid4
from xml.sax.saxutils import escape

from moto.core.exceptions import ServiceException
from werkzeug.wrappers import Response


class AwsError(ServiceException):
    """An AWS error that an operation answers with: ``AwsError(code, message)``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def not_implemented(feature: str) -> AwsError:
    """Return the error for a feature that neither moto nor the bridge has."""
    return AwsError("NotImplemented", f"the local AWS does not implement {feature}")


def response(protocol: str, code: str, message: str, status: int) -> Response:
    """Return an error response that botocore's parser for ``protocol`` understands.

    ``protocol`` is one of botocore's names; status is the HTTP status.
    """
    request_id = str(uuid4())
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": code}
    kind = "Sender" if status < 500 else "Receiver"
    if protocol in ("json", "rest-json"):
        # SQS clients still read the old query code.
        headers["x-amzn-query-error"] = f"{code};{kind}"
        text = json.dumps({"__type": code, "message": message})
        return Response(text, status, headers, content_type="application/x-amz-json-1.1")
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol == "ec2":
        text = (
            f"<Response><Errors><Error>{inner}</Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    elif protocol == "rest-xml":
        text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    else:
        text = (
            f"<ErrorResponse><Error><Type>{kind}</Type>{inner}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return Response(text, status, headers, content_type="text/xml")
