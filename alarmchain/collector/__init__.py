"""The only reader of AWS: it answers needs, and decides nothing."""

from alarmchain.collector.clients import CONFIG, Clients
from alarmchain.collector.collect import collect
from alarmchain.collector.errors import CollectError

__all__ = ["CONFIG", "Clients", "CollectError", "collect"]
