"""Read region sets, from the file that `rdk -f rdk-config.json --region-set NAME` also reads."""

import json
from pathlib import Path

from alarmchain.place import REGION_NAME
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT

REGION_SETS = CHECKOUT / "rdk-config.json"


def regions_of(name: str, file: Path = REGION_SETS) -> tuple[str, ...]:
    """Return the regions of the set called `name`, in the file's order.

    Raises DeploymentError if the file cannot be read, has no such set, or the set is not a list of
    region names.
    """
    try:
        sets = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise DeploymentError(f"region file {file} cannot be read: {error}") from None
    if not isinstance(sets, dict) or name not in sets:
        known = ", ".join(sets) if isinstance(sets, dict) else "none"
        raise DeploymentError(f"no region set '{name}' in {file.name}; there are {known}")
    regions = sets[name]
    if not isinstance(regions, list) or not regions:
        raise DeploymentError(f"region set '{name}' in {file.name} names no region")
    for region in regions:
        if not isinstance(region, str) or not REGION_NAME.fullmatch(region):
            raise DeploymentError(
                f"region set '{name}' in {file.name} has {region!r};"
                " expected a region, such as us-east-1"
            )
    return tuple(dict.fromkeys(regions))
