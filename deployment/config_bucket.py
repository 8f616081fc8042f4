"""Find out which account owns AWS Config's bucket, which `rdk init` would try to create.

RDK finds the bucket's name in the delivery channel. If the account does not own such a bucket, it
calls CreateBucket, which fails where another account owns it (a central log archive).
"""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from deployment.clients import client
from deployment.errors import DeploymentError

ELSEWHERE = "--config-bucket-exists-in-another-account"


@dataclass(frozen=True, slots=True)
class ConfigBucket:
    """AWS Config's bucket in a region: `name` is "" if there is no delivery channel.

    `own`: whether the account owns it.
    """

    region: str
    name: str
    own: bool

    @property
    def init_options(self) -> list[str]:
        """Return the options for `rdk init`."""
        return [ELSEWHERE] if self.name and not self.own else []

    def __str__(self) -> str:
        if not self.name:
            return f"{self.region}: AWS Config has no delivery channel; rdk init makes it"
        owner = "this account" if self.own else "another account, so rdk init does not create it"
        return f"{self.region}: AWS Config delivers to bucket {self.name} of {owner}"


def find_config_bucket(region: str) -> ConfigBucket:
    """Return the bucket of the region's delivery channel.

    Raises DeploymentError if AWS refuses to say it.
    """
    action = "config:DescribeDeliveryChannels"
    try:
        channels = client("config", region).describe_delivery_channels()["DeliveryChannels"]
        name = str(channels[0].get("s3BucketName", "")) if channels else ""
        action = "s3:ListAllMyBuckets"
        buckets = client("s3", region).list_buckets()["Buckets"] if name else []
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(
            f"AWS Config's bucket in {region} cannot be decided: {action} failed: {error};"
            " nothing was changed"
        ) from None
    return ConfigBucket(region, name, name in {bucket["Name"] for bucket in buckets})
