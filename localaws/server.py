"""The local AWS as an object: start, use, inspect, reset, stop."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

import boto3

from localaws import accounts, bridge
from localaws.background import background
from localaws.behaviour import Behaviour, behaviour
from localaws.calls import CallLog, Fault, Faults, denial_code
from localaws.throttling import Quota, Quotas

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

# moto reads its settings when it is imported. Without the managed policies `rdk init` fails.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


class PortInUseError(OSError):
    """The requested port is in use."""


class LocalAws:
    """An AWS on this machine, bound to the loopback. A process can run only one at a time.

    ``with LocalAws() as aws:`` starts it on a free port and stops it at the end.
    """

    _running: LocalAws | None = None

    def __init__(self) -> None:
        self.calls = CallLog()
        self._faults = Faults()
        self._quotas = Quotas()
        self._server: BaseWSGIServer | None = None
        self._thread: Thread | None = None
        self._endpoint: str | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def behaviour(self) -> Behaviour:
        """The switches for stricter behaviour; a reset restores them."""
        return behaviour

    @property
    def endpoint(self) -> str:
        """``http://localhost:PORT``: a host name, because S3's virtual-host addresses need one."""
        if self._endpoint is None:
            raise RuntimeError("the local AWS is not running")
        return self._endpoint

    def start(self, port: int = 0) -> Self:
        """Listen on 127.0.0.1. Port 0 takes a free port.

        Raises PortInUseError if the port is in use, RuntimeError if this process already runs one.
        """
        if LocalAws._running:
            raise RuntimeError("this process already runs a local AWS")
        listener = _listen(port)
        # Importing moto is slow, and has to come after its settings are set above.
        from moto.moto_server.werkzeug_app import (
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.serving import make_server

        from localaws.gateway import Gateway

        class QuietHandler(MotoRequestHandler):
            def log(self, *_: Any, **__: Any) -> None:
                """Print nothing: the requests are in ``calls``."""

        bridge.install()
        bridge.reset()
        background.stopping.clear()
        gateway = Gateway(
            DomainDispatcherApplication(create_backend_app), self.calls, self._faults, self._quotas
        )
        self._server = make_server(
            "127.0.0.1", 0, gateway, threaded=True, request_handler=QuietHandler, fd=listener
        )
        self._endpoint = f"http://localhost:{self._server.socket.getsockname()[1]}"
        bridge.use_endpoint(self._endpoint)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.daemon = True
        self._thread.start()
        LocalAws._running = self
        return self

    def stop(self) -> None:
        """Stop listening and end every child process."""
        from localaws import process
        from localaws.lambda_ import code

        background.stopping.set()
        process.kill_all()
        with contextlib.suppress(TimeoutError):
            background.settle(10)
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = self._endpoint = None
        LocalAws._running = None
        bridge.use_endpoint(None)
        bridge.reset()
        code.forget()
        accounts.client.cache_clear()

    def reset(self) -> None:
        """Empty every account, and clear the calls and the faults. The server keeps running.

        Waits for work in progress first, so that it does not reach the next test.
        """
        background.settle(60)
        bridge.reset()
        self.calls.clear()
        self._faults.clear()
        self._quotas.clear()

    def settle(self, timeout: float = 60) -> None:
        """Wait until asynchronous work (invocations, automations, remediations) has ended.

        Raises TimeoutError after ``timeout`` seconds.
        """
        background.settle(timeout)

    def environment(self, region: str, account: str = accounts.DEFAULT_ACCOUNT) -> dict[str, str]:
        """Return the environment variables that point an AWS SDK or the AWS CLI here."""
        return accounts.environment(self.endpoint, region, account)

    def child_environment(
        self, region: str, account: str = accounts.DEFAULT_ACCOUNT
    ) -> dict[str, str]:
        """Return this process's environment with :meth:`environment` as its only AWS settings."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return others | self.environment(region, account)

    def session(self, region: str, account: str = accounts.DEFAULT_ACCOUNT) -> boto3.Session:
        """Return a boto3 session of the account's user, whose clients call the local AWS."""
        return _Session(self.endpoint, region_name=region, **accounts.user_credentials(account))

    def client(
        self, service: str, region: str = "us-east-1", account: str = accounts.DEFAULT_ACCOUNT
    ) -> Any:
        """Return a boto3 client of the local AWS."""
        return accounts.client(self.endpoint, service, region, accounts.access_key(account))

    def deny(
        self,
        action: str,
        *,
        account: str = "*",
        region: str = "*",
        principal: str = "*",
        times: int | None = None,
    ) -> None:
        """Deny an action (``sns:GetTopicAttributes``, ``logs:*``) as IAM would."""
        self.fail(
            action,
            denial_code(action.partition(":")[0]),
            403,
            times,
            message=f"User is not authorized to perform: {action}",
            account=account,
            region=region,
            principal=principal,
        )

    def fail(
        self,
        action: str,
        code: str,
        status: int = 400,
        times: int | None = 1,
        *,
        message: str = "made to fail",
        account: str = "*",
        region: str = "*",
        principal: str = "*",
    ) -> None:
        """Answer the next ``times`` calls of an action with an error (None: all calls).

        Raises ValueError for an action that is not ``service:Operation``.
        """
        self._faults.add(Fault(action, code, message, status, times, account, region, principal))

    def throttle(self, action: str, rate: float) -> None:
        """Accept at most ``rate`` calls a second of an action in an account and region.

        action is a shell pattern (``logs:DescribeMetricFilters``). Calls above the rate get a
        throttling error. The quota lasts until the next reset.
        """
        self._quotas.add(Quota(action, rate))


class _Session(boto3.Session):
    """A session with an endpoint, which boto3 itself only reads from the environment."""

    def __init__(self, endpoint: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._endpoint = endpoint

    def client(self, service_name: str, *arguments: Any, **settings: Any) -> Any:
        settings.setdefault("endpoint_url", self._endpoint)
        return super().client(service_name, *arguments, **settings)


def _listen(port: int) -> int:
    """Return the file descriptor of a listening socket, taken before the slow import of moto."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(f"port {port} is in use; choose another with --port") from None
        raise
    listener.listen(128)
    return listener.detach()
