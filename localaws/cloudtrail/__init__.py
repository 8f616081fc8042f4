"""CloudTrail: trails by name and region, their status and selectors, and the delivery of records.

deliver, set_delivery and clear_delivery are for tests and the demo.
"""

from localaws.cloudtrail.delivery import deliver
from localaws.cloudtrail.patches import install
from localaws.cloudtrail.trails import clear_delivery, set_delivery

__all__ = ["clear_delivery", "deliver", "install", "set_delivery"]
