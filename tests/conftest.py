"""The local AWS, one for each process that runs tests: `local_aws` is empty when a test gets it."""

from localaws.testing import local_aws, local_aws_server

__all__ = ["local_aws", "local_aws_server"]
