"""Which rules there are: every folder that holds a control.toml. Nothing else lists them."""

from collections.abc import Iterable
from pathlib import Path

from deployment.errors import ProblemError

CHECKOUT = Path(__file__).resolve().parents[1]
RULES = CHECKOUT / "rules"


def rule_folders(root: Path = RULES, names: Iterable[str] = ()) -> tuple[Path, ...]:
    """The rule folders under `root`, sorted by name; those called `names` only, if any are given.

    Raises ProblemError for a name that is no rule folder, or a root that holds none.
    """
    known = {file.parent.name: file.parent for file in sorted(root.glob("*/control.toml"))}
    if not known:
        raise ProblemError(f"no rule folder (one with a control.toml) in {root}")
    for name in (wanted := tuple(names)):
        if name not in known:
            raise ProblemError(f"no rule '{name}' in {root.name}/; there are {', '.join(known)}")
    return tuple(known[name] for name in sorted(set(wanted) or known))
