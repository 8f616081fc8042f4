"""Find the rules: every folder that holds a control.toml. Nothing else lists them."""

from collections.abc import Iterable
from pathlib import Path

from deployment.errors import DeploymentError

CHECKOUT = Path(__file__).resolve().parents[1]
RULES = CHECKOUT / "rules"


def rule_folders(root: Path = RULES, names: Iterable[str] = ()) -> tuple[Path, ...]:
    """Return the rule folders under `root`, sorted by name; with `names` only those.

    Raises DeploymentError for an unknown name, or if `root` holds no rule folder.
    """
    known = {file.parent.name: file.parent for file in sorted(root.glob("*/control.toml"))}
    if not known:
        raise DeploymentError(f"no rule folder (a folder with a control.toml) in {root}")
    selected = set(names)
    for name in sorted(selected - known.keys()):
        raise DeploymentError(f"no rule '{name}' in {root.name}/; there are {', '.join(known)}")
    return tuple(known[name] for name in sorted(selected or known))
