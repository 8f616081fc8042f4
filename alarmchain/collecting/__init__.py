"""The only reader of AWS: it answers needs, and decides nothing."""

from alarmchain.collecting.clients import CONFIG, Clients
from alarmchain.collecting.collect import collect
from alarmchain.collecting.failures import CollectError

__all__ = ["CONFIG", "Clients", "CollectError", "collect"]
