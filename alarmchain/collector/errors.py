"""What a failed read means: an answer, a refusal, or an error that ends the collecting.

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

NOT_FOUND = frozenset(
    {
        "NotFound",
        "NotFoundException",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "TrailNotFoundException",
    }
)
"""The thing that was asked for is not there: that is an answer."""

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
"""AWS does not take the thing that another resource names. Like a denied read it leaves that one
thing unknown, and not all the rest."""

_NOT_ENABLED = frozenset(
    {"AuthFailure", "InvalidClientTokenId", "OptInRequired", "UnrecognizedClientException"}
)
"""How a region that the account has not enabled answers; wrong credentials answer alike."""

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
    """AWS could not be read; the message names the action, the region and what AWS said.

    `transient`: it failed after all retries, and may well succeed later. Neither a ValueError nor
    a ClientError, which rdklib would swallow.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


class RefusedError(CollectError):
    """The read was refused with `code`: data for the snapshot, where a link can stay unknown."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def failure(error: BotoCoreError | ClientError, action: str, region: str) -> CollectError | None:
    """What `error` means for a read by `action` in `region`; None: the thing is not there."""
    if isinstance(error, ClientError):
        return _answered(error, action, region)
    message = f"{action} in {region} failed: {_one_line(error)}"
    if isinstance(error, ParamValidationError):
        return RefusedError(message, "ParamValidation")
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return CollectError(f"no usable AWS credentials: {_one_line(error)}")
    return CollectError(message, transient=isinstance(error, NoConnectionError | HTTPClientError))


def unreadable(error: Exception, action: str, region: str) -> CollectError:
    """The failure where the answer lacks what the API always tells, or is no answer at all."""
    what = f"{type(error).__name__}: {_one_line(error)}"
    return CollectError(f"{action} in {region} gave an unreadable answer: {what}", transient=True)


def _answered(error: ClientError, action: str, region: str) -> CollectError | None:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = f"{action} in {region} failed: {code}: {_said(error)}"
    if code in NOT_FOUND:
        return None
    if code in DENIED or code in INVALID:
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


def _said(error: ClientError) -> str:
    return _one_line(error.response.get("Error", {}).get("Message") or error)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
