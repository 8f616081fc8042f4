"""Notes on calls that botocore does not know, or that can prevent their own notification."""

from collections.abc import Iterable, Iterator

from botocore.loaders import Loader

from alarmchain.chain.self_silencing import OWN_LINK
from alarmchain.cli.live.audit_account import unknown_operations
from alarmchain.control import Call
from alarmchain.records.record_class import SIGN_IN_SOURCE


def call_notes(calls: Iterable[Call]) -> Iterator[str]:
    """Yield a note for each service, then for each operation, that botocore does not know, and for
    each call that can be about a link of its own chain.

    Such a call may still exist: CloudTrail's names sometimes differ from the API's. The console's
    sign-in has no API.
    """
    listed = [call for call in calls if call.event_source != SIGN_IN_SOURCE]
    loader = Loader()
    for source in dict.fromkeys(call.event_source for call in listed):
        yield from _service_notes(loader, source)
    for call in unknown_operations(listed):
        yield f"botocore does not know the operation {call.event_name} of {call.event_source}"
    for call in listed:
        link = OWN_LINK.get((call.event_source, call.event_name), "").replace("_", " ")
        if link:
            yield (
                f"{call.event_name} can be about the very {link} that would notify of it: it is"
                " unknown in the region of the chain, unless another region has a chain for it"
            )


def _service_notes(loader: Loader, source: str) -> Iterator[str]:
    """Yield a note if the service's events probably have another source.

    It is usually the name in the service's endpoint, such as `monitoring` for CloudWatch. Source:
    CloudTrail user guide, "CloudTrail record contents for management, data, and network activity
    events" (eventSource).
    """
    service = source.partition(".")[0]
    if service in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        endpoint = metadata["endpointPrefix"].removeprefix("api.")
        if service not in (endpoint, metadata.get("signingName")):
            yield (
                f"events of {service} may have the eventSource {endpoint}.amazonaws.com instead of"
                f" {source}: compare a record"
            )
    elif service not in _endpoints(loader):
        yield f"botocore does not know the service of {source}"


def _endpoints(loader: Loader) -> set[str]:
    """Return the names of services in their endpoints, such as `monitoring` of CloudWatch."""
    partitions = loader.load_data("endpoints")["partitions"]
    return {name.removeprefix("api.") for each in partitions for name in each["services"]}
