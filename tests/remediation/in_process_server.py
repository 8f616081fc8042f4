"""Calls to the local AWS without sockets: requests go directly to the server's application.

The tests of remediations make some 20,000 calls; a connection and a thread for each would take as
long as everything else together.
"""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPHeaderDict
from werkzeug.test import run_wsgi_app

from localaws.server import LocalAws


class _Body(BytesIO):
    """A response body with the interface that botocore uses of urllib3."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()


def install(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send requests for this process's server directly to its application, until the test ends."""
    assert aws._server is not None
    app, send = aws._server.app, URLLib3Session.send

    def sent(self: URLLib3Session, request: Any) -> Any:
        if not request.url.startswith(aws.endpoint):
            return send(self, request)
        body, status, headers = run_wsgi_app(app, _environ(request))
        code = int(status.split(" ", 1)[0])
        return AWSResponse(
            request.url, code, HTTPHeaderDict(headers.items()), _Body(b"".join(body))
        )

    monkeypatch.setattr(URLLib3Session, "send", sent)


def _environ(request: Any) -> dict[str, Any]:
    url = urlsplit(request.url)
    body = request.body or b""
    body = body if isinstance(body, bytes) else str(body).encode()
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": url.path or "/",
        "QUERY_STRING": url.query,
        "RAW_URI": url.path + (f"?{url.query}" if url.query else ""),
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in request.headers.items():
        text = value.decode() if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    return environ
