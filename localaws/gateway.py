"""The entry of the local AWS: names each request, records it, and answers it or makes it fail.

A request that moto does not know, or on which moto fails, gets an AWS error of one line, never an
HTML page or a traceback.
"""

from __future__ import annotations

import logging
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.iam import models as iam
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from localaws import accounts, bridge, errors, oam
from localaws.behaviour import behaviour
from localaws.calls import Call, CallLog, Faults, denial_code
from localaws.locks import service_lock
from localaws.permissions import iam_action, is_allowed
from localaws.throttling import Quotas

log = logging.getLogger(__name__)

_CREDENTIAL = re.compile(r"Credential=([^/\s,]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_SIGNING_NAMES = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}
_NO_LOCK = {"cloudformation"}
"""CloudFormation calls other services, and some of these calls pass this gateway."""


@dataclass(frozen=True, slots=True)
class Named:
    """A request: botocore's service and protocol, the API's operation, and the caller."""

    service: str
    protocol: str
    operation: str
    region: str
    access_key: str


@lru_cache
def _protocol(service: str) -> str | None:
    """Return the service's protocol in botocore's models; None for an unknown service."""
    session = _session()
    if service not in session.get_available_services():
        return None
    return str(session.get_service_model(service).protocol)


@lru_cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


def name_request(environ: dict[str, Any]) -> Named | None:
    """Return the names of an AWS request; None if it is not signed (such as moto's own pages).

    A form body is read and put back.
    """
    credential = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not credential:
        return None
    key, region, signing_name = credential.groups()
    service = _SIGNING_NAMES.get(signing_name, signing_name)
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return Named(service, "json", target.rsplit(".", 1)[-1], region, key)
    protocol = _protocol(service) or "query"
    if protocol in ("query", "ec2") or "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        fields = parse_qs(environ.get("QUERY_STRING", "")) | parse_qs(_form(environ))
        return Named(service, protocol, fields.get("Action", ["?"])[0], region, key)
    return Named(service, protocol, _rest_operation(service, environ), region, key)


def _form(environ: dict[str, Any]) -> str:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return str(body.decode("utf-8", "replace"))


def _rest_operation(service: str, environ: dict[str, Any]) -> str:
    request = Request({**environ, "wsgi.input": BytesIO(b"")})
    try:
        operation, _ = get_service_router(service).match(request)
    except (HTTPException, NotImplementedError):
        return "?"
    return str(operation.name)


def _lock(named: Named) -> AbstractContextManager[Any]:
    """Return a lock: a service answers one request at a time, except while it waits for others."""
    if named.service in _NO_LOCK or named.operation == "Invoke":
        return nullcontext()
    return service_lock(named.service)


class Gateway:
    """A WSGI application in front of moto's.

    calls collects every named call. Faults, quotas and IAM policies come before moto.
    """

    def __init__(self, moto: Any, calls: CallLog, faults: Faults, quotas: Quotas) -> None:
        self._moto = moto
        self._calls = calls
        self._faults = faults
        self._quotas = quotas

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        named = name_request(environ)
        response = self._answer(named, environ) if named else self._forward(environ, None)
        return response(environ, start_response)

    def _answer(self, named: Named, environ: dict[str, Any]) -> Response:
        call = Call(
            service=named.service,
            operation=named.operation,
            region=named.region,
            account=iam.get_account_id_from(named.access_key),
            access_key=named.access_key,
            principal=accounts.principal_of(named.access_key),
        )
        self._calls.add(call)
        fault = self._faults.take(call)
        if fault:
            return errors.response(named.protocol, fault.code, fault.message, fault.status)
        if not self._quotas.accept(call):
            code = "Throttling" if named.protocol == "query" else "ThrottlingException"
            return errors.response(named.protocol, code, "Rate exceeded", 400)
        if behaviour.enforces_iam and not is_allowed(call):
            message = f"{call.principal} is not authorized to perform: {iam_action(call)}"
            return errors.response(named.protocol, denial_code(call.service), message, 403)
        if named.service == "oam":  # moto does not have this service
            return _answer_oam(named, call, environ)
        acts = behaviour.enforces_iam and named.service == "cloudformation"
        with _lock(named), bridge.acting_as(named.access_key if acts else None):
            return self._forward(environ, named)

    def _forward(self, environ: dict[str, Any], named: Named | None) -> Response:
        protocol = named.protocol if named else "json"
        request_name = (
            f"{named.service}:{named.operation}" if named else environ.get("PATH_INFO", "")
        )
        try:
            if named and _protocol(named.service) is None:
                raise NotImplementedError
            response = Response.from_app(self._moto, environ, buffered=True)
        except NotImplementedError as error:
            log.debug("not implemented: %s %s", request_name, error)
            return _not_implemented(protocol, request_name)
        except Exception as error:
            if named and _unknown_to_moto(self._moto, environ):
                return _not_implemented(protocol, request_name)
            log.debug("moto failed on %s", request_name, exc_info=True)
            message = f"the local AWS failed on {request_name}: {type(error).__name__}: {error}"
            return errors.response(protocol, "InternalFailure", message.splitlines()[0], 500)
        if response.status_code == 404 and response.mimetype == "text/html" and named:
            return _not_implemented(protocol, request_name)
        return response


def _answer_oam(named: Named, call: Call, environ: dict[str, Any]) -> Response:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        return oam.answer(named.operation, call.account, named.region, body)
    except NotImplementedError:
        return _not_implemented(named.protocol, call.action)


def _unknown_to_moto(moto: Any, environ: dict[str, Any]) -> bool:
    host = moto.infer_service_region_host(environ, environ.get("PATH_INFO", ""))
    return moto.get_backend_for_host(host) is None


def _not_implemented(protocol: str, request_name: str) -> Response:
    error = errors.not_implemented(request_name)
    return errors.response(protocol, error.code, error.message, 501)
