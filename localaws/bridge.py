"""The list of everything that is patched into moto.

Each package in :data:`PACKAGES` has ``install() -> None``. It adds operations to moto's response
classes and replaces methods of moto's models; a second call does nothing. moto's state is global
to the process, and so are the patches.

Packages keep state that moto lacks in :class:`Regional`. :func:`reset` empties it together with
moto's own state.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock, local
from typing import Any, ClassVar

from localaws import accounts
from localaws.behaviour import behaviour

PACKAGES = (
    "localaws.accounts",  # the account in the access key
    "localaws.modules",  # the list of services, read once
    "localaws.iam",  # managed policies, read once
    "localaws.organizations",  # who may list the accounts
    "localaws.cloudformation",  # more resource types, rollback, size limits
    "localaws.lambda_",  # functions that run in a subprocess
    "localaws.config",  # evaluations, compliance, remediation, conformance packs
    "localaws.ssm",  # automation executions
    "localaws.logs",  # filter patterns, paging
    "localaws.cloudwatch",  # alarms that are evaluated and act
    "localaws.sns",  # pending subscriptions
    "localaws.cloudtrail",  # trails by name, delivery status
)

_endpoint: str | None = None
_acting = local()


def install() -> None:
    """Install every package of the bridge."""
    for name in PACKAGES:
        importlib.import_module(name).install()


def use_endpoint(endpoint: str | None) -> None:
    """Set the URL where the server listens (None: the server is stopped)."""
    global _endpoint
    _endpoint = endpoint


def endpoint() -> str:
    """Return the URL of the running server. Raises RuntimeError if no server is running."""
    if _endpoint is None:
        raise RuntimeError("the local AWS is not running")
    return _endpoint


@contextmanager
def acting_as(access_key: str | None) -> Iterator[None]:
    """Let CloudFormation act in this thread with the caller's key (None: with its own)."""
    _acting.key = access_key
    try:
        yield
    finally:
        _acting.key = None


def acting_key() -> str | None:
    """Return the key of the caller for whom CloudFormation acts in this thread."""
    return getattr(_acting, "key", None)


def service_client(service: str, region: str, account: str, principal: str) -> Any:
    """Return a client for an AWS service that acts in an account, such as CloudFormation.

    Under IAM enforcement CloudFormation uses the permissions of its caller.
    """
    key = (acting_key() if principal == "CFRM" else None) or accounts.access_key(account, principal)
    return accounts.client(endpoint(), service, region, key)


class Regional[T]:
    """One ``T`` for each account and region, made on first use and dropped by a reset."""

    _all: ClassVar[list[Regional[Any]]] = []

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._states: dict[tuple[str, str], T] = {}
        self._lock = RLock()
        Regional._all.append(self)

    def __call__(self, account: str, region: str) -> T:
        with self._lock:
            return self._states.setdefault((account, region), self._make())

    def items(self) -> Iterator[tuple[tuple[str, str], T]]:
        """Return ((account, region), T) for every T in use."""
        with self._lock:
            return iter(tuple(self._states.items()))

    def clear(self) -> None:
        with self._lock:
            self._states.clear()

    @classmethod
    def clear_all(cls) -> None:
        for state in cls._all:
            state.clear()


@dataclass(frozen=True, slots=True)
class Caller:
    """The account, region and access key of a request."""

    account: str
    region: str
    access_key: str


type Operation = Callable[[Caller, dict[str, Any]], Mapping[str, Any] | None]


def add_operations(response_class: type, operations: Mapping[str, Operation]) -> None:
    """Add operations to one of moto's response classes, by the API's names.

    An operation receives the caller and the request in the shape of botocore's model. It returns
    the response in the same shape (None: empty), or raises ``errors.AwsError``.
    """
    from moto.core.utils import camelcase_to_underscores

    for name, operation in operations.items():
        setattr(response_class, camelcase_to_underscores(name), _method(operation))


def _method(operation: Operation) -> Callable[[Any], Any]:
    from moto.core.responses import ActionResult

    def method(self: Any) -> Any:
        caller = Caller(self.current_account, self.region, self.access_key)
        return ActionResult(operation(caller, _parameters(self)) or {})

    return method


def _parameters(response: Any) -> dict[str, Any]:
    """Return the request's parameters, for every protocol."""
    if response.headers.get("X-Amz-Target"):
        return dict(json.loads(response.body or "{}"))
    response._get_action()
    response.parse_parameters(response.normalized_request)
    parsed = response.params
    return dict(parsed.original_dict() if hasattr(parsed, "original_dict") else parsed)


def reset() -> None:
    """Delete everything in all accounts."""
    from moto.core.base_backend import BackendDict, backend_lock
    from moto.core.model_instances import reset_model_data
    from moto.organizations.models import organizations_backends
    from moto.s3.models import s3_backends

    with backend_lock:
        # BackendDict.reset() would first create every backend again, and then drop it.
        for backend in list(BackendDict._instances):
            backend.clear()
        BackendDict._instances.clear()
    # moto keeps the owners of buckets and of member accounts outside the backends.
    s3_backends.bucket_accounts.clear()
    organizations_backends.master_accounts.clear()
    reset_model_data()
    Regional.clear_all()
    behaviour.reset()
