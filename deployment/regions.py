"""Region sets: the file that `rdk -f rdk-config.json --region-set NAME` reads too."""

import json
from pathlib import Path

from alarmchain.place import REGION_NAME
from deployment.errors import ProblemError
from deployment.folders import CHECKOUT

REGION_SETS = CHECKOUT / "rdk-config.json"


def regions_of(name: str, file: Path = REGION_SETS) -> tuple[str, ...]:
    """The regions of the set called `name`, in the file's order.

    Raises ProblemError if the file is no such file, has no such set, or the set is not a list of
    region names.
    """
    try:
        sets = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise ProblemError(f"region file {file} can't be read: {error}") from None
    if not isinstance(sets, dict) or name not in sets:
        known = ", ".join(sets) if isinstance(sets, dict) else "none"
        raise ProblemError(f"no region set '{name}' in {file.name}; there are {known}")
    regions = sets[name]
    if not isinstance(regions, list) or not regions:
        raise ProblemError(f"region set '{name}' in {file.name} names no region")
    for region in regions:
        if not isinstance(region, str) or not REGION_NAME.fullmatch(region):
            raise ProblemError(
                f"region set '{name}' in {file.name} has {region!r}; a region is like us-east-1"
            )
    return tuple(dict.fromkeys(regions))
