"""The shared local AWS."""

from localaws.testing import local_aws, local_aws_server

__all__ = ["local_aws", "local_aws_server"]
