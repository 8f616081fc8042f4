"""The meaning of a failed read: an answer, a denial, or an error that ends the collection.

Sources: the errors in botocore's models of CloudTrail, CloudWatch, CloudWatch Logs, SNS and KMS;
"Common errors" in each API's reference; botocore's own lists of what it retries.
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as NoConnectionError,
)

from alarmchain.printable import printable
from alarmchain.snapshot.snapshot import UNSUPPORTED

NOT_FOUND = frozenset(
    {
        "AWSOrganizationsNotInUseException",
        "NotFound",
        "NotFoundException",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "TrailNotFoundException",
    }
)
"""Codes for a resource that does not exist: that is an answer."""

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "InsufficientDependencyServiceAccessPermissionException",
        "KMSAccessDenied",
        "KMSAccessDeniedException",
        "NotAuthorized",
        "OperationNotPermittedException",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
    }
)

INVALID = frozenset(
    {
        "CloudTrailARNInvalidException",
        "InvalidArnException",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "InvalidTrailNameException",
        "KMSInvalidStateException",
        "ValidationError",
        "ValidationException",
    }
)
"""Codes for a name that AWS does not accept, although another resource names it. As with a denied
read, only that resource stays unknown."""

_NOT_ENABLED = frozenset(
    {"AuthFailure", "InvalidClientTokenId", "OptInRequired", "UnrecognizedClientException"}
)
"""Codes of a region that the account has not enabled; wrong credentials give the same codes."""

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})

_TRANSIENT = frozenset(
    {
        "BandwidthLimitExceeded",
        "DependencyTimeoutException",
        "InternalError",
        "InternalFailure",
        "InternalServiceError",
        "KMSInternalException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


class CollectError(Exception):
    """A failed read; the message names the action, the region and AWS's message.

    `transient`: another try may succeed later. It is neither a ValueError nor a ClientError: rdklib
    would swallow those.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(printable(message))
        self.transient = transient


class RefusedError(CollectError):
    """A read that AWS refused with `code`: data for the snapshot if one link can stay unknown."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def failure(error: BotoCoreError | ClientError, action: str, region: str) -> CollectError | None:
    """Return the meaning of `error` for a read, None if the resource does not exist."""
    if isinstance(error, ClientError):
        return _meaning(error, action, region)
    message = f"{action} in {region} failed: {_one_line(error)}"
    if isinstance(error, ParamValidationError):
        return RefusedError(message, "ParamValidation")
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return CollectError(f"no usable AWS credentials: {_one_line(error)}")
    return CollectError(message, transient=isinstance(error, NoConnectionError | HTTPClientError))


def unreadable(error: Exception, action: str, region: str) -> CollectError:
    """Return the error for an answer that lacks documented members, or that cannot be parsed."""
    details = f"{type(error).__name__}: {_one_line(error)}"
    return CollectError(
        f"{action} in {region} gave an unreadable answer: {details}", transient=True
    )


def _meaning(error: ClientError, action: str, region: str) -> CollectError | None:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = f"{action} in {region} failed: {code}: {_message(error)}"
    if code in NOT_FOUND:
        return None
    if code in DENIED or code in INVALID or code in UNSUPPORTED:
        return RefusedError(message, code)
    if code in _TRANSIENT or status >= 500 or status == 429:
        return CollectError(message, transient=True)
    if code in _EXPIRED:
        why = "the AWS credentials have expired; renew them"
        return CollectError(f"{action} in {region} failed: {code}: {why}")
    if code in _NOT_ENABLED:
        return CollectError(
            f"region {region} is not enabled for the account, or the credentials are not valid"
            f" ({action}: {code})"
        )
    return CollectError(message)


def _message(error: ClientError) -> str:
    return _one_line(error.response.get("Error", {}).get("Message") or error)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
