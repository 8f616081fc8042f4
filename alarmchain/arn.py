"""Amazon Resource Names."""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Arn:
    """`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`; region and account may be empty."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: object) -> "Arn | None":
        """Return the ARN that `text` holds, or None if it is not an ARN."""
        return _parse(text) if isinstance(text, str) else None

    def __str__(self) -> str:
        return ":".join(
            ("arn", self.partition, self.service, self.region, self.account, self.resource)
        )


@lru_cache(maxsize=4096)
def _parse(text: str) -> Arn | None:
    # Cached, because a decision parses the same ARNs many times.
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not all((parts[1], parts[2], parts[5])):
        return None
    return Arn(*parts[1:])
