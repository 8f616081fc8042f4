"""The local AWS, one for each process that runs tests: `local_aws` is empty when a test gets it."""

from hypothesis import HealthCheck, settings

from localaws.testing import local_aws, local_aws_server
from tests.clone import checkout
from tests.command_line import alarmchain

__all__ = ["alarmchain", "checkout", "local_aws", "local_aws_server"]

# Time says nothing here: a machine that is busy with other work fails no test.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
